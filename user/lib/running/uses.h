/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A search for what uses a module. */
#ifndef LIB_KERNEL_USES_H
#define LIB_KERNEL_USES_H

#include "tenon/mod.h"

struct uses {
	struct tmod_system *system;
	const char *name; /* of the module */
	int (*each)(void *data, const struct tmod_use *use);
	void *data;
	char algorithm[128]; /* of /proc/crypto, whose lines are being read */
	bool ours;           /* it is the module's */
};

/** uses_serves - does an alias stand for the module? */
bool uses_serves(const struct uses *u, const char *alias);

/** uses_open_files - the device nodes that processes have open. Return: 0, or what @each said. */
int uses_open_files(struct uses *u);

#endif
