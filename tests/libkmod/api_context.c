/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Contexts, and what functions say to null pointers. */
#include "tests/libkmod/api.h"

static void contexts(void)
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

void context(int cnt, char **arguments)
{
	(void)cnt;
	(void)arguments;
	contexts();
	nothing();
	no_module();
}
