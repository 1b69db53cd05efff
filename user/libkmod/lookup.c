/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Modules from words: names, aliases, what is loaded; and lists without what a filter takes out. */
#include <string.h>

#include "user/libkmod/internal.h"

/* kmod's indexes have no longer keys. */
#define WORD_BYTES_MAX 4096

struct lookup {
	struct kmod_ctx *ctx;
	char word[WORD_BYTES_MAX]; /* as the indexes have it */
	struct kmod_list *list;
};

static int found_module(void *data, const struct tmod_module *found)
{
	struct lookup *l = data;
	const char *alias = strcmp(found->name, l->word) ? l->word : NULL;
	int err = module_list_get(&l->list, l->ctx, found->name, alias);
	struct kmod_module *mod = err ? NULL : l->list->prev->data;

	if (mod && found->builtin)
		mod->builtin = YES;
	if (mod && found->path)
		err = module_set_path(mod, "", found->path, strlen(found->path));
	return err;
}

API int kmod_module_new_from_lookup(struct kmod_ctx *ctx, const char *given_alias, struct kmod_list **list)
{
	struct lookup l = { .ctx = ctx };
	int ret;

	if (!ctx || !given_alias || !list)
		return -ENOENT;
	if (*list) {
		LOG(ctx, LOG_ERR, "the list for what a lookup finds must be empty\n");
		return -ENOSYS;
	}
	if (!tmod_alias_name(given_alias, l.word, sizeof(l.word)))
		return -EINVAL;
	context_tree(ctx);
	ret = tmod_lookup(ctx->system, l.word, found_module, &l);
	if (ret < 0) {
		kmod_module_unref_list(l.list);
		return ret;
	}
	*list = l.list;
	return 0;
}

/* The first value that an index has. */
struct first {
	bool found;
	char value[NAME_MAX + 1];
};

static int found_first(void *data, const char *key, const char *value, uint32_t priority)
{
	struct first *first = data;

	(void)key;
	(void)priority;
	if (!first->found && strlen(value) < sizeof(first->value))
		strcpy(first->value, value);
	first->found = true;
	return 0;
}

/* Versions as libkmod.map tells. */
__attribute__((symver("kmod_module_new_from_name_lookup@@LIBKMOD_30"))) API int name_lookup_30(struct kmod_ctx *ctx,
											       const char *modname,
											       struct kmod_module *
												   *mod);
__attribute__((symver("kmod_module_new_from_name_lookup@LIBKMOD_5"))) API int name_lookup_5(struct kmod_ctx *ctx,
											    const char *modname,
											    struct kmod_module **mod);

API int name_lookup_30(struct kmod_ctx *ctx, const char *modname, struct kmod_module **mod)
{
	struct first dep = { 0 }, alias = { 0 }, builtin = { 0 };
	char name[NAME_MAX + 1];
	struct tmod_tree *tree;

	if (!ctx || !modname || !mod)
		return -ENOENT;
	*mod = NULL;
	if (!module_name(modname, name))
		return -ENAMETOOLONG;
	tree = context_tree(ctx);
	tmod_tree_search(tree, TMOD_INDEX_DEP, name, false, found_first, &dep);
	if (!dep.found)
		tmod_tree_search(tree, TMOD_INDEX_BUILTIN, name, false, found_first, &builtin);
	if (!dep.found && !builtin.found)
		tmod_tree_search(tree, TMOD_INDEX_BUILTIN_ALIAS, name, true, found_first, &alias);
	if (!dep.found && !builtin.found && !alias.found)
		return 0;
	*mod = alias.found ? module_get(ctx, alias.value, name) : module_get(ctx, name, NULL);
	if (*mod && !dep.found)
		(*mod)->builtin = YES;
	return *mod ? 0 : -ENOMEM;
}

API int name_lookup_5(struct kmod_ctx *ctx, const char *modname, struct kmod_module **mod)
{
	return name_lookup_30(ctx, modname, mod);
}

static int found_loaded(void *data, const struct tmod_loaded *loaded)
{
	struct lookup *l = data;

	char name[NAME_MAX + 1];

	return module_name(loaded->name, name) ? module_list_get(&l->list, l->ctx, name, NULL) : 0;
}

API int kmod_module_new_from_loaded(struct kmod_ctx *ctx, struct kmod_list **list)
{
	struct lookup l = { .ctx = ctx };
	int err;

	if (!ctx || !list)
		return -ENOENT;
	err = tmod_loaded_each(found_loaded, &l);
	if (err) {
		LOG(ctx, LOG_ERR, "could not read /proc/modules: %s\n", strerror(-err));
		kmod_module_unref_list(l.list);
		return err;
	}
	*list = l.list;
	return 0;
}

bool module_is_blacklisted(const struct kmod_module *mod)
{
	return tmod_config_find(mod->ctx->config, TMOD_BLACKLIST, mod->name, NULL);
}

API int kmod_module_apply_filter(const struct kmod_ctx *ctx, enum kmod_filter filter_type,
				 const struct kmod_list *input, struct kmod_list **output)
{
	const struct kmod_list *entry;

	if (!ctx || !output)
		return -ENOENT;
	*output = NULL;
	kmod_list_foreach(entry, input) {
		struct kmod_module *mod = entry->data;

		if ((filter_type & KMOD_FILTER_BLACKLIST && module_is_blacklisted(mod)) ||
		    (filter_type & KMOD_FILTER_BUILTIN && module_is_builtin(mod)))
			continue;
		if (!list_add(output, mod)) {
			kmod_module_unref_list(*output);
			*output = NULL;
			return -ENOMEM;
		}
		kmod_module_ref(mod);
	}
	return 0;
}

API int kmod_module_get_filtered_blacklist(const struct kmod_ctx *ctx, const struct kmod_list *input,
					   struct kmod_list **output)
{
	return kmod_module_apply_filter(ctx, KMOD_FILTER_BLACKLIST, input, output);
}
