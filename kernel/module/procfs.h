/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef KERNEL_MODULE_PROCFS_H
#define KERNEL_MODULE_PROCFS_H

#include "tenon/core.h"

#define MODULE_TAINT_BYTES 8

struct node;

/* The letters of @taints, as Linux has them. */
void module_taints(uint32_t taints, char text[MODULE_TAINT_BYTES]);
/* What it takes once its init has returned. */
size_t module_core_bytes(const struct tenon_module_info *info);

/* Put its files into @root, that of /proc. Return: 0, -TENON_ENOMEM. */
int module_procfs_init(struct node *root);

#endif
