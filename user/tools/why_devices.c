/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The devices that a module drives, or could. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/why.h"

struct devices {
	struct tmod_system *system;
	const char *name; /* of the module */
	json_t *list;
};

/* A device, and the pattern of the module that matches its alias. */
struct match {
	const char *name;
	json_t *alias, *source;
};

static int found_alias(void *data, const char *key, const char *value, uint32_t priority)
{
	struct match *m = data;

	(void)priority;
	if (m->alias || strcmp(value, m->name))
		return 0;
	m->alias = json_text(key);
	return 0;
}

/* The pattern of the configuration or of the tree by which a modalias stands for the module. */
static void find_alias(const struct devices *d, const char *modalias, struct match *m)
{
	const struct tmod_config *config = tmod_system_config(d->system);
	struct tmod_tree *tree = tmod_system_tree(d->system);
	const struct tmod_entry *e = NULL;
	char key[4096], where[PATH_MAX];

	if (!*modalias || !tmod_alias_name(modalias, key, sizeof(key)))
		return;
	while (config && (e = tmod_config_find(config, TMOD_ALIAS, key, e))) {
		if (!why_names(e->value, d->name))
			continue;
		snprintf(where, sizeof(where), "%s:%u", e->file, e->line);
		m->alias = json_text(e->name);
		m->source = json_text(where);
		return;
	}
	tmod_tree_search(tree, TMOD_INDEX_ALIAS, key, true, found_alias, m);
	if (m->alias) {
		m->source = json_text("modules.alias");
		return;
	}
	tmod_tree_search(tree, TMOD_INDEX_BUILTIN_ALIAS, key, true, found_alias, m);
	if (m->alias)
		m->source = json_text("modules.builtin.alias");
}

static int add_device(void *data, const struct tmod_device *device)
{
	const struct devices *d = data;
	bool bound = device->module && !strcmp(device->module, d->name);
	struct match m = { .name = d->name };
	json_t *one;

	find_alias(d, device->modalias, &m);
	if (!bound && !m.alias)
		return 0;
	one = json_object();
	json_put(one, "path", json_text(device->path));
	json_put(one, "modalias", *device->modalias ? json_text(device->modalias) : json_null());
	json_put(one, "alias", m.alias ? m.alias : json_null());
	json_put(one, "source", m.source ? m.source : json_null());
	json_put(one, "driver", json_text(device->driver));
	json_put(one, "bound", json_boolean(bound));
	json_add(d->list, one);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(json_string_value(json_object_get(*(json_t *const *)a, "path")),
		      json_string_value(json_object_get(*(json_t *const *)b, "path")));
}

json_t *why_devices(struct tmod_system *system, const char *name)
{
	struct devices d = { system, name, json_array() };
	json_t *sorted = json_array(), **all;
	size_t cnt;

	tmod_devices_each(add_device, &d);
	cnt = json_array_size(d.list);
	all = calloc(cnt + 1, sizeof(*all));
	for (size_t i = 0; all && i < cnt; i++)
		all[i] = json_array_get(d.list, i);
	if (all)
		qsort(all, cnt, sizeof(*all), by_path);
	for (size_t i = 0; all && i < cnt; i++)
		json_add(sorted, json_incref(all[i]));
	free(all);
	json_decref(d.list);
	return sorted;
}
