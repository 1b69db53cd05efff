/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef LIB_PLAN_LOOKUP_H
#define LIB_PLAN_LOOKUP_H

#include "tenon/mod.h"

/* What a tree knows of a module. Strings live as long as the tree. */
struct lookup_module {
	const char *path; /* of its file in the tree, not terminated; NULL: there is none */
	size_t path_len;
	const char *deps; /* paths of all that it needs, each before those that it needs itself */
	bool builtin;
};

/** lookup_module - find a module by its name. Return: 0, also if it is not known, or a negative errno value. */
int lookup_module(struct tmod_tree *tree, const char *name, struct lookup_module *out);

/** lookup_names - as tmod_lookup(), without the paths of files: to find where these lead is work */
int lookup_names(struct tmod_system *system, const char *word,
		 int (*found)(void *data, const struct tmod_module *module), void *data);

#endif
