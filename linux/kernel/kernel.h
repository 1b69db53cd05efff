/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of kernel/ have of one another. On a virtual CPU, all of it. */
#ifndef LINUX_KERNEL_KERNEL_H
#define LINUX_KERNEL_KERNEL_H

struct module;

/* stub.c: say which function is not there, and stop. */
void linux_stub_hit(const char *name);

/* jump_label.c: bring the module's branches to the state of their keys, and keep them so until stop. */
int linux_jump_labels_start(struct module *mod);
void linux_jump_labels_stop(struct module *mod);

#endif
