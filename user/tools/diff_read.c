/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "user/tools/diff.h"
#include "user/tools/tools.h"

/* For nftw(), which has no other way to hand it on. */
static struct diff_side *walking;
static size_t root_len;

static int add_file(struct diff_side *side, const char *path, size_t skip)
{
	struct diff_module *m;
	char name[NAME_MAX + 1];

	if (side->cnt == side->cap) {
		size_t cap = side->cap ? side->cap * 2 : 1024;

		m = realloc(side->modules, cap * sizeof(*m));
		if (!m)
			return -ENOMEM;
		side->modules = m;
		side->cap = cap;
	}
	tmod_module_name(path, name, sizeof(name));
	m = &side->modules[side->cnt];
	*m = (struct diff_module){ strdup(name), strdup(path), NULL };
	side->cnt++;
	if (!m->name || !m->path)
		return -ENOMEM;
	m->below = m->path + skip;
	return 0;
}

static int visit(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)ftw;
	if (kind != FTW_F || !S_ISREG(st->st_mode) || !tmod_is_module_file(path))
		return 0;
	return add_file(walking, path, root_len + (path[root_len] == '/'));
}

/* depmod takes what is in updates/; of others, the lower path. */
static bool is_update(const struct diff_module *m)
{
	return !strncmp(m->below, "updates/", 8) || strstr(m->below, "/updates/");
}

static int by_name(const void *a, const void *b)
{
	const struct diff_module *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (!order)
		order = is_update(y) - is_update(x);
	return order ? order : strcmp(x->below, y->below);
}

static void free_module(struct diff_module *m)
{
	free(m->name);
	free(m->path);
}

/* Sort, and of several files of one name keep the first. */
static void sort(struct diff_side *side)
{
	size_t cnt = 0;

	if (side->cnt)
		qsort(side->modules, side->cnt, sizeof(*side->modules), by_name);
	for (size_t i = 0; i < side->cnt; i++) {
		if (cnt && !strcmp(side->modules[cnt - 1].name, side->modules[i].name))
			free_module(&side->modules[i]);
		else
			side->modules[cnt++] = side->modules[i];
	}
	side->cnt = cnt;
}

int diff_open(struct diff_side *side, const char *argument)
{
	size_t len = strlen(argument);
	const char *directory = argument;
	struct stat st;
	int err = 0;

	*side = (struct diff_side){ .argument = argument };
	if (stat(argument, &st)) {
		err = -errno;
		tools_error("diff", "%s: %s", argument, strerror(-err));
		return err;
	}
	if (!S_ISDIR(st.st_mode) && tmod_is_module_file(argument))
		return add_file(side, argument, 0);
	if (!S_ISDIR(st.st_mode) && (len < 4 || strcmp(argument + len - 4, ".deb"))) {
		tools_error("diff", "%s: it is no directory, Debian package or module", argument);
		return -EINVAL;
	}
	if (!S_ISDIR(st.st_mode))
		directory = side->unpacked = diff_unpack(argument);
	if (!directory)
		return -EIO;
	walking = side;
	root_len = strlen(directory);
	err = nftw(directory, visit, 32, FTW_PHYS);
	if (err)
		tools_error("diff", "%s: %s", argument, strerror(err < -1 ? -err : errno));
	if (!err && !side->cnt)
		err = tools_error("diff", "%s: there are no modules in it", argument) ? -ENOENT : 0;
	sort(side);
	return err;
}

void diff_close(struct diff_side *side)
{
	for (size_t i = 0; i < side->cnt; i++)
		free_module(&side->modules[i]);
	free(side->modules);
	if (side->unpacked)
		diff_remove(side->unpacked);
	free(side->unpacked);
}

static int add(struct diff_items *items, enum diff_kind kind, const char *name, size_t len, const char *value,
	       size_t value_len)
{
	struct diff_item *item;

	if (items->cnt == items->cap) {
		size_t cap = items->cap ? items->cap * 2 : 64;

		item = realloc(items->all, cap * sizeof(*item));
		if (!item)
			return -ENOMEM;
		items->all = item;
		items->cap = cap;
	}
	item = &items->all[items->cnt++];
	*item = (struct diff_item){ kind, strndup(name, len), strndup(value, value_len) };
	return item->name && item->value ? 0 : -ENOMEM;
}

