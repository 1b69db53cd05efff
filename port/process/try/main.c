/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tenon-try: one Linux module, one verdict. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/program/standard.h"
#include "port/process/try/try.h"

#define DEADLINE_DIGITS 8
#define EXPLORE_MAX 1000 /* allocations that are made to fail, one after the other */

static const char usage_text[] =
    "usage: tenon-try [OPTION...] FILE.ko [name=value...]\n"
    "Loads a Linux module into a child process, uses what it registers, unloads it, and says what is wrong with it.\n"
    "\n"
    "  --explore        again and again: fail its first allocation, the second, ... until none is left to fail\n"
    "  --gdb            in gdb, which knows the module's functions: 'break my_open', 'run'; not in a process of its "
    "own\n"
    "  --json           print the report as JSON\n"
    "  --junit FILE     also write it as JUnit's XML\n"
    "  --deadline MS    how long one call may compute, default 2000\n"
    "  --against DIR    with the modules of this directory under it, before all others\n"
    "  --modules DIR    a directory of modules; may be repeated, the first that has a name wins\n"
    "  --help           this text\n"
    "\n"
    "Status: 0: clean; 1: findings, or init failed; 2: wrong usage; 3: it cannot be loaded, or calls what linux.ko "
    "does\n"
    "not have. A clean verdict says nothing about functions that are listed as not exercised, about what hardware "
    "would\n"
    "do, or about other configurations.\n";

struct options {
	struct try_options run;
	const char *junit;
	bool json, explore, gdb;
};

/* Return: false: it is none, or there are too many, which was said. */
static bool add_directory(struct try_options *o, const char *dir, bool first)
{
	if (!standard_directory("tenon-try", first ? "--against" : "--modules", dir))
		return false;
	if (o->dir_cnt == sizeof(o->dirs) / sizeof(o->dirs[0])) {
		fputs("tenon-try: too many directories of modules\n", stderr);
		return false;
	}
	memmove(o->dirs + 1, o->dirs, first ? o->dir_cnt * sizeof(o->dirs[0]) : 0);
	o->dirs[first ? 0 : o->dir_cnt] = dir;
	o->dir_cnt++;
	return true;
}

/* Return: false: it is none, which was said. */
static bool take_deadline(struct try_options *o, const char *text)
{
	size_t len = strspn(text, "0123456789");

	o->deadline_ms = text[len] || len > DEADLINE_DIGITS ? 0 : (uint32_t)strtoul(text, NULL, 10);
	if (!o->deadline_ms)
		fprintf(stderr, "tenon-try: --deadline %s: give milliseconds, at most %d digits\n", text,
			DEADLINE_DIGITS);
	return o->deadline_ms;
}

static int take_options(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "explore", no_argument, NULL, 'e' },       { "gdb", no_argument, NULL, 'g' },
		{ "in-process", no_argument, NULL, 'p' },    { "json", no_argument, NULL, 'j' },
		{ "junit", required_argument, NULL, 'u' },   { "deadline", required_argument, NULL, 'd' },
		{ "against", required_argument, NULL, 'a' }, { "modules", required_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },          { 0 },
	};
	int c;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) >= 0) {
		switch (c) {
		case 'e':
			o->explore = true;
			break;
		case 'g':
			o->gdb = true;
			break;
		case 'p':
			o->run.in_process = true;
			break;
		case 'j':
			o->json = true;
			break;
		case 'u':
			o->junit = optarg;
			break;
		case 'd':
			if (!take_deadline(&o->run, optarg))
				return 2;
			break;
		case 'a':
		case 'm':
			if (!add_directory(&o->run, optarg, c == 'a'))
				return 2;
			break;
		case 'h':
			fputs(usage_text, stdout);
			return 0;
		default:
			return 2;
		}
	}
	if (optind == argc) {
		fputs("tenon-try: name a module file; --help says more\n", stderr);
		return 2;
	}
	o->run.file = argv[optind];
	return -1;
}

/* The words from @first on as one text of parameters. */
static char *join(char **words)
{
	size_t len = 1;
	char *text, *to;

	for (char **w = words; *w; w++)
		len += strlen(*w) + 3;
	text = to = calloc(1, len);
	for (char **w = words; text && *w; w++)
		to += sprintf(to, "%s%s", w == words ? "" : " ", *w);
	return text;
}

static int status_of(const struct report *r)
{
	static const int status[] = { 0, 1, 1, 3 };

	return status[r->verdict];
}

static int show(const struct options *o, const struct report *r)
{
	int status = status_of(r);

	if (o->json)
		report_json(r);
	else
		report_print(r);
	if (o->junit && !report_junit(r, o->junit))
		status = 2;
	return status;
}

/* With an allocation that fails init may fail, and nothing else. Return: whether there is more to fail. */
static bool explore_one(const struct options *o, uint32_t nth, int *status)
{
	struct try_options run = o->run;
	struct report r;
	bool failed = false;

	run.fail_nth = nth;
	if (!try_run(&run, &r, &failed)) {
		*status = 2;
		return false;
	}
	if (r.verdict == VERDICT_FINDINGS) {
		r.failed_allocation = nth;
		if (!o->json)
			printf("with allocation %u failing:\n", nth);
		*status = show(o, &r);
		failed = false;
	}
	report_free(&r);
	return failed;
}

/* The first run was clean. As JSON there is one report: of the first run that found something, or else of the first run. */
static int explore(const struct options *o, struct report *first)
{
	uint32_t nth = 1;
	int status = 0;

	while (nth < EXPLORE_MAX && explore_one(o, nth, &status))
		nth++;
	if (status)
		return status;
	first->explored = nth - 1;
	if (o->json)
		return show(o, first);
	printf("explored: %u allocations failed, one at a time\n", nth - 1);
	return 0;
}

int main(int argc, char **argv)
{
	struct options o = { 0 };
	struct report r;
	char *params;
	bool failed;
	int status;

	status = take_options(&o, argc, argv);
	if (status >= 0)
		return status;
	if (o.gdb) {
		debug_start(argv);
		return 2;
	}
	params = join(argv + optind + 1);
	o.run.params = params;
	if (!params || !try_run(&o.run, &r, &failed)) {
		free(params);
		return 2;
	}
	o.explore &= r.verdict == VERDICT_CLEAN;
	status = o.explore && o.json ? 0 : show(&o, &r);
	if (o.explore && !status)
		status = explore(&o, &r);
	report_free(&r);
	free(params);
	return status;
}
