/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* modinfo, in the format of kmod's. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "port/process/program/module_file.h"
#include "port/process/shell/shell.h"

#define KEY_BYTES 16 /* the column that values begin at */

struct show {
	const char *field; /* -F: only this one, without its name; NULL: all */
	bool params;       /* -p: only parameters, without "parm:" */
};

static void print_field(const char *key, const char *value, void *arg)
{
	const struct show *show = arg;
	char column[256];

	if (show->params)
		return;
	if (show->field) {
		if (!strcmp(show->field, key))
			puts(value);
		return;
	}
	snprintf(column, sizeof(column), "%s:", key);
	printf("%-*s%s\n", KEY_BYTES, column, value);
}

/* A parameter: its description from `parm=name:text`, its type from `parmtype=name:type`; either may be NULL. */
struct param {
	const char *name;
	size_t len;
	const char *text, *type;
};

static struct param *find_param(struct param *params, size_t *cnt, const char *name, size_t len)
{
	for (size_t i = 0; i < *cnt; i++)
		if (params[i].len == len && !memcmp(params[i].name, name, len))
			return &params[i];
	params[*cnt] = (struct param){ .name = name, .len = len };
	return &params[(*cnt)++];
}

static bool key_is(const char *entry, size_t len, const char *key)
{
	return len == strlen(key) && !memcmp(entry, key, len);
}

static size_t collect_params(const struct modinfo *info, struct param *params)
{
	const char *at = NULL, *value;
	size_t len, cnt = 0;

	while ((len = modinfo_next(info, &at, &value))) {
		size_t name = strcspn(value, ":");
		struct param *p;

		if (!value[name] || !(key_is(at, len, "parm") || key_is(at, len, "parmtype")))
			continue;
		p = find_param(params, &cnt, value, name);
		*(len == 4 ? &p->text : &p->type) = value + name + 1;
	}
	return cnt;
}

/* What the file names last comes first, as in kmod's list. */
static void print_params(const struct modinfo *info, const struct show *show)
{
	/* An entry of .modinfo has more than 4 bytes. */
	struct param *params = calloc(info->size / 4 + 1, sizeof(*params));
	size_t cnt = params ? collect_params(info, params) : 0;

	while (cnt--) {
		const struct param *p = &params[cnt];

		if (!show->params)
			printf("%-*s", KEY_BYTES, "parm:");
		printf("%.*s:%s", (int)p->len, p->name, p->text ? p->text : "");
		if (p->type && (p->text || show->params))
			printf(" (%s)", p->type);
		else if (p->type)
			fputs(p->type, stdout);
		putchar('\n');
	}
	free(params);
}

static void print_all(const char *path, const struct module_file *f, struct show *show)
{
	const char *at = NULL, *value;
	size_t len;

	print_field("filename", path, show);
	while ((len = modinfo_next(&f->info, &at, &value))) {
		char key[256];

		if (!show->field && (key_is(at, len, "parm") || key_is(at, len, "parmtype")))
			continue;
		snprintf(key, sizeof(key), "%.*s", (int)len, at);
		print_field(key, value, show);
	}
	if (f->signature.message)
		signer_print(f->signature.message, f->signature.message_size, print_field, show);
	if (!show->field)
		print_params(&f->info, show);
}

static int not_found(struct shell *s, const struct args *a, const char *name)
{
	struct tenon_diag diag = { .reason =
				       strlen(name) < TENON_NAME_BYTES ? TENON_R_NOT_FOUND : TENON_R_NAME_TOO_LONG };

	snprintf(diag.name, sizeof(diag.name), "%s", name);
	return say_diag(s, a, NULL, &diag);
}

static int show_module(struct shell *s, const struct args *a, const char *name, struct show *show)
{
	struct tenon_diag diag = { 0 };
	char found[PROCESS_PATH_BYTES];
	const char *path = name;
	struct module_file f;
	struct stat st;
	int err;

	if (stat(name, &st) || !S_ISREG(st.st_mode)) {
		if (!process_find_path(s->h, name, found, sizeof(found)))
			return not_found(s, a, name);
		path = found;
	}
	err = module_file_open(path, &f, &diag);
	if (err && diag.reason)
		return say_diag(s, a, path, &diag);
	if (err)
		return say(a, "%s: cannot be read: %s; name a module file (NAME.ko) or a module", path, strerror(-err));
	print_all(path, &f, show);
	module_file_close(&f);
	return 0;
}

int cmd_modinfo(struct shell *s, const struct args *a)
{
	struct show show = { 0 };
	size_t i = 1;
	int status = 0;

	for (; i < a->cnt && a->word[i][0] == '-'; i++) {
		if (!strcmp(a->word[i], "-p"))
			show.params = true;
		else if (!strcmp(a->word[i], "-F") && i + 1 < a->cnt)
			show.field = a->word[++i];
		else
			return say_usage(a);
	}
	if (i == a->cnt)
		return say_usage(a);
	if (show.field && !strcmp(show.field, "parm"))
		show = (struct show){ .params = true };
	for (; i < a->cnt; i++)
		if (show_module(s, a, a->word[i], &show))
			status = 1;
	return status;
}
