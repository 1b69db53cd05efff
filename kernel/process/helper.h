/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Programs that the kernel runs for itself. */
#ifndef KERNEL_PROCESS_HELPER_H
#define KERNEL_PROCESS_HELPER_H

#include <stdbool.h>
#include <stdint.h>

#define HELPER_WHY_BYTES 96

/**
 * helper_run - run a program as root, in the root of everything, with /dev/null as its files, and wait for its end
 * @argv: NULL-terminated; argv[0] is the path
 * @why: for whom, for helper_why(); copied
 * @deadline_ns: when it is killed, and not waited for any longer
 * @status: as wait4 gives it
 *
 * It is nobody's child and leaves no zombie. Thread, no lock is held.
 *
 * Return: 0; -TENON_ETIMEDOUT; errors of execve; -TENON_EAGAIN: too many processes; -TENON_ENOMEM.
 */
int helper_run(const char *const argv[], const char *why, uint64_t deadline_ns, int *status);

/* Is the process that runs such a program, or descends from one? */
bool helper_runs(void);
/* The same, with what helper_run() was told then. */
bool helper_why(char why[HELPER_WHY_BYTES]);

#endif
