/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* modprobe -D, -R and -c with --json */
#include <stdlib.h>
#include <string.h>

#include "user/tools/modprobe.h"
#include "user/tools/plan_json.h"
#include "user/tools/why.h"

int modprobe_json_depends(struct modprobe *m, struct tmod_system *system)
{
	struct tmod_plan *plan;
	json_t *steps;
	int unknown, status;

	m->flags |= TMOD_LOADED_TOO;
	unknown = modprobe_plan(m, system, &plan);
	if (unknown < 0)
		return EXIT_FAILURE;
	status = unknown || plan_is_stopped(plan) ? EXIT_FAILURE : EXIT_SUCCESS;
	steps = plan_json(plan);
	tmod_plan_close(plan);
	return status | json_print(steps);
}

static int add_module(void *data, const struct tmod_module *module)
{
	json_t *one = json_object();

	json_put(one, "module", json_text(module->name));
	json_put(one, "path", json_text(module->path));
	json_put(one, "builtin", json_boolean(module->builtin));
	json_add(data, one);
	return 0;
}

int modprobe_json_resolve(struct modprobe *m, struct tmod_system *system)
{
	json_t *object = json_object();
	int status = EXIT_SUCCESS;

	for (size_t i = 0; i < (m->all ? m->word_cnt : 1); i++) {
		json_t *modules = json_array(), *word = json_text(m->words[i]);

		if (tmod_lookup(system, m->words[i], add_module, modules) <= 0)
			status = modprobe_not_found(m, system, m->words[i]);
		json_put(object, json_string_value(word), modules);
		json_decref(word);
	}
	return status | json_print(object);
}

static int add_alias(void *data, const char *key, const char *value, uint32_t priority)
{
	json_t *one = json_object();

	(void)priority;
	json_put(one, "alias", json_text(key));
	json_put(one, "module", json_text(value));
	json_add(data, one);
	return 0;
}

/* "symbol:NAME" */
static int add_symbol(void *data, const char *key, const char *value, uint32_t priority)
{
	const char *colon = strchr(key, ':');
	json_t *one = json_object();

	(void)priority;
	json_put(one, "symbol", json_text(colon ? colon + 1 : key));
	json_put(one, "module", json_text(value));
	json_add(data, one);
	return 0;
}

int modprobe_json_config(struct tmod_system *system)
{
	const struct tmod_config *config = tmod_system_config(system);
	json_t *object = json_object(), *entries = json_array(), *aliases = json_array(), *symbols = json_array();

	for (enum tmod_directive d = 0; config && d < TMOD_DIRECTIVE_CNT; d++) {
		const struct tmod_entry *e = NULL;

		while ((e = tmod_config_next(config, d, e)))
			json_add(entries, why_entry(e));
	}
	tmod_tree_each(tmod_system_tree(system), TMOD_INDEX_ALIAS, add_alias, aliases);
	tmod_tree_each(tmod_system_tree(system), TMOD_INDEX_SYMBOLS, add_symbol, symbols);
	json_put(object, "configuration", entries);
	json_put(object, "aliases", aliases);
	json_put(object, "symbols", symbols);
	return json_print(object) | (config ? EXIT_SUCCESS : EXIT_FAILURE);
}
