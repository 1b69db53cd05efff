/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A plan for people. */
#include <string.h>

#include "user/tools/what_if.h"

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

static void print_why(const json_t *step)
{
	const char *role = text(step, "role");

	if (!strcmp(role, "asked"))
		return;
	if (!strcmp(role, "dependency"))
		printf(", needed by %s", text(step, "needed_by"));
	else if (!strcmp(role, "holder"))
		printf(", uses %s", text(step, "needed_by"));
	else
		printf(", softdep of %s", text(step, "needed_by"));
	if (!json_is_true(json_object_get(step, "required")))
		printf(", may fail");
}

/* Of several modules for one alias, one that comes later. */
static void print_alternative(const json_t *step)
{
	const json_t *line = json_object_get(step, "preferred_by");

	if (json_is_object(line))
		printf("      only if    %s cannot be loaded (%s:%lld: %s %s%s%s)\n", text(step, "instead_of"),
		       text(line, "file"), json_integer_value(json_object_get(line, "line")), text(line, "directive"),
		       text(line, "name"), *text(line, "value") ? " " : "", text(line, "value"));
}

static void print_state(const json_t *step)
{
	const json_t *file = json_object_get(step, "file_bytes"), *memory = json_object_get(step, "memory_bytes");
	bool loaded = json_is_true(json_object_get(step, "loaded"));

	if (json_is_true(json_object_get(step, "builtin")))
		printf(", built into the kernel: nothing to do");
	else if (!strcmp(text(step, "action"), "load") && loaded)
		printf(", is loaded: nothing to do");
	else if (!strcmp(text(step, "action"), "unload") && !loaded)
		printf(", is not loaded: nothing to do");
	else if (json_is_integer(memory))
		printf(", %lld bytes, %lld in memory", json_integer_value(file), json_integer_value(memory));
	putchar('\n');
}

/* Numbers of steps; people count from 1. */
static void print_after(const json_t *step)
{
	const json_t *one;
	size_t i;

	json_array_foreach(json_object_get(step, "after"), i, one)
		printf("%s%lld", i ? ", " : "      after      ", json_integer_value(one) + 1);
	if (i)
		putchar('\n');
}

static void print_step(const json_t *step, size_t number)
{
	const json_t *entry = json_object_get(step, "stopped_by");
	const char *action = text(step, "action");

	if (!strcmp(action, "install") || !strcmp(action, "remove"))
		printf("%4zu. run the %s command of %s", number, action, text(step, "module"));
	else
		printf("%4zu. %s %s", number, action, text(step, "module"));
	print_why(step);
	print_state(step);
	if (*text(step, "path"))
		printf("      file       %s\n", text(step, "path"));
	if (*text(step, "options"))
		printf("      parameters %s\n", text(step, "options"));
	if (*text(step, "command"))
		printf("      command    %s\n", text(step, "command"));
	print_alternative(step);
	print_after(step);
	if (json_is_object(entry))
		printf("      STOPPED by %s %s, %s:%lld\n", text(entry, "directive"), text(entry, "name"),
		       text(entry, "file"), json_integer_value(json_object_get(entry, "line")));
}

void what_if_print(const json_t *answer)
{
	const json_t *step, *totals = json_object_get(answer, "totals");
	size_t i;

	json_array_foreach(json_object_get(answer, "steps"), i, step)
		print_step(step, i + 1);
	printf("Modules: %lld", json_integer_value(json_object_get(totals, "modules")));
	if (json_integer_value(json_object_get(totals, "file_bytes")))
		printf(", %lld bytes of files, %lld in memory",
		       json_integer_value(json_object_get(totals, "file_bytes")),
		       json_integer_value(json_object_get(totals, "memory_bytes")));
	puts(json_is_true(json_object_get(answer, "possible")) ? "" : ". The command would fail.");
}
