/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Calls libkmod's functions and prints what they give. Run with two libraries it has to print the same. What it sees is
 * the machine of api.sh; pointers and the texts of messages are not printed.
 *
 *     api TREE PART [ARGUMENT...]
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libkmod/libkmod.h"

#define INT(call) printf("%s = %lld\n", #call, (long long)(call))
#define TEXT(call) printf("%s = %s\n", #call, text(call))
#define NONE(call) printf("%s is %s\n", #call, (call) ? "there" : "NULL")

static struct kmod_ctx *ctx;

static const char *text(const char *s)
{
	return s ? s : "NULL";
}

/* Messages of errors are counted: their texts may differ. */
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

static int errors;

static void print_modules(const char *what, struct kmod_list *list)
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

static void print_list(const char *what, struct kmod_list *list)
{
	print_modules(what, list);
	kmod_module_unref_list(list);
}

static void context(void)
{
	static const char *const none[] = { NULL };
	static const char *const dirs[] = { "relative/dir", "", "/a//b/", NULL };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++) {
		struct kmod_ctx *c = kmod_new(dirs[i], none);

		TEXT(kmod_get_dirname(c));
		NONE(kmod_unref(c));
	}
	INT(kmod_get_log_priority(ctx));
	kmod_set_log_priority(ctx, 7);
	INT(kmod_get_log_priority(ctx));
	kmod_set_log_priority(ctx, 3);
	NONE(kmod_get_userdata(ctx));
	kmod_set_userdata(ctx, "user");
	TEXT((char *)kmod_get_userdata(ctx));
	INT(kmod_ref(ctx) == ctx);
	INT(kmod_unref(ctx) == ctx);
}

/* Those that libkmod answers; others crash there. */
static void nothing(void)
{
	struct kmod_list *list = NULL;
	struct kmod_module *mod = NULL;

	NONE(kmod_ref(NULL));
	NONE(kmod_unref(NULL));
	INT(kmod_get_log_priority(NULL));
	NONE(kmod_get_userdata(NULL));
	INT(kmod_load_resources(NULL));
	INT(kmod_validate_resources(NULL));
	INT(kmod_dump_index(NULL, KMOD_INDEX_MODULES_DEP, 1));
	NONE(kmod_list_next(NULL, NULL));
	NONE(kmod_list_prev(NULL, NULL));
	NONE(kmod_list_last(NULL));
	NONE(kmod_config_get_blacklists(NULL));
	INT(kmod_module_new_from_lookup(NULL, "ext4", &list));
	INT(kmod_module_new_from_lookup(ctx, NULL, &list));
	INT(kmod_module_new_from_name(NULL, "a", &mod));
	INT(kmod_module_new_from_name(ctx, NULL, &mod));
	INT(kmod_module_new_from_name(ctx, "a", NULL));
	INT(kmod_module_new_from_path(NULL, "a", &mod));
	INT(kmod_module_new_from_path(ctx, NULL, &mod));
	INT(kmod_module_new_from_path(ctx, "a", NULL));
	INT(kmod_module_new_from_name_lookup(NULL, "a", &mod));
	INT(kmod_module_new_from_name_lookup(ctx, NULL, &mod));
	INT(kmod_module_new_from_name_lookup(ctx, "a", NULL));
	INT(kmod_module_new_from_loaded(NULL, &list));
	INT(kmod_module_new_from_loaded(ctx, NULL));
	NONE(kmod_module_ref(NULL));
	NONE(kmod_module_unref(NULL));
	INT(kmod_module_unref_list(NULL));
	NONE(kmod_module_get_module(NULL));
	INT(kmod_module_apply_filter(ctx, KMOD_FILTER_BLACKLIST, NULL, NULL));
	INT(kmod_module_apply_filter(NULL, KMOD_FILTER_BLACKLIST, NULL, &list));
	INT(kmod_module_apply_filter(ctx, KMOD_FILTER_BLACKLIST, NULL, &list));
	NONE(list);
}

static void no_module(void)
{
	struct kmod_list *list = NULL;

	NONE(kmod_module_get_name(NULL));
	NONE(kmod_module_get_path(NULL));
	NONE(kmod_module_get_dependencies(NULL));
	NONE(kmod_module_get_options(NULL));
	NONE(kmod_module_get_install_commands(NULL));
	NONE(kmod_module_get_remove_commands(NULL));
	INT(kmod_module_get_softdeps(NULL, &list, &list));
	INT(kmod_module_get_initstate(NULL));
	INT(kmod_module_get_refcnt(NULL));
	INT(kmod_module_get_size(NULL));
	NONE(kmod_module_get_holders(NULL));
	NONE(kmod_module_get_sections(NULL));
	NONE(kmod_module_section_get_name(NULL));
	INT(kmod_module_section_get_address(NULL));
	INT(kmod_module_get_info(NULL, &list));
	NONE(kmod_module_info_get_key(NULL));
	NONE(kmod_module_info_get_value(NULL));
	INT(kmod_module_get_versions(NULL, &list));
	NONE(kmod_module_version_get_symbol(NULL));
	INT(kmod_module_version_get_crc(NULL));
	INT(kmod_module_get_symbols(NULL, &list));
	NONE(kmod_module_symbol_get_symbol(NULL));
	INT(kmod_module_symbol_get_crc(NULL));
	INT(kmod_module_get_dependency_symbols(NULL, &list));
	NONE(kmod_module_dependency_symbol_get_symbol(NULL));
	INT(kmod_module_dependency_symbol_get_crc(NULL));
	INT(kmod_module_dependency_symbol_get_bind(NULL));
	for (int state = -1; state < 6; state++)
		printf("state %d: %s\n", state, text(kmod_module_initstate_str((enum kmod_module_initstate)state)));
}

