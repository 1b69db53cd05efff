/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of kernel/ have of one another. On a virtual CPU, all of it. */
#ifndef LINUX_KERNEL_KERNEL_H
#define LINUX_KERNEL_KERNEL_H

struct module;

/* params.c: set parameters by a text "key=value ...", which is cut up and must stay; and free what that took. */
int linux_params_set(struct module *mod, char *text);
void linux_params_free(struct module *mod);

/* jump_label.c: bring the module's branches to the state of their keys, and keep them so until stop. */
int linux_jump_labels_start(struct module *mod);
void linux_jump_labels_stop(struct module *mod);

#endif