static int add_export(void *data, const struct tmod_symbol *symbol)
{
	char crc[16];
	int len = symbol->crc ? snprintf(crc, sizeof(crc), "0x%08x", symbol->crc) : 0;

	return add(data, DIFF_EXPORT, symbol->name, strlen(symbol->name), crc, (size_t)len);
}

static bool is_key(const struct tmod_info *info, const char *key)
{
	return info->key_len == strlen(key) && !memcmp(info->key, key, info->key_len);
}

/* Aliases and parameters; a parameter without a type has a description only. */
static int add_info(const struct tmod_file *file, struct diff_items *items)
{
	struct tmod_info info;
	const char *at = NULL;
	int err = 0;

	while (!err && tmod_file_info(file, &at, &info)) {
		const char *end = info.value + info.value_len, *colon = memchr(info.value, ':', info.value_len);
		bool type = is_key(&info, "parmtype");

		if (is_key(&info, "alias"))
			err = add(items, DIFF_ALIAS, info.value, info.value_len, "", 0);
		else if (colon && (type || is_key(&info, "parm")))
			err = add(items, DIFF_PARAMETER, info.value, (size_t)(colon - info.value),
				  type ? colon + 1 : "", type ? (size_t)(end - colon - 1) : 0);
	}
	return err;
}

static int add_signature(const struct tmod_file *file, struct diff_items *items)
{
	struct tmod_signature s;
	char text[1024];
	size_t len = 0;

	tmod_file_signature(file, &s);
	if (!s.id_type)
		return 0;
	if (s.signer)
		len = (size_t)snprintf(text, sizeof(text) / 2, "%.*s", (int)(s.signer_len < 256 ? s.signer_len : 256),
				       s.signer);
	len += (size_t)snprintf(text + len, sizeof(text) - len, " %s ", s.hash);
	for (size_t i = 0; i < s.key_len && i < 64; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%02X", s.key[i]);
	return add(items, DIFF_SIGNATURE, "", 0, text, len);
}

static int by_item(const void *a, const void *b)
{
	const struct diff_item *x = a, *y = b;
	int order = x->kind < y->kind ? -1 : x->kind > y->kind;

	if (!order)
		order = strcmp(x->name, y->name);
	/* The one with a value goes first. */
	return order ? order : strcmp(y->value, x->value);
}

/* Each name once: a parameter has a type and a description. */
static void unique(struct diff_items *items)
{
	size_t cnt = 0;

	if (items->cnt)
		qsort(items->all, items->cnt, sizeof(*items->all), by_item);
	for (size_t i = 0; i < items->cnt; i++) {
		struct diff_item *item = &items->all[i], *last = cnt ? &items->all[cnt - 1] : NULL;

		if (last && last->kind == item->kind && !strcmp(last->name, item->name)) {
			free(item->name);
			free(item->value);
		} else {
			items->all[cnt++] = *item;
		}
	}
	items->cnt = cnt;
}

int diff_read(const struct diff_module *module, struct diff_items *items)
{
	struct tmod_file *file;
	char text[256] = "";
	int err = tmod_file_open(module->path, &file, text, sizeof(text));

	*items = (struct diff_items){ 0 };
	if (!err) {
		err = add_info(file, items);
		if (!err)
			err = tmod_file_symbols(file, TMOD_EXPORTS, add_export, items);
		if (!err)
			err = add_signature(file, items);
		tmod_file_close(file);
	}
	if (err)
		tools_error("diff", "%s: %s", module->path, *text ? text : tmod_error_text(err));
	unique(items);
	return err;
}

void diff_free(struct diff_items *items)
{
	for (size_t i = 0; i < items->cnt; i++) {
		free(items->all[i].name);
		free(items->all[i].value);
	}
	free(items->all);
}
