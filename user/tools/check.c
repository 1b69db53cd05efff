/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tenon check: would a kernel accept a module file? */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/json.h"
#include "user/tools/tools.h"

static const char help[] =
    "usage: tenon check [OPTION]... FILE [PARAMETER=VALUE]...\n\n"
    "Would a kernel accept this module file? Nothing is loaded. Checked are format, CPU, vermagic, checksums,\n"
    "namespaces and licenses of all symbols, dependencies, parameters, and whether there is a signature; with\n"
    "--certificate also whose it is, and that nothing was changed since.\n\n"
    "  -a, --against=RELEASE  the kernel; without it, the one that runs\n"
    "  -c, --certificate=FILE who may have signed it: certificates in PEM, or one in DER\n"
    "  -d, --dirname=DIR      its modules are in DIR/lib/modules/RELEASE\n"
    "      --json             print JSON\n"
    "  -V, --version          show the version\n"
    "  -h, --help             show this\n\n"
    "Exit status: 0: it would; 1: there is a problem, or it cannot be checked.\n";

static const struct option options[] = {
	{ "against", required_argument, NULL, 'a' },
	{ "certificate", required_argument, NULL, 'c' },
	{ "dirname", required_argument, NULL, 'd' },
	{ "json", no_argument, NULL, 'j' },
	TOOLS_LONG,
};

/* What is printed; the arrays are NULL for text. */
struct answer {
	const char *path, *certificates;
	json_t *problems, *notes;
};

const char *check_kind(enum tmod_problem_kind kind)
{
	static const char *const names[] = {
		[TMOD_PROBLEM_FORMAT] = "format",
		[TMOD_PROBLEM_CPU] = "cpu",
		[TMOD_PROBLEM_VERMAGIC] = "vermagic",
		[TMOD_PROBLEM_SYMBOL] = "symbol",
		[TMOD_PROBLEM_CRC] = "checksum",
		[TMOD_PROBLEM_NAMESPACE] = "namespace",
		[TMOD_PROBLEM_LICENSE] = "license",
		[TMOD_PROBLEM_PARAMETER] = "parameter",
		[TMOD_PROBLEM_ODD_PARAMETER] = "parameter",
		[TMOD_PROBLEM_REPEATED_PARAMETER] = "parameter",
		[TMOD_PROBLEM_SIGNATURE] = "signature",
		[TMOD_PROBLEM_DEPENDENCY] = "dependency",
	};

	return names[kind];
}

static void add_problem(void *data, const struct tmod_problem *problem)
{
	const struct answer *a = data;
	json_t *object;

	if (!a->problems) {
		printf("%s: %s: %s\n", a->path, check_kind(problem->kind), problem->text);
		return;
	}
	object = json_object();
	json_put(object, "kind", json_text(check_kind(problem->kind)));
	json_put(object, "subject", *problem->subject ? json_text(problem->subject) : json_null());
	json_put(object, "text", json_text(problem->text));
	json_add(a->problems, object);
}

/* Errors go to standard error in any case: there is no answer with them. */
static void add_note(void *data, enum tmod_level level, const char *text)
{
	const struct answer *a = data;

	if (a->notes && level > TMOD_ERROR)
		json_add(a->notes, json_text(text));
	else
		tools_say((void *)(uintptr_t) "check", level, text);
}

static int check(const struct tmod_where *where, struct answer *a, char **parameters)
{
	struct tmod_messages messages = { add_note, a };
	struct tmod_system *system;
	char *text = tools_join((const char *const *)parameters);
	int ret = text ? tmod_system_open(where, &messages, &system) : -ENOMEM;
	const char *release;

	if (ret) {
		free(text);
		return tools_error("check", "%s: %s", a->path, tmod_error_text(ret));
	}
	release = strrchr(tmod_tree_dir(tmod_system_tree(system)), '/') + 1;
	ret = tmod_check(system, a->path, text, a->certificates, add_problem, a);
	if (a->problems && ret >= 0) {
		json_t *object = json_object();

		json_put(object, "file", json_text(a->path));
		json_put(object, "release", json_text(release));
		json_put(object, "accepted", json_boolean(!ret));
		json_put(object, "problems", json_incref(a->problems));
		json_put(object, "notes", json_incref(a->notes));
		if (json_print(object))
			ret = -EIO;
	} else if (!ret) {
		printf("%s: no problem found for %s\n", a->path, release);
	}
	tmod_system_close(system);
	free(text);
	return ret || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

int check_main(int argc, char **argv)
{
	struct tmod_where where = { 0 };
	struct answer a = { 0 };
	bool json = false;
	int c, status;

	while ((c = getopt_long(argc, argv, "a:c:d:Vh", options, NULL)) != -1) {
		switch (c) {
		case 'a':
			where.release = optarg;
			break;
		case 'c':
			a.certificates = optarg;
			break;
		case 'd':
			where.root = optarg;
			break;
		case 'j':
			json = true;
			break;
		default:
			return tools_option(c, help);
		}
	}
	if (where.release && (!*where.release || strchr(where.release, '/')))
		return tools_error("check", "'%s' is no kernel's name", where.release);
	if (optind == argc)
		return tools_error("check", "no file is named (tenon check --help)");
	a.path = argv[optind++];
	if (json) {
		a.problems = json_array();
		a.notes = json_array();
	}
	status = check(&where, &a, argv + optind);
	json_decref(a.problems);
	json_decref(a.notes);
	return status;
}
