/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* modinfo - what module files say of themselves */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/json.h"
#include "tools/modinfo.h"
#include "tools/tools.h"

static const char short_options[] = "adlpn0mF:k:b:Vh";
static const struct option long_options[] = {
	{ "author", no_argument, NULL, 'a' },
	{ "description", no_argument, NULL, 'd' },
	{ "license", no_argument, NULL, 'l' },
	{ "parameters", no_argument, NULL, 'p' },
	{ "filename", no_argument, NULL, 'n' },
	{ "null", no_argument, NULL, '0' },
	{ "modname", no_argument, NULL, 'm' },
	{ "field", required_argument, NULL, 'F' },
	{ "set-version", required_argument, NULL, 'k' },
	{ "basedir", required_argument, NULL, 'b' },
	{ "json", no_argument, NULL, 'j' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
	"usage: modinfo [OPTION]... MODULE|ALIAS|FILE...\n"
	"Show what module files say of themselves.\n\n"
	"  -a, --author               only the author\n"
	"  -d, --description          only the description\n"
	"  -l, --license              only the licence\n"
	"  -p, --parameters           only the parameters\n"
	"  -n, --filename             only the path of the file\n"
	"  -F, --field=FIELD          only that field\n"
	"  -0, --null                 end each with a NUL, as KEY=VALUE\n"
	"  -m, --modname              arguments are module names, not files or aliases\n"
	"  -k, --set-version=RELEASE  the tree of that kernel instead of the running one's\n"
	"  -b, --basedir=DIR          the tree is DIR/lib/modules/RELEASE\n"
	"      --json                 all of it, as JSON\n"
	"  -V, --version              show the version\n"
	"  -h, --help                 show this\n";

struct arguments {
	const char *field, *release, *base;
	char end; /* behind each field */
	bool names_only;
	json_t *json; /* gets the modules; NULL: print text */
};

/* A parameter is told with its type, which is another entry: both are collected first. */
struct param {
	struct tmod_info name, text, type; /* name: key and key_len; text and type: value and value_len */
};

struct params {
	struct param *all;
	size_t cnt;
	bool failed;
};

struct output {
	const struct arguments *a;
	struct params params;
};

/* As words for people, which kmod writes for some fields also with -0. */
static void print_label(const char *key, size_t len)
{
	printf("%.*s:%*s", (int)len, key, len < 15 ? (int)(15 - len) : 1, "");
}

static void print_key(const struct arguments *a, const char *key, size_t len)
{
	if (a->end)
		print_label(key, len);
	else
		printf("%.*s=", (int)len, key);
}

static void print_field(const struct arguments *a, const char *key, const char *value, size_t len)
{
	if (!a->field)
		print_key(a, key, strlen(key));
	else if (strcmp(a->field, key))
		return;
	printf("%.*s%c", (int)len, value, a->end);
}

/* "name:text" of parm and parmtype. */
static void add_param(struct params *params, const struct tmod_info *info, bool is_type)
{
	const char *colon = memchr(info->value, ':', info->value_len);
	struct param *p = params->all;
	struct tmod_info part;
	size_t len;

	if (!colon)
		return;
	len = (size_t)(colon - info->value);
	part = (struct tmod_info){ .value = colon + 1, .value_len = info->value_len - len - 1 };
	while (p < params->all + params->cnt && (p->name.key_len != len || memcmp(p->name.key, info->value, len)))
		p++;
	if (p == params->all + params->cnt) {
		struct param *all = realloc(params->all, (params->cnt + 1) * sizeof(*all));

		params->failed |= !all;
		if (!all)
			return;
		params->all = all;
		p = &all[params->cnt++];
		*p = (struct param){ .name = { .key = info->value, .key_len = len } };
	}
	*(is_type ? &p->type : &p->text) = part;
}

static void print_params(const struct arguments *a, struct params *params)
{
	for (size_t i = params->cnt; i-- > 0;) {
		const struct param *p = &params->all[i];

		if (!a->field)
			print_label("parm", 4);
		printf("%.*s:", (int)p->name.key_len, p->name.key);
		if (p->text.value && p->type.value)
			printf("%.*s (%.*s)", (int)p->text.value_len, p->text.value, (int)p->type.value_len,
			       p->type.value);
		else if (p->text.value)
			printf("%.*s", (int)p->text.value_len, p->text.value);
		else
			printf(a->field ? " (%.*s)" : "%.*s", (int)p->type.value_len, p->type.value);
		putchar(a->end);
	}
	free(params->all);
	*params = (struct params){ 0 };
}

static bool is_key(const struct tmod_info *info, const char *key)
{
	return strlen(key) == info->key_len && !memcmp(info->key, key, info->key_len);
}

static int print_info(void *data, const struct tmod_info *info)
{
	struct output *o = data;
	const struct arguments *a = o->a;

	if (a->field && !strcmp(a->field, "parm")) {
		if (is_key(info, "parm") || is_key(info, "parmtype"))
			add_param(&o->params, info, is_key(info, "parmtype"));
	} else if (a->field) {
		if (is_key(info, a->field))
			printf("%.*s%c", (int)info->value_len, info->value, a->end);
	} else if (is_key(info, "parm") || is_key(info, "parmtype")) {
		add_param(&o->params, info, is_key(info, "parmtype"));
	} else {
		print_key(a, info->key, info->key_len);
		printf("%.*s%c", (int)info->value_len, info->value, a->end);
	}
	return 0;
}

/* Bytes in hexadecimal, 20 a line. */
static void print_hex(const struct arguments *a, const char *key, const uint8_t *bytes, size_t len)
{
	if (!a->field)
		print_key(a, key, strlen(key));
	else if (strcmp(a->field, key))
		return;
	for (size_t i = 0; i < len; i++)
		printf("%02X%s%s", bytes[i], i + 1 < len ? ":" : "", i % 20 == 19 && i + 1 < len ? "\n\t\t" : "");
	putchar(a->end);
}

static void print_signature(const struct arguments *a, const struct tmod_file *file)
{
	struct tmod_signature s;

	tmod_file_signature(file, &s);
	if (!s.id_type)
		return;
	print_field(a, "sig_id", s.id_type, strlen(s.id_type));
	print_field(a, "signer", s.signer ? s.signer : "", s.signer_len);
	print_hex(a, "sig_key", s.key, s.key_len);
	print_field(a, "sig_hashalgo", s.hash ? s.hash : "", s.hash ? strlen(s.hash) : 0);
	print_hex(a, "signature", s.signature, s.signature_len);
}

static int show_file(const struct arguments *a, const char *path)
{
	struct output o = { .a = a };
	struct tmod_file *file;
	struct tmod_info info;
	const char *at = NULL;
	char text[512], name[256];
	int err;

	if (!a->json && a->field && !strcmp(a->field, "filename")) {
		printf("%s%c", path, a->end);
		return EXIT_SUCCESS;
	}
	if (!a->json && !a->field)
		printf("filename:       %s%c", path, a->end);
	err = tmod_file_open(path, &file, text, sizeof(text));
	if (err) {
		tmod_module_name(path, name, sizeof(name));
		return tools_error("modinfo", "could not get modinfo from '%s': %s%s%s%s", name, strerror(-err),
				   *text ? " (" : "", text, *text ? ")" : "");
	}
	if (a->json) {
		modinfo_json_file(a->json, path, file);
		tmod_file_close(file);
		return EXIT_SUCCESS;
	}
	while (tmod_file_info(file, &at, &info))
		print_info(&o, &info);
	if (!a->field || strcmp(a->field, "parm"))
		print_signature(a, file);
	print_params(a, &o.params);
	tmod_file_close(file);
	return o.params.failed ? tools_error("modinfo", "out of memory") : EXIT_SUCCESS;
}

/* A module of a tree, which may have no file. */
struct request {
	const struct arguments *a;
	struct tmod_tree *tree;
	int status;
};

static void print_builtin(const struct arguments *a, const char *key, const char *value)
{
	if (!a->field)
		print_label(key, strlen(key));
	else if (strcmp(a->field, key))
		return;
	printf("%s%c", value, a->end);
}

static int show_module(void *data, const struct tmod_module *m)
{
	struct request *r = data;
	struct output o = { .a = r->a };

	if (m->path) {
		r->status |= show_file(r->a, m->path);
		return 0;
	}
	if (r->a->json) {
		modinfo_json_builtin(r->a->json, r->tree, m->name);
		return 0;
	}
	print_builtin(r->a, "name", m->name);
	print_builtin(r->a, "filename", "(builtin)");
	if (!r->a->field || strcmp(r->a->field, "filename"))
		tmod_tree_builtin_info(r->tree, m->name, print_info, &o);
	print_params(r->a, &o.params);
	return 0;
}

static int show(const struct arguments *a, const char *word)
{
	static const struct tmod_messages messages = { tools_say, (void *)(uintptr_t) "modinfo" };
	struct request r = { .a = a };
	char path[PATH_MAX];
	int ret;

	if (!a->names_only && tmod_is_module_file(word) && realpath(word, path))
		return show_file(a, path);
	if (!tools_tree(a->base, a->release, path, sizeof(path)))
		return tools_error("modinfo", "the path of the module tree is too long");
	ret = tmod_tree_open(path, &messages, &r.tree);
	if (!ret)
		ret = tmod_tree_lookup(r.tree, word, show_module, &r);
	tmod_tree_close(r.tree);
	if (ret <= 0)
		return tools_error("modinfo", "Module %s not found.", word);
	return r.status;
}

/* Return: -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct arguments *a)
{
	static const char *const fields[128] = {
		['a'] = "author", ['d'] = "description", ['l'] = "license", ['p'] = "parm", ['n'] = "filename",
	};
	int c;

	while ((c = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		switch (c) {
		case '0':
			a->end = '\0';
			break;
		case 'm':
			a->names_only = true;
			break;
		case 'F':
			a->field = optarg;
			break;
		case 'k':
			a->release = optarg;
			break;
		case 'b':
			a->base = optarg;
			break;
		case 'j':
			a->json = json_array();
			break;
		case 'V':
			return tools_version();
		case 'h':
			fputs(help, stdout);
			return EXIT_SUCCESS;
		case '?':
			return EXIT_FAILURE;
		default:
			a->field = fields[c];
		}
	}
	if (a->json && (a->field || !a->end))
		return tools_error("modinfo", "--json prints all fields, it goes with none of -a -d -l -p -n -F -0");
	return optind < argc ? -1 : tools_error("modinfo", "missing module or filename.");
}

int modinfo_main(int argc, char **argv)
{
	struct arguments a = { .end = '\n' };
	int status = parse(argc, argv, &a);

	if (status >= 0)
		return status;
	for (status = EXIT_SUCCESS; optind < argc; optind++)
		status |= show(&a, argv[optind]);
	if (a.json)
		status |= json_print(a.json);
	return fflush(stdout) ? EXIT_FAILURE : status;
}
