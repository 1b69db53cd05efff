/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Modules by name, path, alias; what the tree, the kernel and the configuration say of them. */
#include <stdlib.h>
#include <string.h>

#include "tests/libkmod/api.h"

void names(int cnt, char **arguments)
{
	static const char *const words[] = { "",        "a-b.c/d e",     "foo[a-b]", "ext4", "EXT4",
					     "ext4.ko", "snd-hda-intel", ".",        "-" };
	struct kmod_module *mod, *again;

	(void)cnt;
	(void)arguments;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		printf("'%s': %d\n", words[i], kmod_module_new_from_name(ctx, words[i], &mod));
		TEXT(kmod_module_get_name(mod));
		TEXT(kmod_module_get_path(mod));
		kmod_module_new_from_name(ctx, words[i], &again);
		INT(mod == again);
		INT(kmod_module_unref(again) == mod);
		NONE(kmod_module_unref(mod));
	}
}

static void another_path(const char *path)
{
	struct kmod_module *mod, *other = NULL;

	errors = 0;
	kmod_module_new_from_name(ctx, "ext4", &mod);
	TEXT(kmod_module_get_path(mod));
	INT(kmod_module_new_from_path(ctx, path, &other));
	NONE(other);
	INT(kmod_module_new_from_path(ctx, kmod_module_get_path(mod), &other));
	INT(other == mod);
	INT(errors);
	kmod_module_unref(other);
	kmod_module_unref(mod);
}

void paths(int cnt, char **path)
{
	for (int i = 0; i < cnt; i++) {
		struct kmod_module *mod = NULL;

		printf("'%s': %d\n", path[i], kmod_module_new_from_path(ctx, path[i], &mod));
		TEXT(kmod_module_get_name(mod));
		TEXT(kmod_module_get_path(mod));
		print_list("dependencies", kmod_module_get_dependencies(mod));
		kmod_module_unref(mod);
	}
	another_path(path[0]);
}

static void look_up(const char *word)
{
	struct kmod_list *list = NULL, *entry;
	struct kmod_module *mod = NULL;

	printf("look up '%s': %d\n", word, kmod_module_new_from_lookup(ctx, word, &list));
	kmod_list_foreach(entry, list) {
		mod = kmod_module_get_module(entry);
		printf("  %s %s %s %d\n", kmod_module_get_name(mod), text(kmod_module_get_path(mod)),
		       text(kmod_module_get_options(mod)), kmod_module_get_initstate(mod));
		kmod_module_unref(mod);
	}
	kmod_module_unref_list(list);
	mod = NULL;
	printf("  name '%s': %d\n", word, kmod_module_new_from_name_lookup(ctx, word, &mod));
	printf("  %s %s\n", text(kmod_module_get_name(mod)), text(kmod_module_get_path(mod)));
	kmod_module_unref(mod);
}

/* One word a line. */
void look_up_files(int cnt, char **path)
{
	FILE *file = fopen(path[cnt - 1], "r");
	char line[4200];

	while (file && fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		look_up(line);
	}
	if (file)
		fclose(file);
}

static void print_sections(const struct kmod_module *mod)
{
	struct kmod_list *list = kmod_module_get_sections(mod), *entry;

	kmod_list_foreach(entry, list)
		printf("section %s %#lx\n", kmod_module_section_get_name(entry),
		       kmod_module_section_get_address(entry));
	kmod_module_section_free_list(list);
}

static void describe_one(const char *name)
{
	struct kmod_list *pre = NULL, *post = NULL;
	struct kmod_module *mod;

	errors = 0;
	INT(kmod_module_new_from_name(ctx, name, &mod));
	TEXT(kmod_module_get_name(mod));
	TEXT(kmod_module_get_path(mod));
	TEXT(kmod_module_get_options(mod));
	TEXT(kmod_module_get_install_commands(mod));
	TEXT(kmod_module_get_remove_commands(mod));
	INT(kmod_module_get_initstate(mod));
	INT(kmod_module_get_size(mod));
	INT(kmod_module_get_refcnt(mod));
	print_list("dependencies", kmod_module_get_dependencies(mod));
	print_list("holders", kmod_module_get_holders(mod));
	print_sections(mod);
	INT(kmod_module_get_softdeps(mod, &pre, &post));
	print_list("pre", pre);
	print_list("post", post);
	INT(errors);
	kmod_module_unref(mod);
}

