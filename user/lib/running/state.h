/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What /sys/module says of one module. */
#ifndef LIB_KERNEL_STATE_H
#define LIB_KERNEL_STATE_H

#include "tenon/mod.h"

enum module_state {
	MODULE_ABSENT, /* not there, or built in */
	MODULE_COMING,
	MODULE_LIVE,
	MODULE_GOING,
};

enum module_state module_state(const char *name);

/** module_refcount - how often a module is in use, by holders too. Return: -ENOENT: not loaded, or not counted. */
int module_refcount(const char *name);

/**
 * module_holders - call @each for every module that uses this one
 * Return: 0, what @each said, -ENOENT if the module is not there, or another negative errno value.
 */
int module_holders(const char *name, int (*each)(void *data, const char *holder), void *data);

#endif
