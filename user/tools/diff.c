/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tenon diff: what came, went and changed between two module trees or kernel packages? */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "user/tools/diff.h"
#include "user/tools/json.h"
#include "user/tools/tools.h"

/* As with diff(1). */
#define EXIT_TROUBLE 2

static const char help[] =
    "usage: tenon diff [OPTION]... A B\n\n"
    "What came, went and changed from A to B: modules, their aliases, exported symbols and checksums, parameters and\n"
    "signatures. A and B are directories with modules, Debian packages (.deb), or module files.\n\n"
    "  -k, --kind=LIST      only these: module,alias,export,parameter,signature\n"
    "  -q, --quiet          print nothing, only set the exit status\n"
    "      --json           print JSON\n"
    "  -V, --version        show the version\n"
    "  -h, --help           show this\n\n"
    "Exit status: 0: nothing differs; 1: something does; 2: it could not be found out.\n";

static const struct option options[] = {
	{ "kind", required_argument, NULL, 'k' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "json", no_argument, NULL, 'j' },
	TOOLS_LONG,
};

static const char *const kinds[DIFF_KIND_CNT] = { "module", "alias", "export", "parameter", "signature" };

struct diff {
	bool wanted[DIFF_KIND_CNT];
	bool quiet, json;
	json_t *changes;
	struct diff_side a, b;
	size_t changed, came, went, differences;
};

/* @before, @after: values; NULL: it was not there, it is not there any more. */
static void tell(struct diff *d, const char *module, enum diff_kind kind, const char *name, const char *before,
		 const char *after)
{
	json_t *change;
	char *line;

	d->differences++;
	if (d->quiet)
		return;
	if (d->json) {
		change = json_object();
		json_put(change, "change", json_text(!before ? "came" : !after ? "went" : "changed"));
		json_put(change, "module", json_text(module));
		json_put(change, "kind", json_text(kinds[kind]));
		json_put(change, "name", json_text(name));
		json_put(change, "before", json_text(before));
		json_put(change, "after", json_text(after));
		json_add(d->changes, change);
		return;
	}
	if (asprintf(&line, "%c %s: %s%s%s%s%s%s%s",
		     !before ? '+' :
		     !after  ? '-' :
			       '~',
		     module, kinds[kind], *name ? " " : "", name, (before && *before) || (after && *after) ? ": " : "",
		     before ? before : "", before && after ? " -> " : "", after ? after : "") < 0)
		abort();
	puts(tmod_printable(line));
	free(line);
}

static int compare_item(const struct diff_item *x, const struct diff_item *y)
{
	return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->name, y->name);
}

