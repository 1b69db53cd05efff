/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tenon why - why a module is loaded, or would be */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "user/tools/loaded.h"
#include "user/tools/system.h"
#include "user/tools/why.h"

#define NAMES_SHOWN 20

static const struct option long_options[] = { SYSTEM_LONG };

static const char help[] =
    "usage: tenon why [OPTION]... MODULE|ALIAS...\n"
    "Tell who needs a module, what uses it, which devices it is for, what the configuration says of it, and since\n"
    "when it is loaded.\n\n" SYSTEM_HELP;

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static long long number(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

static void print_label(const char *label)
{
	printf("  %-13s ", label);
}

/* "FILE:LINE", or the file alone. */
static void print_place(const json_t *line)
{
	printf("%s", text(line, "file"));
	if (number(line, "line"))
		printf(":%lld", number(line, "line"));
	putchar('\n');
}

static void print_state(const json_t *facts)
{
	const json_t *loaded = json_object_get(facts, "loaded");
	bool builtin = json_is_true(json_object_get(facts, "builtin"));

	printf("%s: ", text(facts, "module"));
	if (!json_is_object(loaded)) {
		puts(builtin ? "built into the kernel" : "not loaded");
	} else {
		printf("%s, %lld bytes", strcmp(text(loaded, "state"), "Live") ? text(loaded, "state") : "loaded",
		       number(loaded, "size"));
		if (json_is_integer(json_object_get(loaded, "refcount")))
			printf(", in use %lld times", number(loaded, "refcount"));
		else
			printf(", cannot be unloaded");
		printf(*text(facts, "since") ? ", since %s or earlier\n" : "%s\n", text(facts, "since"));
	}
	if (*text(facts, "asked_by"))
		print_label("asked for as"), puts(text(facts, "asked_by"));
	if (*text(facts, "path"))
		print_label("file"), puts(text(facts, "path"));
}

static void print_uses(const json_t *facts)
{
	const json_t *uses = json_object_get(facts, "uses"), *use;
	size_t i;

	json_array_foreach(uses, i, use) {
		const char *kind = text(use, "kind"), *what = text(use, "what");

		print_label("used by");
		if (!strcmp(kind, "file"))
			printf("process %lld (%s), which has %s open\n", number(use, "pid"), text(use, "by"), what);
		else if (!strcmp(kind, "mount"))
			printf("the file system on %s (%s)\n", what, text(use, "by"));
		else if (!strcmp(kind, "socket"))
			printf("%lld sockets of %s\n", number(use, "count"), what);
		else if (!strcmp(kind, "crypto"))
			printf("%lld users of the algorithm %s\n", number(use, "count"), what);
		else
			printf("module %s\n", what);
	}
	if (!i && number(json_object_get(facts, "loaded"), "refcount") > 0) {
		print_label("used by");
		puts("something that the kernel does not name; as root, processes of all users are looked at");
	}
}

static void print_devices(const json_t *facts)
{
	const json_t *device;
	size_t i;

	json_array_foreach(json_object_get(facts, "devices"), i, device) {
		print_label("device");
		printf("%s", text(device, "path"));
		if (json_is_true(json_object_get(device, "bound")))
			printf(", driver %s", text(device, "driver"));
		else if (*text(device, "driver"))
			printf(", which another driver has (%s)", text(device, "driver"));
		else
			printf(", which has no driver");
		if (*text(device, "alias"))
			printf("; %s in %s", text(device, "alias"), text(device, "source"));
		putchar('\n');
	}
}

/* Modules of the tree, those that are loaded first. */
static void print_dependants(const json_t *facts)
{
	const json_t *all = json_object_get(facts, "dependants"), *one;
	size_t i, shown = 0;

	for (int loaded = 1; loaded >= 0; loaded--) {
		json_array_foreach(all, i, one) {
			if (json_is_true(json_object_get(one, "loaded")) != loaded || shown == NAMES_SHOWN)
				continue;
			if (!shown++)
				print_label("needed by");
			else
				printf(", ");
			printf("%s%s", text(one, "module"), loaded ? " (loaded)" : "");
		}
	}
	if (json_array_size(all) > shown)
		printf(", and %zu more (--json tells all)", json_array_size(all) - shown);
	if (shown)
		putchar('\n');
}

static void print_configuration(const json_t *facts)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(facts, "softdeps"), i, one) {
		print_label("softdep");
		printf("%s (%s)%s, ", text(one, "module"), text(one, "kind"),
		       json_is_true(json_object_get(one, "loaded")) ? ", loaded" : "");
		print_place(one);
	}
	json_array_foreach(json_object_get(facts, "configuration"), i, one) {
		print_label("configuration");
		printf("%s %s%s%s, ", text(one, "directive"), text(one, "name"), *text(one, "value") ? " " : "",
		       text(one, "value"));
		print_place(one);
	}
}

/* Where words are looked up, and what has been found. */
struct request {
	struct tmod_system *system;
	json_t *loaded, *all;
};

static int add(void *data, const struct tmod_module *module)
{
	struct request *r = data;

	json_add(r->all, why_facts(r->system, module, r->loaded));
	return 0;
}

static int ask(struct request *r, const char *word)
{
	char name[256];
	struct tmod_module module = { .name = name };
	int ret = tmod_lookup(r->system, word, add, r);

	if (ret > 0)
		return EXIT_SUCCESS;
	/* A module may be loaded from elsewhere. */
	tmod_module_name(word, name, sizeof(name));
	if (loaded_find(r->loaded, name))
		return add(r, &module);
	tools_error("why", "no module or alias '%s' in %s, and none is loaded", word,
		    tmod_tree_dir(tmod_system_tree(r->system)));
	tools_missing("why", tmod_system_tree(r->system));
	return EXIT_FAILURE;
}

static int print(json_t *all)
{
	const json_t *facts;
	size_t i;

	json_make_printable(all);
	json_array_foreach(all, i, facts) {
		if (i)
			putchar('\n');
		print_state(facts);
		print_uses(facts);
		print_devices(facts);
		print_dependants(facts);
		print_configuration(facts);
	}
	json_decref(all);
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

int why_main(int argc, char **argv)
{
	/* Has memory until the program ends. */
	static struct system_options options;
	struct request r = { 0 };
	int c, status = EXIT_SUCCESS;

	while ((c = getopt_long(argc, argv, SYSTEM_SHORT, long_options, NULL)) != -1) {
		status = system_option(&options, c, help);
		if (status >= 0)
			return status;
	}
	if (optind == argc)
		return tools_error("why", "which module? see 'tenon why --help'");
	r.system = system_open(&options, "why", NULL);
	if (!r.system)
		return EXIT_FAILURE;
	r.all = json_array();
	/* Without a list nothing is loaded: a kernel without modules. */
	loaded_json(&r.loaded);
	for (status = EXIT_SUCCESS; optind < argc; optind++)
		status |= ask(&r, argv[optind]);
	json_decref(r.loaded);
	tmod_system_close(r.system);
	return status | (options.json ? json_print(r.all) : print(r.all));
}
