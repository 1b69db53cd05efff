/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * try_module TREE STUBS WATCH MODULE [only-load | HELPER] - load MODULE of Debian's with what it needs, in the kernel's domain, use it,
 * and unload all again. TREE has Debian's modules with indexes, so that modules can ask for others by an alias; STUBS is
 * linux_stubs.ko, which stands for what linux.ko lacks; WATCH is watch.ko, and HELPER one of its helpers for MODULE's kind. Prints a line each:
 *
 *     load ERROR REASON          of the load as a whole, 0 for none
 *     id ALIAS                   what a driver of MODULE handles, as it said when it registered
 *     done MODULE OPERATION      what was tried on it
 *     entered FUNCTION...        of MODULE's, after its init and before its exit
 *     compared MODULE ANSWER     what it did was as it must be
 *     key MODULE SCANCODE KEY    of its key map, the first in hexadecimal
 *     tested MODULE ALGORITHM... Linux's own test manager has compared it with its vectors, if it has any
 *     unload MODULE ERROR REASON
 *     log LINE                   linux.ko's and the modules' own
 *
 * tiers.py reads it. Status 0: it came to its end, whatever the lines say.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/linux/tiers/try_module.h"

#define REPORT_BYTES (1u << 20)

static struct compartment c;

static int print_line(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	(void)ns, (void)level, (void)arg;
	printf("log %.*s\n", (int)len, text);
	return 0;
}

static void print_reason(int err, const struct tenon_diag *why)
{
	char line[512] = "";

	if (err || why->reason)
		tenon_diag_format(why, line, sizeof(line));
	printf("%d %s\n", err, line);
}

static bool load_file(const char *path, const char *params)
{
	struct tenon_diag why = { 0 };
	struct tenon_source file;
	const struct tenon_request req = { .source = &file, .domain = c.d, .params = params };
	int err = process_open_file(path, &file);

	err = err ?: tenon_load(c.core, &req, NULL, &why);
	if (!err)
		return true;
	printf("load ");
	print_reason(err, &why);
	return false;
}

/* Modules but those that are always there, newest first. */
struct search {
	int skip;
	char name[64];
};

/* Under the core's lock. */
static int find_other(const struct tenon_module *m, void *arg)
{
	static const char *const stay[] = { "linux", "runtime", "linux_stubs", "watch" };
	struct search *s = arg;

	for (size_t i = 0; i < sizeof(stay) / sizeof(*stay); i++)
		if (!strcmp(tenon_module_name(m), stay[i]))
			return 0;
	if (s->skip--)
		return 0;
	snprintf(s->name, sizeof(s->name), "%s", tenon_module_name(m));
	return 1;
}

/*
 * One that is in use goes after those that use it, so all are tried again when one has gone. What stays after that is
 * printed with the reason.
 */
static void unload_all(void)
{
	for (int kept = 0;;) {
		struct search s = { .skip = kept };
		struct tenon_diag why = { 0 };
		int err;

		tenon_for_each(c.core, find_other, &s);
		if (!s.name[0])
			break;
		err = try_unload(&c, s.name, &why);
		if (err) {
			kept++;
			continue;
		}
		printf("unload %s ", s.name);
		print_reason(err, &why);
		kept = 0;
	}
	for (int kept = 0;; kept++) {
		struct search s = { .skip = kept };
		struct tenon_diag why = { 0 };

		tenon_for_each(c.core, find_other, &s);
		if (!s.name[0])
			break;
		printf("unload %s ", s.name);
		print_reason(try_unload(&c, s.name, &why), &why);
	}
}

static void report(void)
{
	char *text = calloc(1, REPORT_BYTES);

	if (text && (int64_t)CALL(&c, "watch_report", OUT(text, REPORT_BYTES), NUMBER(REPORT_BYTES)) >= 0)
		fputs(text, stdout);
	free(text);
}

int main(int argc, char **argv)
{
	struct tenon_diag why = { 0 };
	char params[128];
	int err;

	if (argc < 5)
		return 2;
	entered_target(argv[4]);
	snprintf(c.tree, sizeof(c.tree), "%s", argv[1]);
	c.linked = entered_linked;
	if (!compartment_open(&c))
		return 2;
	setvbuf(stdout, NULL, _IOLBF, 0); /* what was said before a crash is not lost */
	c.where = "kernel";
	c.d = process_kernel(c.h);
	snprintf(params, sizeof(params), "target=%s", argv[4]);
	if (try_load(&c, "linux", NULL, &why) || !load_file(argv[2], NULL) || !load_file(argv[3], params))
		return 2;
	err = try_load(&c, argv[4], NULL, &why);
	printf("load ");
	print_reason(err, &why);
	report();
	if (!err && (argc == 5 || (strcmp(argv[5], "only-load") && load_file(argv[5], NULL)))) {
		entered_start(&c);
		CALL(&c, "watch_exercise", NUMBER(0));
		report();
		entered_print(&c);
	}
	unload_all();
	process_log_each(c.h, print_line, NULL);
	fflush(stdout);
	_exit(0); /* what linux.ko itself leaves is another test's business */
}