/* Both are sorted. */
static void compare_items(struct diff *d, const char *module, const struct diff_items *a, const struct diff_items *b)
{
	for (size_t i = 0, j = 0; i < a->cnt || j < b->cnt;) {
		const struct diff_item *x = i < a->cnt ? &a->all[i] : NULL, *y = j < b->cnt ? &b->all[j] : NULL;
		int order = !x ? 1 : !y ? -1 : compare_item(x, y);
		const struct diff_item *item = order <= 0 ? x : y;

		i += order <= 0;
		j += order >= 0;
		if (d->wanted[item->kind] && (order || strcmp(x->value, y->value)))
			tell(d, module, item->kind, item->name, order <= 0 ? x->value : NULL,
			     order >= 0 ? y->value : NULL);
	}
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static int compare_modules(struct diff *d, const struct diff_module *a, const struct diff_module *b)
{
	size_t before = d->differences;
	struct diff_items x = { 0 }, y = { 0 };
	int err;

	if (is_same_file(a->path, b->path))
		return 0;
	err = diff_read(a, &x);
	if (!err)
		err = diff_read(b, &y);
	if (!err)
		compare_items(d, a->name, &x, &y);
	d->changed += d->differences > before;
	diff_free(&x);
	diff_free(&y);
	return err;
}

/* A file that cannot be read is reported, and the others are compared. */
static int compare(struct diff *d)
{
	const struct diff_side *a = &d->a, *b = &d->b;
	int ret = 0, err;

	for (size_t i = 0, j = 0; i < a->cnt || j < b->cnt;) {
		const struct diff_module *x = i < a->cnt ? &a->modules[i] : NULL,
					 *y = j < b->cnt ? &b->modules[j] : NULL;
		int order = !x ? 1 : !y ? -1 : strcmp(x->name, y->name);

		i += order <= 0;
		j += order >= 0;
		if (!order) {
			err = compare_modules(d, x, y);
			ret = ret ? ret : err;
			continue;
		}
		d->went += order < 0;
		d->came += order > 0;
		if (d->wanted[DIFF_MODULE])
			tell(d, (order < 0 ? x : y)->name, DIFF_MODULE, "", order < 0 ? x->below : NULL,
			     order < 0 ? NULL : y->below);
	}
	return ret;
}

static int print_end(const struct diff *d)
{
	json_t *object;
	size_t both = d->a.cnt - d->went;

	if (d->quiet)
		return EXIT_SUCCESS;
	if (!d->json) {
		printf("modules: %zu came, %zu went, %zu changed, %zu are the same\n", d->came, d->went, d->changed,
		       both - d->changed);
		return fflush(stdout);
	}
	object = json_object();
	json_put(object, "a", json_text(d->a.argument));
	json_put(object, "b", json_text(d->b.argument));
	json_put(object, "came", json_integer((json_int_t)d->came));
	json_put(object, "went", json_integer((json_int_t)d->went));
	json_put(object, "changed", json_integer((json_int_t)d->changed));
	json_put(object, "same", json_integer((json_int_t)(both - d->changed)));
	json_put(object, "changes", json_incref(d->changes));
	return json_print(object);
}

/* Return: whether all words are kinds. */
static bool take_kinds(struct diff *d, char *list)
{
	char *rest, *word;

	memset(d->wanted, 0, sizeof(d->wanted));
	for (word = strtok_r(list, ",", &rest); word; word = strtok_r(NULL, ",", &rest)) {
		int kind = 0;

		while (kind < DIFF_KIND_CNT && strcmp(word, kinds[kind]))
			kind++;
		if (kind == DIFF_KIND_CNT)
			return !tools_error("diff", "there is no kind '%s' (tenon diff --help)", word);
		d->wanted[kind] = true;
	}
	return true;
}

static int run(struct diff *d, char **argv)
{
	int err = diff_open(&d->a, argv[0]);

	if (!err)
		err = diff_open(&d->b, argv[1]);
	/* Two module files are compared whatever their names. */
	if (!err && tmod_is_module_file(argv[0]) && tmod_is_module_file(argv[1]) && d->a.cnt == 1 && d->b.cnt == 1)
		err = compare_modules(d, &d->a.modules[0], &d->b.modules[0]);
	else if (!err)
		err = compare(d);
	if (!err && print_end(d))
		err = -EIO;
	diff_close(&d->a);
	diff_close(&d->b);
	return err ? EXIT_TROUBLE : d->differences ? EXIT_FAILURE : EXIT_SUCCESS;
}

int diff_main(int argc, char **argv)
{
	struct diff d = { .wanted = { true, true, true, true, true } };
	int c, status;

	while ((c = getopt_long(argc, argv, "k:qVh", options, NULL)) != -1) {
		switch (c) {
		case 'k':
			if (!take_kinds(&d, optarg))
				return EXIT_TROUBLE;
			break;
		case 'q':
			d.quiet = true;
			break;
		case 'j':
			d.json = true;
			break;
		default:
			return tools_option(c, help) ? EXIT_TROUBLE : EXIT_SUCCESS;
		}
	}
	if (argc - optind != 2) {
		tools_error("diff", "give two directories, packages or module files (tenon diff --help)");
		return EXIT_TROUBLE;
	}
	if (d.json)
		d.changes = json_array();
	status = run(&d, argv + optind);
	json_decref(d.changes);
	return status;
}