void describe(int cnt, char **name)
{
	for (int i = 0; i < cnt; i++)
		describe_one(name[i]);
}

static void loaded(void)
{
	struct kmod_list *list = NULL, *entry, *filtered;

	INT(kmod_module_new_from_loaded(ctx, &list));
	print_modules("loaded", list);
	printf("backwards:");
	kmod_list_foreach_reverse(entry, list)
	{
		struct kmod_module *mod = kmod_module_get_module(entry);

		printf(" %s", kmod_module_get_name(mod));
		kmod_module_unref(mod);
	}
	putchar('\n');
	INT(kmod_list_last(list) == kmod_list_prev(list, list));
	INT(kmod_module_apply_filter(ctx, KMOD_FILTER_BLACKLIST, list, &filtered));
	print_list("not blacklisted", filtered);
	INT(kmod_module_apply_filter(ctx, KMOD_FILTER_BUILTIN, list, &filtered));
	print_list("not built in", filtered);
	INT(kmod_module_apply_filter(ctx, KMOD_FILTER_BLACKLIST | KMOD_FILTER_BUILTIN, list, &filtered));
	print_list("neither", filtered);
	kmod_module_unref_list(list);
}

static void print_config(const char *what, struct kmod_config_iter *iter)
{
	printf("%s before the first: %s %s\n", what, text(kmod_config_iter_get_key(iter)),
	       text(kmod_config_iter_get_value(iter)));
	while (kmod_config_iter_next(iter))
		printf("%s %s %s\n", what, text(kmod_config_iter_get_key(iter)),
		       text(kmod_config_iter_get_value(iter)));
	kmod_config_iter_free_iter(iter);
}

static void configuration(void)
{
	print_config("blacklist", kmod_config_get_blacklists(ctx));
	print_config("install", kmod_config_get_install_commands(ctx));
	print_config("remove", kmod_config_get_remove_commands(ctx));
	print_config("alias", kmod_config_get_aliases(ctx));
	print_config("options", kmod_config_get_options(ctx));
	print_config("softdep", kmod_config_get_softdeps(ctx));
}

void lists(int cnt, char **arguments)
{
	(void)cnt;
	(void)arguments;
	loaded();
	configuration();
}

void resources(int cnt, char **arguments)
{
	(void)cnt;
	(void)arguments;
	INT(kmod_validate_resources(ctx));
	INT(kmod_load_resources(ctx));
	INT(kmod_load_resources(ctx));
	INT(kmod_validate_resources(ctx));
	kmod_unload_resources(ctx);
	INT(kmod_validate_resources(ctx));
	fflush(stdout);
	for (int i = 0; i <= KMOD_INDEX_MODULES_BUILTIN + 1; i++) {
		int ret = kmod_dump_index(ctx, (enum kmod_index)i, 1);

		printf("index %d: %d\n", i, ret);
		fflush(stdout);
	}
}

/* What changes on the disk between two questions: a command does it. */
void changes(int cnt, char **command)
{
	INT(kmod_load_resources(ctx));
	INT(kmod_validate_resources(ctx));
	printf("%d\n", system(command[cnt - 1]));
	INT(kmod_validate_resources(ctx));
}

/* A module whose path is asked for before and after a command. */
void later(int cnt, char **name_and_command)
{
	struct kmod_module *mod = NULL;

	if (cnt < 2)
		return;
	INT(kmod_module_new_from_name(ctx, name_and_command[0], &mod));
	TEXT(kmod_module_get_path(mod));
	INT(system(name_and_command[1]));
	TEXT(kmod_module_get_path(mod));
	kmod_module_unref(mod);
}
