/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What rmmod would do: each module in turn, without what it needs. */
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/loaded.h"
#include "user/tools/plan_json.h"
#include "user/tools/what_if.h"

static const struct option long_options[] = {
	{ "force", no_argument, NULL, 'f' },
	{ "syslog", no_argument, NULL, 's' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

__attribute__((format(printf, 2, 3))) static void refuse(struct what_if *w, const char *format, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	what_if_say(w, TMOD_ERROR, text);
	w->possible = false;
}

/* What still uses it, when earlier modules are gone. */
static void check_use(struct what_if *w, const json_t *module, const char *name)
{
	json_int_t refcount = json_integer_value(json_object_get(module, "refcount"));
	char names[512] = "";
	const json_t *holder;
	size_t i, cnt = json_array_size(json_object_get(module, "holders"));

	json_array_foreach(json_object_get(module, "holders"), i, holder) {
		size_t len = strlen(names);

		snprintf(names + len, sizeof(names) - len, " %s", json_string_value(holder));
	}
	if (cnt)
		refuse(w, "Module %s is in use by:%s", name, names);
	else if (refcount > 0)
		refuse(w, "Module %s is in use; 'tenon why %s' may tell by what", name, name);
}

/* Take a module out of the list, and away from those that it uses. */
static void forget(json_t *loaded, const char *name)
{
	json_t *module, *holder;
	size_t i, k;

	for (i = json_array_size(loaded); i-- > 0;) {
		json_t *holders, *refcount;

		module = json_array_get(loaded, i);
		if (!strcmp(json_string_value(json_object_get(module, "name")), name)) {
			json_array_remove(loaded, i);
			continue;
		}
		holders = json_object_get(module, "holders");
		refcount = json_object_get(module, "refcount");
		for (k = json_array_size(holders); k-- > 0;) {
			holder = json_array_get(holders, k);
			if (strcmp(json_string_value(holder), name))
				continue;
			json_array_remove(holders, k);
			json_integer_set(refcount, json_integer_value(refcount) - 1);
		}
	}
}

static void plan(struct what_if *w, json_t *loaded, const char *word, bool force)
{
	char name[256];
	struct tmod_step step = {
		.action = TMOD_UNLOAD, .role = TMOD_ASKED, .name = name, .options = "", .required = true, .loaded = true
	};
	json_t *module;

	tmod_module_name(word, name, sizeof(name));
	module = loaded_find(loaded, name);
	if (!module) {
		refuse(w, "Module %s is not currently loaded", name);
		return;
	}
	if (json_is_null(json_object_get(module, "refcount")))
		refuse(w, "Module %s cannot be unloaded: this kernel does not count its users", name);
	else if (!force)
		check_use(w, module, name);
	json_add(w->steps, plan_step_json(&step));
	forget(loaded, name);
}

int what_if_rmmod(struct what_if *w, int argc, char **argv)
{
	bool force = false;
	json_t *loaded;
	int c, err;

	while ((c = getopt_long(argc, argv, "fsvV", long_options, NULL)) != -1) {
		if (c == 'V')
			return tools_version();
		if (c == '?')
			return EXIT_FAILURE;
		force |= c == 'f';
	}
	if (optind == argc)
		return tools_error("what-if", "rmmod: missing module name");
	err = loaded_json(&loaded);
	if (err)
		refuse(w, "/proc/modules: %s", strerror(-err));
	for (; optind < argc; optind++)
		plan(w, loaded, argv[optind], force);
	json_decref(loaded);
	return -1;
}
