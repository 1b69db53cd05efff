/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What all programs of the process host do: accept the two kinds of modules, and unload everything at the end. */
#ifndef PORT_PROCESS_PROGRAM_STANDARD_H
#define PORT_PROCESS_PROGRAM_STANDARD_H

#include "port/process/process.h"
#include "tenon/vermagic.h"

/* What is accepted: native modules of this version magic, and Linux's; each kind on its base. */
#define NATIVE_VERMAGIC TENON_VERMAGIC("x86_64")
#define NATIVE_BASE     "runtime"
#define LINUX_BASE      "linux"

/** standard_directory - whether what an option names is a directory; if it is not, standard error has said so. */
bool standard_directory(const char *program, const char *option, const char *path);

/**
 * standard_provide - after process_open: what may be loaded, and what modules may call
 * @diag: why it cannot be provided
 */
int standard_provide(struct process_host *h, struct tenon_diag *diag);

/**
 * standard_unload_all - unload everything, users first
 * @left_behind: out, or NULL: whether a module left something that was reclaimed
 *
 * Return: whether nothing is left but modules that never can be unloaded.
 */
bool standard_unload_all(struct process_host *h, bool *left_behind);

/** standard_unload_deadline - when unloading gives up waiting for those who execute a module, in the host's time. */
uint64_t standard_unload_deadline(struct process_host *h);

#endif
