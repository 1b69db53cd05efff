/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a module's file says: information, signature, symbols. */
#include <stdlib.h>
#include <string.h>

#include "user/libkmod/internal.h"

struct info {
	const char *value;
	char key[];
};

struct list_to_fill {
	struct kmod_list *list;
	int cnt;
};

static int add_info(void *data, const struct tmod_info *from)
{
	struct list_to_fill *l = data;
	struct info *info = malloc(sizeof(*info) + from->key_len + from->value_len + 2);
	char *value;

	if (!info)
		return -ENOMEM;
	memcpy(info->key, from->key, from->key_len);
	info->key[from->key_len] = '\0';
	value = info->key + from->key_len + 1;
	if (from->value_len)
		memcpy(value, from->value, from->value_len);
	value[from->value_len] = '\0';
	info->value = value;
	if (!list_add(&l->list, info)) {
		free(info);
		return -ENOMEM;
	}
	l->cnt++;
	return 0;
}

static int add_text(struct list_to_fill *l, const char *key, const char *value, size_t len)
{
	return add_info(l, &(struct tmod_info){ key, value, strlen(key), len });
}

/* Bytes in hexadecimal, 20 a line, as modinfo prints them. */
static int add_hex(struct list_to_fill *l, const char *key, const uint8_t *bytes, size_t len)
{
	static const char digits[] = "0123456789ABCDEF", line[] = "\n\t\t";
	char *text = malloc(len * 6 + 1), *to = text;
	int err;

	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < len; i++) {
		if (i)
			*to++ = ':';
		if (i && i % 20 == 0) {
			memcpy(to, line, 3);
			to += 3;
		}
		*to++ = digits[bytes[i] >> 4];
		*to++ = digits[bytes[i] & 15];
	}
	err = add_text(l, key, text, (size_t)(to - text));
	free(text);
	return err;
}

static int add_signature(struct list_to_fill *l, const struct tmod_file *file)
{
	struct tmod_signature s;

	tmod_file_signature(file, &s);
	if (!s.id_type)
		return 0;
	return add_text(l, "sig_id", s.id_type, strlen(s.id_type))     ?:
		   add_text(l, "signer", s.signer, s.signer_len)       ?:
		   add_hex(l, "sig_key", s.key, s.key_len)             ?:
		   add_text(l, "sig_hashalgo", s.hash, strlen(s.hash)) ?:
		   add_hex(l, "signature", s.signature, s.signature_len);
}

static int open_file(const struct kmod_module *mod, struct tmod_file **file)
{
	const char *path = kmod_module_get_path(mod);
	char text[512];
	int err = path ? tmod_file_open(path, file, text, sizeof(text)) : -ENOENT;

	if (path && err)
		LOG(mod->ctx, LOG_INFO, "could not read '%s': %s\n", path, *text ? text : tmod_error_text(err));
	return err;
}

static int read_info(const struct kmod_module *mod, struct list_to_fill *l)
{
	struct tmod_file *file;
	struct tmod_info info;
	const char *at = NULL;
	int err;

	if (module_is_builtin(mod))
		return tmod_tree_builtin_info(context_tree(mod->ctx), mod->name, add_info, l);
	err = open_file(mod, &file);
	if (err)
		return err;
	while (!err && tmod_file_info(file, &at, &info))
		err = add_info(l, &info);
	if (!err)
		err = add_signature(l, file);
	tmod_file_close(file);
	return err;
}

API int kmod_module_get_info(const struct kmod_module *mod, struct kmod_list **list)
{
	struct list_to_fill l = { 0 };
	int err;

	if (!mod || !list)
		return -ENOENT;
	*list = NULL;
	err = read_info(mod, &l);
	if (err) {
		kmod_module_info_free_list(l.list);
		return err;
	}
	*list = l.list;
	return l.cnt;
}

