/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef TOOLS_WHY_H
#define TOOLS_WHY_H

#include "user/tools/json.h"
#include "user/tools/tools.h"

/* The directive as it is written in modprobe.d. */
const char *why_directive(enum tmod_directive directive);

/* A line of the configuration: what it says, and where. */
json_t *why_entry(const struct tmod_entry *entry);

/* Does a word, with '-' or '_', name the module? */
bool why_names(const char *word, const char *name);

/* The devices that are bound to a module, or have an alias that stands for it, by their paths. */
json_t *why_devices(struct tmod_system *system, const char *name);

/**
 * why_facts - what there is to say of a module, as `tenon why --json` prints it
 * @loaded: from loaded_json()
 */
json_t *why_facts(struct tmod_system *system, const struct tmod_module *module, json_t *loaded);

#endif
