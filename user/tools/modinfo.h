/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef TOOLS_MODINFO_H
#define TOOLS_MODINFO_H

#include <jansson.h>

#include "tenon/mod.h"

/* What is asked for. */
struct modinfo {
	const char *field; /* NULL: all */
	char end;          /* after each field; a NUL: with -0 */
	bool names_only;
	struct tmod_where where;
	struct tmod_system *system;
	json_t *json; /* gets the modules; NULL: text is printed */
	int status;
};

/* Print where the file is. Return: whether that is all that is asked for. */
bool modinfo_print_path(const struct modinfo *m, const char *path);

/*
 * Print what a file says, or what the tree says of a module that is built in. Kernels before 5.2 say
 * nothing of those. Return: 0 or a negative errno value.
 */
int modinfo_print_file(const struct modinfo *m, struct tmod_file *file);
int modinfo_print_builtin(const struct modinfo *m, struct tmod_tree *tree, const char *name);

/* Add what modinfo --json tells of a module to an array. */
void modinfo_json_file(json_t *modules, const char *path, struct tmod_file *file);
int modinfo_json_builtin(json_t *modules, struct tmod_tree *tree, const char *name);

#endif
