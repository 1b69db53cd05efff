/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Looking up why the kernel refused. */
#ifndef LIB_CHECK_WHY_H
#define LIB_CHECK_WHY_H

#include "tenon/mod.h"

struct why {
	struct tmod_system *system; /* or NULL */
	const char *path;           /* of an insert */
	char name[128];             /* of the module */
	const char *options;
	int err; /* negative */
	char *text;
	size_t size, len;
	uint32_t line_cnt;
};

/* Add a line. */
__attribute__((format(printf, 2, 3))) void why_line(struct why *w, const char *format, ...);

void why_insert(struct why *w);
void why_delete(struct why *w);

/* What the kernel's state has to do with it. */
void why_permission(struct why *w);
void why_signature(struct why *w);

/* Is there such a directory in /sys/module, though the module is not loaded? */
bool why_builtin(const char *name);

#endif
