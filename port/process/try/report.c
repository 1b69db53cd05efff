/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The report for people. Names of functions, files and devices are the module's, and must not speak to the terminal. */
#include <stdarg.h>
#include <string.h>

#include "port/process/try/try.h"

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = { "clean", "findings", "init failed", "not tried" };

	return names[v];
}

#define TEXT_BYTES 5000 /* the longest is a path, or a line of the log; what is longer is cut */

/* What the terminal would obey becomes '?'; only line ends pass. */
static void TENON_PRINTF(1, 2) say(const char *fmt, ...)
{
	char text[TEXT_BYTES], before = 0;
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	for (char *c = text; *c; c++) {
		char given = *c;

		if (given != '\n')
			*c = process_printable(before, given);
		before = given;
	}
	fputs(text, stdout);
}

static void print_lines(const char *title, const struct lines *l)
{
	if (!l->cnt)
		return;
	say("%s:\n", title);
	for (size_t i = 0; i < l->cnt; i++)
		say("    %s\n", l->line[i]);
	if (l->lost)
		say("    and %zu more\n", l->lost);
}

/* "linux 12, crc7 1": lines are grouped by their first word, which is who provides it. */
static void print_imports(const struct lines *l)
{
	if (l->cnt)
		say("imports:\n");
	for (size_t i = 0; i < l->cnt; i++) {
		size_t len = strcspn(l->line[i], " ");
		bool first = true;

		for (size_t j = 0; j < i && first; j++)
			first = strncmp(l->line[i], l->line[j], len + 1);
		if (!first)
			continue;
		say("    of %.*s:", (int)len, l->line[i]);
		for (size_t j = i; j < l->cnt; j++)
			if (!strncmp(l->line[i], l->line[j], len + 1))
				say("%s", l->line[j] + len);
		say("\n");
	}
}

static void print_functions(const struct report *r)
{
	size_t entered = 0;

	for (size_t i = 0; i < r->function_cnt; i++)
		entered += r->functions[i].entered;
	if (!r->functions_known || !r->function_cnt)
		return;
	say("functions: %zu of %zu entered", entered, r->function_cnt);
	for (size_t i = 0, n = 0; i < r->function_cnt; i++)
		if (!r->functions[i].entered)
			say("%s%s", n++ ? " " : "; not entered: ", r->functions[i].name);
	say("\n");
}

static void print_finding(const struct finding *f)
{
	say("    %s: %s", f->kind, finding_text(f));
	if (f->size)
		say(" (%llu bytes at %#llx)", (unsigned long long)f->size, (unsigned long long)f->what);
	else if (f->name[0])
		say(": %s", f->name);
	else if (f->what)
		say(" (%#llx)", (unsigned long long)f->what);
	for (unsigned int i = 0; i < f->place_cnt; i++)
		say("\n        %s %s%s%s", i ? "from" : "in", f->place[i].function, f->place[i].line[0] ? " at " : "",
		    f->place[i].line);
	if (f->against.function[0])
		say("\n        against %s%s%s", f->against.function, f->against.line[0] ? " at " : "", f->against.line);
	if (f->holder[0])
		say("\n        held by %s", f->holder);
	say("\n");
}

void report_print(const struct report *r)
{
	say("%s\n", r->file);
	print_lines("log", &r->log);
	print_imports(&r->imports);
	print_lines("registered", &r->registered);
	print_lines("exercised", &r->exercised);
	print_lines("not exercised", &r->unused);
	print_functions(r);
	print_lines("called, and not in linux.ko", &r->stubs);
	if (r->finding_cnt)
		say("findings:\n");
	for (size_t i = 0; i < r->finding_cnt; i++)
		print_finding(&r->findings[i]);
	if (r->ended[0])
		say("its domain ended: %s\n", r->ended);
	if (r->failed[0])
		say("not loaded, or not unloaded: %s\n", r->failed);
	say("verdict: %s (%.0f ms)\n", verdict_name(r->verdict), r->ms);
}
