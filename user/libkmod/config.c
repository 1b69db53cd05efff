/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the configuration says: of one module, and all of it. */
#include <stdlib.h>
#include <string.h>

#include "user/libkmod/internal.h"

/* Does an `options` line go for the module? Its name or the alias that stood for it is written out there. */
static bool is_for(const struct tmod_entry *entry, const struct kmod_module *mod)
{
	return !strcmp(entry->name, mod->name) || (mod->alias && !strcmp(entry->name, mod->alias));
}

API const char *kmod_module_get_options(const struct kmod_module *mod)
{
	struct kmod_module *m = (struct kmod_module *)(uintptr_t)mod;
	const struct tmod_entry *e = NULL;
	size_t len = 0;

	if (!m || m->options_known)
		return m ? m->options : NULL;
	while ((e = tmod_config_next(m->ctx->config, TMOD_OPTIONS, e))) {
		size_t more = strlen(e->value);
		char *options;

		if (!is_for(e, m))
			continue;
		options = realloc(m->options, len + more + 2);
		if (!options) {
			free(m->options);
			m->options = NULL;
			return NULL;
		}
		m->options = options;
		if (len)
			options[len++] = ' ';
		memcpy(options + len, e->value, more + 1);
		len += more;
	}
	m->options_known = true;
	return m->options;
}

static const char *find_command(const struct kmod_module *mod, enum tmod_directive directive)
{
	const struct tmod_entry *e = mod ? tmod_config_find(mod->ctx->config, directive, mod->name, NULL) : NULL;

	return e ? e->value : NULL;
}

API const char *kmod_module_get_install_commands(const struct kmod_module *mod)
{
	return find_command(mod, TMOD_INSTALL);
}

API const char *kmod_module_get_remove_commands(const struct kmod_module *mod)
{
	return find_command(mod, TMOD_REMOVE);
}

/* Several lines may name the same. */
static bool has(const struct kmod_list *list, const struct kmod_module *mod)
{
	const struct kmod_list *entry;

	kmod_list_foreach(entry, list)
		if (!strcmp(kmod_module_get_name(entry->data), mod->name))
			return true;
	return false;
}

/* Add what one word of a line stands for; what cannot be looked up is left out, as it may be from a later kernel. */
static void add_word(const struct kmod_module *mod, const char *word, size_t len, struct kmod_list **list)
{
	char *text = strndup(word, len);
	struct kmod_list *found = NULL, *entry;
	int err = text ? kmod_module_new_from_lookup(mod->ctx, text, &found) : -ENOMEM;

	if (err)
		LOG(mod->ctx, LOG_ERR, "could not look up '%.*s', which '%s' wants: %s\n", (int)len, word, mod->name,
		    tmod_error_text(err));
	free(text);
	kmod_list_foreach(entry, found)
		if (!has(*list, entry->data) && list_add(list, entry->data))
			kmod_module_ref(entry->data);
	kmod_module_unref_list(found);
}

/* "pre: a b post: c"; words before either go to @pre. */
static void add_words(const struct kmod_module *mod, const char *text, struct kmod_list **pre, struct kmod_list **post)
{
	struct kmod_list **to = pre;

	for (; *(text += strspn(text, " \t")); text += strcspn(text, " \t")) {
		size_t len = strcspn(text, " \t");

		if (len == 4 && !memcmp(text, "pre:", len))
			to = pre;
		else if (len == 5 && !memcmp(text, "post:", len))
			to = post;
		else
			add_word(mod, text, len, to);
	}
}

static int find_words(const struct kmod_module *mod, enum tmod_directive directive, struct kmod_list **pre,
		      struct kmod_list **post)
{
	const struct tmod_entry *e = NULL;

	if (!mod || !pre || !post)
		return -ENOENT;
	*pre = NULL;
	*post = NULL;
	while ((e = tmod_config_find(mod->ctx->config, directive, mod->name, e)))
		add_words(mod, e->value, pre, post);
	return 0;
}

API int kmod_module_get_softdeps(const struct kmod_module *mod, struct kmod_list **pre, struct kmod_list **post)
{
	return find_words(mod, TMOD_SOFTDEP, pre, post);
}

API int kmod_module_get_weakdeps(const struct kmod_module *mod, struct kmod_list **weak)
{
	return find_words(mod, TMOD_WEAKDEP, weak, weak);
}

struct kmod_config_iter {
	const struct tmod_config *config;
	enum tmod_directive directive;
	const struct tmod_entry *at; /* NULL: before the first and after the last */
};

static struct kmod_config_iter *iterate(const struct kmod_ctx *ctx, enum tmod_directive directive)
{
	struct kmod_config_iter *iter = ctx ? malloc(sizeof(*iter)) : NULL;

	if (iter)
		*iter = (struct kmod_config_iter){ ctx->config, directive, NULL };
	return iter;
}

API struct kmod_config_iter *kmod_config_get_blacklists(const struct kmod_ctx *ctx)
{
	return iterate(ctx, TMOD_BLACKLIST);
}

API struct kmod_config_iter *kmod_config_get_install_commands(const struct kmod_ctx *ctx)
{
	return iterate(ctx, TMOD_INSTALL);
}

API struct kmod_config_iter *kmod_config_get_remove_commands(const struct kmod_ctx *ctx)
{
	return iterate(ctx, TMOD_REMOVE);
}

API struct kmod_config_iter *kmod_config_get_aliases(const struct kmod_ctx *ctx)
{
	return iterate(ctx, TMOD_ALIAS);
}

API struct kmod_config_iter *kmod_config_get_options(const struct kmod_ctx *ctx)
{
	return iterate(ctx, TMOD_OPTIONS);
}

API struct kmod_config_iter *kmod_config_get_softdeps(const struct kmod_ctx *ctx)
{
	return iterate(ctx, TMOD_SOFTDEP);
}

API struct kmod_config_iter *kmod_config_get_weakdeps(const struct kmod_ctx *ctx)
{
	return iterate(ctx, TMOD_WEAKDEP);
}

API const char *kmod_config_iter_get_key(const struct kmod_config_iter *iter)
{
	return iter && iter->at ? iter->at->name : NULL;
}

API const char *kmod_config_iter_get_value(const struct kmod_config_iter *iter)
{
	return iter && iter->at && iter->directive != TMOD_BLACKLIST ? iter->at->value : NULL;
}

API bool kmod_config_iter_next(struct kmod_config_iter *iter)
{
	if (iter)
		iter->at = tmod_config_next(iter->config, iter->directive, iter->at);
	return iter && iter->at;
}

API void kmod_config_iter_free_iter(struct kmod_config_iter *iter)
{
	free(iter);
}
