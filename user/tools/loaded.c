/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <string.h>

#include "user/tools/loaded.h"
#include "user/tools/tools.h"

static int add(void *data, const struct tmod_loaded *m)
{
	json_t *holders = json_array(), *module = json_object();

	for (const char *const *holder = m->holders; *holder; holder++)
		json_add(holders, json_text(*holder));
	json_put(module, "name", json_text(m->name));
	json_put(module, "size", json_integer((json_int_t)m->size));
	json_put(module, "refcount", m->refcount < 0 ? json_null() : json_integer(m->refcount));
	json_put(module, "holders", holders);
	json_put(module, "state", json_text(m->state));
	json_put(module, "taint", json_text(m->taint));
	json_put(module, "address", m->address ? json_integer((json_int_t)m->address) : json_null());
	json_add(data, module);
	return 0;
}

int loaded_json(json_t **modules)
{
	*modules = json_array();
	return tmod_loaded_each(add, *modules);
}

json_t *loaded_find(json_t *modules, const char *name)
{
	json_t *module;
	size_t i;

	json_array_foreach(modules, i, module)
		if (!strcmp(json_string_value(json_object_get(module, "name")), name))
			return module;
	return NULL;
}
