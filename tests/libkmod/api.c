/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Calls libkmod's functions and prints what they give. Run with two libraries it has to print the same. What it sees is
 * the machine of api.sh; pointers and the texts of messages are not printed.
 *
 *     api TREE PART [ARGUMENT...]
 */
#include <stdlib.h>
#include <string.h>

#include "tests/libkmod/api.h"

struct kmod_ctx *ctx;
int errors;

static void count_errors(void *data, int priority, const char *file, int line, const char *fn, const char *format,
			 va_list args)
{
	char message[4096];

	(void)file;
	(void)line;
	(void)fn;
	if (priority <= 3 && vsnprintf(message, sizeof(message), format, args) > 0)
		++*(int *)data;
}

void print_modules(const char *what, struct kmod_list *list)
{
	struct kmod_list *entry;

	printf("%s:", what);
	kmod_list_foreach(entry, list) {
		struct kmod_module *mod = kmod_module_get_module(entry);

		printf(" %s", kmod_module_get_name(mod));
		kmod_module_unref(mod);
	}
	putchar('\n');
}

void print_list(const char *what, struct kmod_list *list)
{
	print_modules(what, list);
	kmod_module_unref_list(list);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(int cnt, char **arguments);
	} parts[] = {
		{ "context", context },      { "names", names },           { "paths", paths },
		{ "lookup", look_up_files }, { "describe", describe },     { "lists", lists },
		{ "resources", resources },  { "changes", changes },       { "files", files },
		{ "probe", probe },          { "insert", insert_modules }, { "remove", remove_modules },
		{ "later", later },
	};

	ctx = argc > 2 ? kmod_new(argv[1], NULL) : NULL;
	if (!ctx)
		return 1;
	kmod_set_log_fn(ctx, count_errors, &errors);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (!strcmp(argv[2], parts[i].name))
			parts[i].run(argc - 3, argv + 3);
	NONE(kmod_unref(ctx));
	return 0;
}
