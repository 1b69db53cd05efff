/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Between terminal.c, terminal_ioctl.c and terminal_console.c. */
#ifndef KERNEL_PROCESS_TERMINAL_IOCTL_H
#define KERNEL_PROCESS_TERMINAL_IOCTL_H

#include <stdbool.h>
#include <stdint.h>

struct file;
struct file_ops;
struct terminal;

extern const struct file_ops terminal_ops; /* file->data: the terminal */

long terminal_ioctl(struct file *file, unsigned command, uint64_t argument);

/* May the process that runs change it? Stops a background process. Return: 0, -TENON_EINTR, -TENON_EIO. */
int terminal_check_change(struct terminal *t);

/**
 * terminal_make_controlling - it becomes the controlling terminal of the session that the process that runs leads
 * @steal: also if another session has it, which then has none
 *
 * Return: 0, -TENON_EPERM.
 */
int terminal_make_controlling(struct terminal *t, bool steal);

#endif
