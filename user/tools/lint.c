/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tenon lint: what is wrong with modprobe.d and depmod.d? */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>

#include "user/tools/lint.h"
#include "user/tools/tools.h"

enum { FIX = 256, SARIF };

/* As with diff(1) and grep(1): 1 is an answer. */
#define EXIT_TROUBLE 2

static const char help[] =
    "usage: tenon lint [OPTION]... [FILE|DIRECTORY]...\n\n"
    "What is wrong with the configuration of modprobe and depmod: lines that are not understood or have no effect, "
    "names\n"
    "of modules and parameters that the tree does not have, lines that contradict each other. Without files, the "
    "usual\n"
    "ones are read; a file is depmod's if its directory is called depmod.d.\n\n"
    "  -d, --dirname=DIR          the tree is DIR/lib/modules/RELEASE\n"
    "  -S, --set-version=RELEASE  the tree of that kernel instead of the running one's\n"
    "      --fix                  mend what is plain: comments after values, several names in one 'blacklist'\n"
    "  -v, --verbose              also what is right on some machines, such as modules that are not in this tree\n"
    "      --json                 print JSON\n"
    "      --sarif                print SARIF 2.1.0\n"
    "  -V, --version              show the version\n"
    "  -h, --help                 show this\n\n"
    "Exit status: 0: nothing found, or all of it mended; 1: something is wrong; 2: it could not be found out.\n";

static const struct option options[] = {
	{ "dirname", required_argument, NULL, 'd' },
	{ "set-version", required_argument, NULL, 'S' },
	{ "fix", no_argument, NULL, FIX },
	{ "verbose", no_argument, NULL, 'v' },
	{ "json", no_argument, NULL, 'j' },
	{ "sarif", no_argument, NULL, SARIF },
	TOOLS_LONG,
};

struct lint {
	struct tmod_where where;
	struct tmod_lint request;
	bool verbose, json, sarif;
	json_t *findings;  /* of JSON or SARIF */
	unsigned int left; /* findings that are wrong and not mended */
};

static json_t *to_json(const struct tmod_finding *f)
{
	json_t *object = json_object();

	json_put(object, "rule", json_text(f->rule));
	json_put(object, "level",
		 json_text(f->level <= TMOD_ERROR   ? "error" :
			   f->level == TMOD_WARNING ? "warning" :
						      "note"));
	json_put(object, "file", json_text(f->file));
	json_put(object, "line", f->line ? json_integer(f->line) : json_null());
	json_put(object, "column", f->column ? json_integer(f->column) : json_null());
	json_put(object, "text", json_text(f->text));
	json_put(object, "fixable", json_boolean(f->fixable));
	json_put(object, "fixed", json_boolean(f->fixed));
	return object;
}

static void print(const struct tmod_finding *f)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s", f->file);
	printf("%s:", tmod_printable(path));
	if (f->line)
		printf("%u:", f->line);
	if (f->column)
		printf("%u:", f->column);
	printf(" %s: %s [%s]%s\n",
	       f->level <= TMOD_ERROR   ? "error" :
	       f->level == TMOD_WARNING ? "warning" :
					  "note",
	       f->text, f->rule,
	       f->fixed   ? " (mended)" :
	       f->fixable ? " (--fix mends it)" :
			    "");
}

static void take(void *data, const struct tmod_finding *f)
{
	struct lint *l = data;

	if (f->level > TMOD_WARNING && !l->verbose)
		return;
	l->left += f->level <= TMOD_WARNING && !f->fixed;
	if (l->json)
		json_add(l->findings, to_json(f));
	else if (l->sarif && !f->fixed)
		sarif_add(l->findings, f);
	else if (!l->sarif)
		print(f);
}

static int lint(struct lint *l)
{
	const struct tmod_messages messages = { tools_say, (void *)(uintptr_t) "lint" };
	struct tmod_system *system;
	json_t *value = NULL;
	int ret = tmod_system_open(&l->where, &messages, &system), failed = 0;

	if (ret) {
		tools_error("lint", "%s", tmod_error_text(ret));
		return EXIT_TROUBLE;
	}
	if (l->sarif) {
		value = sarif_log(&l->findings);
	} else if (l->json) {
		value = json_object();
		l->findings = json_array();
		json_put(value, "findings", l->findings);
	}
	ret = tmod_lint(system, &l->request, take, l);
	tmod_system_close(system);
	if (ret >= 0 && l->json)
		json_put(value, "files", json_integer(ret));
	if (ret >= 0 && value)
		failed = json_print(value);
	else if (value)
		json_decref(value);
	if (ret == -ENOMEM)
		tools_error("lint", "%s", tmod_error_text(ret));
	return ret < 0 || failed || fflush(stdout) ? EXIT_TROUBLE : l->left ? EXIT_FAILURE : EXIT_SUCCESS;
}

int lint_main(int argc, char **argv)
{
	struct lint l = { 0 };
	int c;

	while ((c = getopt_long(argc, argv, "d:S:vVh", options, NULL)) != -1) {
		switch (c) {
		case 'd':
			l.where.root = optarg;
			break;
		case 'S':
			l.where.release = optarg;
			break;
		case FIX:
			l.request.fix = true;
			break;
		case 'v':
			l.verbose = true;
			break;
		case 'j':
			l.json = true;
			break;
		case SARIF:
			l.sarif = true;
			break;
		default:
			return tools_option(c, help) ? EXIT_TROUBLE : EXIT_SUCCESS;
		}
	}
	if (l.json && l.sarif) {
		tools_error("lint", "give one of --json and --sarif");
		return EXIT_TROUBLE;
	}
	if (optind < argc)
		l.request.paths = (const char *const *)(argv + optind);
	return lint(&l);
}
