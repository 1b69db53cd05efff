/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef TOOLS_LOADED_H
#define TOOLS_LOADED_H

#include "user/tools/json.h"

/**
 * loaded_json - what lsmod --json prints: an array of the modules that are loaded
 * @modules: gets it, empty after an error
 * Return: 0 or a negative errno value.
 */
int loaded_json(json_t **modules);

/* The one of that name; NULL: it is not loaded. */
json_t *loaded_find(json_t *modules, const char *name);

#endif
