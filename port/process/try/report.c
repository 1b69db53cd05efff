/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The report for people. */
#include <string.h>

#include "port/process/try/try.h"

const char *verdict_name(enum verdict v)
{
	static const char *const names[] = { "clean", "findings", "init failed", "not tried" };

	return names[v];
}

static void print_lines(const char *title, const struct lines *l)
{
	if (!l->cnt)
		return;
	printf("%s:\n", title);
	for (size_t i = 0; i < l->cnt; i++)
		printf("    %s\n", l->line[i]);
	if (l->lost)
		printf("    and %zu more\n", l->lost);
}

/* "linux 12, crc7 1": lines are grouped by their first word, which is who provides it. */
static void print_imports(const struct lines *l)
{
	if (l->cnt)
		printf("imports:\n");
	for (size_t i = 0; i < l->cnt; i++) {
		size_t len = strcspn(l->line[i], " ");
		bool first = true;

		for (size_t j = 0; j < i && first; j++)
			first = strncmp(l->line[i], l->line[j], len + 1);
		if (!first)
			continue;
		printf("    of %.*s:", (int)len, l->line[i]);
		for (size_t j = i; j < l->cnt; j++)
			if (!strncmp(l->line[i], l->line[j], len + 1))
				printf("%s", l->line[j] + len);
		putchar('\n');
	}
}

static void print_functions(const struct report *r)
{
	size_t entered = 0;

	for (size_t i = 0; i < r->function_cnt; i++)
		entered += r->functions[i].entered;
	if (!r->functions_known || !r->function_cnt)
		return;
	printf("functions: %zu of %zu entered", entered, r->function_cnt);
	for (size_t i = 0, n = 0; i < r->function_cnt; i++)
		if (!r->functions[i].entered)
			printf("%s%s", n++ ? " " : "; not entered: ", r->functions[i].name);
	putchar('\n');
}

static void print_finding(const struct finding *f)
{
	printf("    %s: %s", f->kind, finding_text(f));
	if (f->size)
		printf(" (%llu bytes at %#llx)", (unsigned long long)f->size, (unsigned long long)f->what);
	else if (f->name[0])
		printf(": %s", f->name);
	else if (f->what)
		printf(" (%#llx)", (unsigned long long)f->what);
	for (unsigned int i = 0; i < f->place_cnt; i++)
		printf("\n        %s %s%s%s", i ? "from" : "in", f->place[i].function,
		       f->place[i].line[0] ? " at " : "", f->place[i].line);
	if (f->against.function[0])
		printf("\n        against %s%s%s", f->against.function, f->against.line[0] ? " at " : "",
		       f->against.line);
	if (f->holder[0])
		printf("\n        held by %s", f->holder);
	putchar('\n');
}

void report_print(const struct report *r)
{
	printf("%s\n", r->file);
	print_lines("log", &r->log);
	print_imports(&r->imports);
	print_lines("registered", &r->registered);
	print_lines("exercised", &r->exercised);
	print_lines("not exercised", &r->unused);
	print_functions(r);
	print_lines("called, and not in linux.ko", &r->stubs);
	if (r->finding_cnt)
		printf("findings:\n");
	for (size_t i = 0; i < r->finding_cnt; i++)
		print_finding(&r->findings[i]);
	if (r->ended[0])
		printf("its domain ended: %s\n", r->ended);
	if (r->failed[0])
		printf("not loaded, or not unloaded: %s\n", r->failed);
	printf("verdict: %s (%.0f ms)\n", verdict_name(r->verdict), r->ms);
}
