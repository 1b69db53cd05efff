/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * libtenon-mod: Linux's module files, module trees and their indexes. What the tools are written on.
 *
 * Functions return 0 (or what they say) or a negative errno value. What a person should read about a failure goes to the
 * function of struct tmod_messages, one line each, without a newline. The library has no global state: calls with
 * different objects may run at once in any threads; which objects may be shared is said where they are declared.
 */
#ifndef TENON_MOD_H
#define TENON_MOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Syslog's levels. */
enum tmod_level { TMOD_ERROR = 3, TMOD_WARNING = 4, TMOD_NOTICE = 5, TMOD_INFO = 6, TMOD_DEBUG = 7 };

/* Calls to @say never overlap within one call to the library. A null function, or a null pointer to this: silence. */
struct tmod_messages {
	void (*say)(void *data, enum tmod_level level, const char *text);
	void *data;
};

/* --- names --- */

/** tmod_module_name - the module name of a file or of a user's word: no folders, up to the first dot, '-' made '_'. */
void tmod_module_name(const char *path, char *name, size_t size);

/** tmod_is_module_file - does the name end in .ko, .ko.gz, .ko.xz or .ko.zst? */
bool tmod_is_module_file(const char *name);

/* --- depmod --- */

struct tmod_depmod {
	const char *dir;       /* the tree */
	const char *out_dir;   /* where the indexes go; NULL: to the tree */
	FILE *show;            /* not NULL: write the text files there, and none to a folder */
	unsigned int threads;  /* 0: as many as there are CPUs */
	struct tmod_messages messages;
};

/**
 * tmod_depmod - make the indexes of a tree
 *
 * New files replace the old ones when all are complete and on the disk; if anything fails, the old ones stay.
 * Return: 0; -ELOOP if modules need each other in a circle; or a negative errno value.
 */
int tmod_depmod(const struct tmod_depmod *request);

#endif
