/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Modules of a context: made once for each name, counted, and what the tree says of them. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "user/libkmod/internal.h"

static struct kmod_module **chain(struct kmod_ctx *ctx, const char *name)
{
	uint32_t hash = 5381;

	while (*name)
		hash = hash * 33 + (uint8_t)*name++;
	return &ctx->pool[hash % POOL_CHAINS];
}

static bool is_alias(const struct kmod_module *mod, const char *alias)
{
	return mod->alias && alias ? !strcmp(mod->alias, alias) : mod->alias == alias;
}

static struct kmod_module *find(struct kmod_ctx *ctx, const char *name, const char *alias)
{
	struct kmod_module *mod = *chain(ctx, name);

	while (mod && (strcmp(mod->name, name) || !is_alias(mod, alias)))
		mod = mod->next;
	return mod;
}

struct kmod_module *module_get(struct kmod_ctx *ctx, const char *name, const char *alias)
{
	size_t len = strlen(name) + 1, alias_len = alias ? strlen(alias) + 1 : 0;
	struct kmod_module *mod = find(ctx, name, alias), **first = chain(ctx, name);

	if (mod)
		return kmod_module_ref(mod);
	mod = calloc(1, sizeof(*mod) + len + alias_len);
	if (!mod)
		return NULL;
	memcpy(mod->name, name, len);
	if (alias)
		mod->alias = memcpy(mod->name + len, alias, alias_len);
	mod->refs = 1;
	mod->ctx = kmod_ref(ctx);
	mod->next = *first;
	*first = mod;
	return mod;
}

int module_list_get(struct kmod_list **list, struct kmod_ctx *ctx, const char *name, const char *alias)
{
	struct kmod_module *mod = module_get(ctx, name, alias);

	if (mod && list_add(list, mod))
		return 0;
	kmod_module_unref(mod);
	return -ENOMEM;
}

API struct kmod_module *kmod_module_ref(struct kmod_module *mod)
{
	if (mod)
		mod->refs++;
	return mod;
}

API struct kmod_module *kmod_module_unref(struct kmod_module *mod)
{
	struct kmod_module **at;

	if (!mod || --mod->refs)
		return mod;
	at = chain(mod->ctx, mod->name);
	while (*at != mod)
		at = &(*at)->next;
	*at = mod->next;
	kmod_unref(mod->ctx);
	free(mod->path);
	free(mod->options);
	free(mod);
	return NULL;
}

static void unref(void *mod)
{
	kmod_module_unref(mod);
}

API int kmod_module_unref_list(struct kmod_list *list)
{
	list_free(list, unref);
	return 0;
}

API struct kmod_module *kmod_module_get_module(const struct kmod_list *entry)
{
	return entry ? kmod_module_ref(entry->data) : NULL;
}

bool module_name(const char *word, char name[NAME_MAX + 1])
{
	size_t len = 0;

	for (; word[len] && word[len] != '.'; len++) {
		if (len == NAME_MAX)
			return false;
		name[len] = word[len] == '-' ? '_' : word[len];
	}
	name[len] = '\0';
	return true;
}

API int kmod_module_new_from_name(struct kmod_ctx *ctx, const char *name, struct kmod_module **mod)
{
	char normal[NAME_MAX + 1];

	if (!ctx || !name || !mod)
		return -ENOENT;
	if (!module_name(name, normal))
		return -ENAMETOOLONG;
	*mod = module_get(ctx, normal, NULL);
	return *mod ? 0 : -ENOMEM;
}

/* Return: the path from the root, to be freed; or NULL, errno says why. */
static char *absolute(const char *path)
{
	char *cwd, *all;
	size_t len;

	if (*path == '/')
		return strdup(path);
	cwd = getcwd(NULL, 0);
	if (!cwd)
		return NULL;
	len = strlen(cwd);
	all = realloc(cwd, len + strlen(path) + 2);
	if (!all) {
		free(cwd);
		return NULL;
	}
	all[len] = '/';
	strcpy(all + len + 1, path);
	return all;
}

