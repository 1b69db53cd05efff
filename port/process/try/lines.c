/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/try/try.h"

void make_printable(char *text)
{
	char before = 0;

	for (; text && *text; text++) {
		char given = *text;

		*text = process_printable(before, given);
		before = given;
	}
}

void lines_add(struct lines *l, const char *fmt, ...)
{
	va_list args;
	char text[600];

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	make_printable(text);
	if (l->cnt == LINES_MAX || !(l->line[l->cnt] = strdup(text)))
		l->lost++;
	else
		l->cnt++;
}

void lines_free(struct lines *l)
{
	while (l->cnt)
		free(l->line[--l->cnt]);
}

bool lines_have(const struct lines *l, const char *line)
{
	for (size_t i = 0; i < l->cnt; i++)
		if (!strcmp(l->line[i], line))
			return true;
	return false;
}
