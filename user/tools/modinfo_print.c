/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What modinfo prints of one module, as text. */
#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/modinfo.h"

/* A parameter is shown with its type, which is another entry: both are collected first. The name stands first, for compare(). */
struct param {
	struct tmod_info name, text, type; /* name: key and key_len; text and type: value and value_len */
	struct param *before;              /* it was found */
};

struct params {
	void *by_name;
	struct param *last;
	bool failed;
};

struct output {
	const struct modinfo *m;
	struct params params;
};

/* As words for people, which kmod writes for some fields also with -0. */
static void print_label(const char *key, size_t len)
{
	printf("%.*s:%*s", (int)len, key, len < 15 ? (int)(15 - len) : 1, "");
}

static void print_key(const struct modinfo *m, const char *key, size_t len)
{
	if (m->end)
		print_label(key, len);
	else
		printf("%.*s=", (int)len, key);
}

static void print_field(const struct modinfo *m, const char *key, const char *value, size_t len)
{
	if (!m->field)
		print_key(m, key, strlen(key));
	else if (strcmp(m->field, key))
		return;
	printf("%.*s%c", (int)len, value, m->end);
}

static int compare(const void *a, const void *b)
{
	const struct tmod_info *x = a, *y = b;
	int order = memcmp(x->key, y->key, x->key_len < y->key_len ? x->key_len : y->key_len);

	return order ? order : (x->key_len > y->key_len) - (x->key_len < y->key_len);
}

/* The parameter of that name, which is added if it is not there. NULL: no memory. */
static struct param *parameter(struct params *params, const struct tmod_info *name)
{
	struct param **found = tfind(name, &params->by_name, compare), *p;

	if (found)
		return *found;
	p = calloc(1, sizeof(*p));
	if (p)
		p->name = *name;
	if (!p || !tsearch(p, &params->by_name, compare)) {
		free(p);
		params->failed = true;
		return NULL;
	}
	p->before = params->last;
	params->last = p;
	return p;
}

/* "name:text" of parm and parmtype. */
static void add_param(struct params *params, const struct tmod_info *info, bool is_type)
{
	const char *colon = memchr(info->value, ':', info->value_len);
	struct param *p;
	size_t len;

	if (!colon)
		return;
	len = (size_t)(colon - info->value);
	p = parameter(params, &(struct tmod_info){ .key = info->value, .key_len = len });
	if (p)
		*(is_type ? &p->type : &p->text) =
		    (struct tmod_info){ .value = colon + 1, .value_len = info->value_len - len - 1 };
}

static void keep(void *p)
{
	(void)p;
}

/* What has been collected, the last first. Return: 0 or -ENOMEM. */
static int print_params(const struct modinfo *m, struct params *params)
{
	tdestroy(params->by_name, keep);
	while (params->last) {
		struct param *p = params->last;

		if (!m->field)
			print_label("parm", 4);
		printf("%.*s:", (int)p->name.key_len, p->name.key);
		if (p->text.value && p->type.value)
			printf("%.*s (%.*s)", (int)p->text.value_len, p->text.value, (int)p->type.value_len,
			       p->type.value);
		else if (p->text.value)
			printf("%.*s", (int)p->text.value_len, p->text.value);
		else
			printf(m->field ? " (%.*s)" : "%.*s", (int)p->type.value_len, p->type.value);
		putchar(m->end);
		params->last = p->before;
		free(p);
	}
	return params->failed ? -ENOMEM : 0;
}

static bool is_key(const struct tmod_info *info, const char *key)
{
	return strlen(key) == info->key_len && !memcmp(info->key, key, info->key_len);
}

static int print_info(void *data, const struct tmod_info *info)
{
	struct output *o = data;
	const struct modinfo *m = o->m;

	if (m->field && !strcmp(m->field, "parm")) {
		if (is_key(info, "parm") || is_key(info, "parmtype"))
			add_param(&o->params, info, is_key(info, "parmtype"));
	} else if (m->field) {
		if (is_key(info, m->field))
			printf("%.*s%c", (int)info->value_len, info->value, m->end);
	} else if (is_key(info, "parm") || is_key(info, "parmtype")) {
		add_param(&o->params, info, is_key(info, "parmtype"));
	} else {
		print_key(m, info->key, info->key_len);
		printf("%.*s%c", (int)info->value_len, info->value, m->end);
	}
	return 0;
}

/* Bytes in hexadecimal, 20 a line. */
static void print_hex(const struct modinfo *m, const char *key, const uint8_t *bytes, size_t len)
{
	if (!m->field)
		print_key(m, key, strlen(key));
	else if (strcmp(m->field, key))
		return;
	for (size_t i = 0; i < len; i++)
		printf("%02X%s%s", bytes[i], i + 1 < len ? ":" : "", i % 20 == 19 && i + 1 < len ? "\n\t\t" : "");
	putchar(m->end);
}

static void print_signature(const struct modinfo *m, const struct tmod_file *file)
{
	struct tmod_signature s;

	tmod_file_signature(file, &s);
	if (!s.id_type)
		return;
	print_field(m, "sig_id", s.id_type, strlen(s.id_type));
	print_field(m, "signer", s.signer ? s.signer : "", s.signer_len);
	print_hex(m, "sig_key", s.key, s.key_len);
	print_field(m, "sig_hashalgo", s.hash, strlen(s.hash));
	print_hex(m, "signature", s.signature, s.signature_len);
}

/* The release of kmod whose modinfo prints it without being asked. */
#define SHOWS_BUILD_IDS 36

static void print_build_id(const struct modinfo *m, struct tmod_file *file)
{
	char text[160];

	tmod_file_build_id(file, text, sizeof(text));
	if (*text)
		print_field(m, "build-id", text, strlen(text));
}

bool modinfo_print_path(const struct modinfo *m, const char *path)
{
	bool all = m->field && !strcmp(m->field, "filename");

	if (!m->field)
		print_label("filename", 8);
	if (!m->field || all)
		printf("%s%c", path, m->end);
	return all;
}

int modinfo_print_file(const struct modinfo *m, struct tmod_file *file)
{
	struct output o = { .m = m };
	struct tmod_info info;
	const char *at = NULL;

	while (tmod_file_info(file, &at, &info))
		print_info(&o, &info);
	if (m->field ? !strcmp(m->field, "build-id") : tmod_kmod_version() >= SHOWS_BUILD_IDS)
		print_build_id(m, file);
	if (!m->field || strcmp(m->field, "parm"))
		print_signature(m, file);
	return print_params(m, &o.params);
}

static void print_builtin(const struct modinfo *m, const char *key, const char *value)
{
	if (!m->field)
		print_label(key, strlen(key));
	else if (strcmp(m->field, key))
		return;
	printf("%s%c", value, m->end);
}

int modinfo_print_builtin(const struct modinfo *m, struct tmod_tree *tree, const char *name)
{
	struct output o = { .m = m };
	int err = 0, ret;

	print_builtin(m, "name", name);
	print_builtin(m, "filename", "(builtin)");
	if (!m->field || strcmp(m->field, "filename"))
		err = tmod_tree_builtin_info(tree, name, print_info, &o);
	ret = print_params(m, &o.params);
	return err && err != -ENOENT ? err : ret;
}
