/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What files say; loading and unloading. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/libkmod/api.h"

static void print_info(const struct kmod_module *mod)
{
	struct kmod_list *list = NULL, *entry;

	INT(kmod_module_get_info(mod, &list));
	kmod_list_foreach(entry, list)
		printf("%s=%s\n", kmod_module_info_get_key(entry), kmod_module_info_get_value(entry));
	kmod_module_info_free_list(list);
}

static void print_symbols(const struct kmod_module *mod)
{
	struct kmod_list *list = NULL, *entry;

	INT(kmod_module_get_versions(mod, &list));
	kmod_list_foreach(entry, list)
		printf("%#llx %s\n", (unsigned long long)kmod_module_version_get_crc(entry),
		       kmod_module_version_get_symbol(entry));
	kmod_module_versions_free_list(list);
	list = NULL;
	INT(kmod_module_get_symbols(mod, &list));
	kmod_list_foreach(entry, list)
		printf("%#llx %s\n", (unsigned long long)kmod_module_symbol_get_crc(entry),
		       kmod_module_symbol_get_symbol(entry));
	kmod_module_symbols_free_list(list);
	list = NULL;
	INT(kmod_module_get_dependency_symbols(mod, &list));
	kmod_list_foreach(entry, list)
		printf("%#llx %c %s\n", (unsigned long long)kmod_module_dependency_symbol_get_crc(entry),
		       kmod_module_dependency_symbol_get_bind(entry), kmod_module_dependency_symbol_get_symbol(entry));
	kmod_module_dependency_symbols_free_list(list);
}

void files(int cnt, char **file)
{
	for (int i = 0; i < cnt; i++) {
		struct kmod_module *mod;

		if (strchr(file[i], '/') ? kmod_module_new_from_path(ctx, file[i], &mod) :
					   kmod_module_new_from_name(ctx, file[i], &mod))
			continue;
		print_info(mod);
		print_symbols(mod);
		kmod_module_unref(mod);
	}
}

static int run_install(struct kmod_module *mod, const char *command, void *data)
{
	printf("  run for %s, %s: %s\n", kmod_module_get_name(mod), (const char *)data, command);
	return strstr(command, "fails") ? -EIO : 0;
}

static void print_action(struct kmod_module *mod, bool install, const char *options)
{
	printf("  %s %s [%s]\n", install ? "install" : "insert", kmod_module_get_name(mod), options);
}

/* PROBE flags, then words. */
void probe(int cnt, char **word)
{
	unsigned int flags = (unsigned int)strtoul(word[0], NULL, 0);

	for (int i = 1; i < cnt; i++) {
		struct kmod_list *list = NULL, *entry;

		errors = 0;
		printf("probe %s with %#x: %d\n", word[i], flags, kmod_module_new_from_lookup(ctx, word[i], &list));
		kmod_list_foreach(entry, list) {
			struct kmod_module *mod = kmod_module_get_module(entry);
			int err = kmod_module_probe_insert_module(mod, flags, i % 2 ? "extra=1" : NULL, run_install,
								  "data", print_action);

			printf("%s: %d\n", kmod_module_get_name(mod), err);
			kmod_module_unref(mod);
		}
		INT(errors);
		kmod_module_unref_list(list);
	}
}

void remove_modules(int cnt, char **name)
{
	for (int i = 0; i < cnt; i++) {
		struct kmod_module *mod;

		errors = 0;
		kmod_module_new_from_name(ctx, name[i], &mod);
		printf("remove %s: %d\n", name[i], kmod_module_remove_module(mod, 0));
		printf("once more: %d\n", kmod_module_remove_module(mod, KMOD_REMOVE_FORCE | KMOD_REMOVE_NOLOG));
		INT(errors);
		kmod_module_unref(mod);
	}
}

void insert_modules(int cnt, char **name)
{
	for (int i = 0; i < cnt; i++) {
		struct kmod_module *mod;

		errors = 0;
		kmod_module_new_from_name(ctx, name[i], &mod);
		printf("insert %s: %d\n", name[i], kmod_module_insert_module(mod, 0, "a=1 b"));
		printf("by force: %d\n", kmod_module_insert_module(mod, KMOD_INSERT_FORCE_VERMAGIC, NULL));
		printf("%d errors\n", errors);
		kmod_module_unref(mod);
	}
}