/* Takes @path over. */
static int get_at(struct kmod_ctx *ctx, char *path, struct kmod_module **out)
{
	char name[NAME_MAX + 1];
	struct kmod_module *mod;
	struct stat st;
	int err = stat(path, &st) ? -errno : 0;

	tmod_module_name(path, name, sizeof(name));
	if (!err && !*name)
		err = -ENOENT;
	mod = err ? NULL : module_get(ctx, name, NULL);
	if (!err && !mod)
		err = -ENOMEM;
	if (mod && mod->path && strcmp(mod->path, path)) {
		LOG(ctx, LOG_ERR, "module '%s' is in use with another file: '%s', not '%s'\n", name, mod->path, path);
		err = -EEXIST;
	}
	if (!err && !mod->path) {
		mod->path = path;
		path = NULL;
	}
	free(path);
	if (err)
		kmod_module_unref(mod);
	else
		*out = mod;
	return err;
}

API int kmod_module_new_from_path(struct kmod_ctx *ctx, const char *path, struct kmod_module **mod)
{
	char *all;

	if (!ctx || !path || !mod)
		return -ENOENT;
	all = absolute(path);
	return all ? get_at(ctx, all, mod) : -errno;
}

API const char *kmod_module_get_name(const struct kmod_module *mod)
{
	return mod ? mod->name : NULL;
}

int module_set_path(struct kmod_module *mod, const char *dir, const char *path, size_t len)
{
	size_t dir_len = *path == '/' ? 0 : strlen(dir) + 1;

	if (mod->path)
		return 0;
	mod->path = malloc(dir_len + len + 1);
	if (!mod->path)
		return -ENOMEM;
	if (dir_len) {
		memcpy(mod->path, dir, dir_len - 1);
		mod->path[dir_len - 1] = '/';
	}
	memcpy(mod->path + dir_len, path, len);
	mod->path[dir_len + len] = '\0';
	return 0;
}

/* The value of modules.dep.bin: "path: ..." */
static int found_path(void *data, const char *key, const char *value, uint32_t priority)
{
	struct kmod_module *mod = data;
	const char *colon = strchr(value, ':');

	(void)key;
	(void)priority;
	return colon ? module_set_path(mod, kmod_get_dirname(mod->ctx), value, (size_t)(colon - value)) : 0;
}

API const char *kmod_module_get_path(const struct kmod_module *mod)
{
	struct kmod_module *m = (struct kmod_module *)(uintptr_t)mod;

	if (!m)
		return NULL;
	/* Asked anew until it is found: depmod may have run. */
	if (!m->path)
		tmod_tree_search(context_tree(m->ctx), TMOD_INDEX_DEP, m->name, false, found_path, m);
	return m->path;
}

struct dependencies {
	struct kmod_ctx *ctx;
	struct kmod_list *list;
};

/* The last of the line has to be loaded first, and comes first in the list. */
static int found_dependencies(void *data, const char *key, const char *value, uint32_t priority)
{
	struct dependencies *d = data;
	const char *p = strchr(value, ':');
	int err = 0;

	(void)key;
	(void)priority;
	for (p = p ? p + 1 : ""; !err && *(p += strspn(p, " ")); p += strcspn(p, " ")) {
		size_t len = strcspn(p, " ");
		char path[PATH_MAX], name[NAME_MAX + 1];
		struct kmod_module *mod;

		if (len >= sizeof(path))
			return -ENAMETOOLONG;
		memcpy(path, p, len);
		path[len] = '\0';
		tmod_module_name(path, name, sizeof(name));
		err = module_list_get(&d->list, d->ctx, name, NULL);
		if (!err)
			d->list = d->list->prev;
		mod = err ? NULL : d->list->data;
		if (mod)
			err = module_set_path(mod, kmod_get_dirname(d->ctx), path, len);
	}
	return err;
}

API struct kmod_list *kmod_module_get_dependencies(const struct kmod_module *mod)
{
	struct dependencies d = { .ctx = mod ? mod->ctx : NULL };

	if (!mod)
		return NULL;
	if (tmod_tree_search(context_tree(mod->ctx), TMOD_INDEX_DEP, mod->name, false, found_dependencies, &d) < 0) {
		kmod_module_unref_list(d.list);
		return NULL;
	}
	return d.list;
}

static int found_builtin(void *data, const char *key, const char *value, uint32_t priority)
{
	(void)key;
	(void)value;
	(void)priority;
	*(bool *)data = true;
	return 0;
}

bool module_is_builtin(const struct kmod_module *mod)
{
	struct kmod_module *m = (struct kmod_module *)(uintptr_t)mod;
	bool found = false;

	if (m->builtin == UNKNOWN) {
		tmod_tree_search(context_tree(m->ctx), TMOD_INDEX_BUILTIN, m->name, false, found_builtin, &found);
		m->builtin = found ? YES : NO;
	}
	return m->builtin == YES;
}