API const char *kmod_module_info_get_key(const struct kmod_list *entry)
{
	return entry ? ((const struct info *)entry->data)->key : NULL;
}

API const char *kmod_module_info_get_value(const struct kmod_list *entry)
{
	return entry ? ((const struct info *)entry->data)->value : NULL;
}

API void kmod_module_info_free_list(struct kmod_list *list)
{
	list_free(list, free);
}

struct symbol {
	uint64_t crc;
	enum kmod_symbol_bind bind;
	char name[];
};

static int add_symbol(void *data, const struct tmod_symbol *from)
{
	struct list_to_fill *l = data;
	size_t len = strlen(from->name) + 1;
	struct symbol *symbol = malloc(sizeof(*symbol) + len);

	if (!symbol)
		return -ENOMEM;
	symbol->crc = from->crc;
	symbol->bind = from->weak ? KMOD_SYMBOL_WEAK : KMOD_SYMBOL_UNDEF;
	memcpy(symbol->name, from->name, len);
	if (!list_add(&l->list, symbol)) {
		free(symbol);
		return -ENOMEM;
	}
	l->cnt++;
	return 0;
}

static int get_symbols(const struct kmod_module *mod, enum tmod_symbol_kind kind, struct kmod_list **list)
{
	struct list_to_fill l = { 0 };
	struct tmod_file *file;
	int err;

	if (!mod || !list)
		return -ENOENT;
	*list = NULL;
	err = open_file(mod, &file);
	if (err)
		return err;
	err = tmod_file_symbols(file, kind, add_symbol, &l);
	tmod_file_close(file);
	/* A module may need nothing, but one without exports or checksums has no table of them. */
	if (!err && !l.cnt && kind != TMOD_IMPORTS)
		err = -ENOENT;
	if (err) {
		list_free(l.list, free);
		return err;
	}
	*list = l.list;
	return l.cnt;
}

API int kmod_module_get_versions(const struct kmod_module *mod, struct kmod_list **list)
{
	return get_symbols(mod, TMOD_VERSIONS, list);
}

API int kmod_module_get_symbols(const struct kmod_module *mod, struct kmod_list **list)
{
	return get_symbols(mod, TMOD_EXPORTS, list);
}

API int kmod_module_get_dependency_symbols(const struct kmod_module *mod, struct kmod_list **list)
{
	return get_symbols(mod, TMOD_IMPORTS, list);
}

/* The lists are of one kind, with functions of three names. */
#define SAME_AS(name) __attribute__((alias(#name)))

API const char *kmod_module_version_get_symbol(const struct kmod_list *entry)
{
	return entry ? ((const struct symbol *)entry->data)->name : NULL;
}

API SAME_AS(kmod_module_version_get_symbol) const char *kmod_module_symbol_get_symbol(const struct kmod_list *entry);
API SAME_AS(kmod_module_version_get_symbol) const
    char *kmod_module_dependency_symbol_get_symbol(const struct kmod_list *entry);

API uint64_t kmod_module_version_get_crc(const struct kmod_list *entry)
{
	return entry ? ((const struct symbol *)entry->data)->crc : 0;
}

API SAME_AS(kmod_module_version_get_crc)
uint64_t kmod_module_symbol_get_crc(const struct kmod_list *entry);
API SAME_AS(kmod_module_version_get_crc)
uint64_t kmod_module_dependency_symbol_get_crc(const struct kmod_list *entry);

API void kmod_module_versions_free_list(struct kmod_list *list)
{
	list_free(list, free);
}

API SAME_AS(kmod_module_versions_free_list) void kmod_module_symbols_free_list(struct kmod_list *list);
API SAME_AS(kmod_module_versions_free_list) void kmod_module_dependency_symbols_free_list(struct kmod_list *list);

API int kmod_module_dependency_symbol_get_bind(const struct kmod_list *entry)
{
	return entry ? (int)((const struct symbol *)entry->data)->bind : 0;
}
