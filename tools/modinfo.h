/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef TOOLS_MODINFO_H
#define TOOLS_MODINFO_H

#include <jansson.h>

#include "tenon/mod.h"

/* Add what modinfo --json tells of a module to an array. */
void modinfo_json_file(json_t *modules, const char *path, const struct tmod_file *file);
void modinfo_json_builtin(json_t *modules, struct tmod_tree *tree, const char *name);

#endif