static void names(void)
{
	static const char *const words[] = { "", "a-b.c/d e", "foo[a-b]", "ext4", "EXT4", "ext4.ko", "snd-hda-intel", ".", "-" };
	struct kmod_module *mod, *again;

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

static void paths(int cnt, char **path)
{
	for (int i = 0; i < cnt; i++) {
		struct kmod_module *mod = NULL;

		printf("'%s': %d\n", path[i], kmod_module_new_from_path(ctx, path[i], &mod));
		TEXT(kmod_module_get_name(mod));
		TEXT(kmod_module_get_path(mod));
		print_list("dependencies", kmod_module_get_dependencies(mod));
		kmod_module_unref(mod);
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
static void look_up_file(const char *path)
{
	FILE *file = fopen(path, "r");
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
		printf("section %s %#lx\n", kmod_module_section_get_name(entry), kmod_module_section_get_address(entry));
	kmod_module_section_free_list(list);
}

static void describe(const char *name)
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

static void loaded(void)
{
	struct kmod_list *list = NULL, *entry, *filtered;

	INT(kmod_module_new_from_loaded(ctx, &list));
	print_modules("loaded", list);
	printf("backwards:");
	kmod_list_foreach_reverse(entry, list) {
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
		printf("%s %s %s\n", what, text(kmod_config_iter_get_key(iter)), text(kmod_config_iter_get_value(iter)));
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

static void resources(void)
{
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

/* What changes on the disk between two questions; ARGUMENT is a command that does it. */
static void changes(const char *command)
{
	INT(kmod_load_resources(ctx));
	INT(kmod_validate_resources(ctx));
	INT(system(command));
	INT(kmod_validate_resources(ctx));
}

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

static void files(int cnt, char **file)
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
static void probe(int cnt, char **word)
{
	unsigned int flags = (unsigned int)strtoul(word[0], NULL, 0);

	for (int i = 1; i < cnt; i++) {
		struct kmod_list *list = NULL, *entry;

		errors = 0;
		printf("probe %s with %#x: %d\n", word[i], flags, kmod_module_new_from_lookup(ctx, word[i], &list));
		kmod_list_foreach(entry, list) {
			struct kmod_module *mod = kmod_module_get_module(entry);
			int err = kmod_module_probe_insert_module(mod, flags, i % 2 ? "extra=1" : NULL, run_install, "data",
								  print_action);

			printf("%s: %d\n", kmod_module_get_name(mod), err);
			kmod_module_unref(mod);
		}
		INT(errors);
		kmod_module_unref_list(list);
	}
}

static void remove_modules(int cnt, char **name)
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

static void insert_modules(int cnt, char **name)
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

int main(int argc, char **argv)
{
	const char *part = argc > 2 ? argv[2] : "";

	ctx = kmod_new(argc > 1 ? argv[1] : NULL, NULL);
	if (!ctx)
		return 1;
	kmod_set_log_fn(ctx, count_errors, &errors);
	if (!strcmp(part, "context")) {
		context();
		nothing();
		no_module();
	} else if (!strcmp(part, "names")) {
		names();
	} else if (!strcmp(part, "paths")) {
		paths(argc - 3, argv + 3);
		another_path(argv[3]);
	} else if (!strcmp(part, "lookup")) {
		look_up_file(argv[3]);
	} else if (!strcmp(part, "describe")) {
		for (int i = 3; i < argc; i++)
			describe(argv[i]);
	} else if (!strcmp(part, "lists")) {
		loaded();
		configuration();
	} else if (!strcmp(part, "resources")) {
		resources();
	} else if (!strcmp(part, "changes")) {
		changes(argv[3]);
	} else if (!strcmp(part, "files")) {
		files(argc - 3, argv + 3);
	} else if (!strcmp(part, "probe")) {
		probe(argc - 3, argv + 3);
	} else if (!strcmp(part, "insert")) {
		insert_modules(argc - 3, argv + 3);
	} else if (!strcmp(part, "remove")) {
		remove_modules(argc - 3, argv + 3);
	}
	NONE(kmod_unref(ctx));
	return 0;
}
