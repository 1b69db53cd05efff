/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "modpost/symvers.h"
#include "modpost/text.h"

/* Cuts @line at its tabs. Return: the number of fields; those that are missing are "". */
static unsigned split(char *line, char *field[6])
{
	unsigned cnt = 0;

	while (cnt < 6 && line) {
		field[cnt++] = line;
		line = strchr(line, '\t');
		if (line)
			*line++ = '\0';
	}
	for (unsigned i = cnt; i < 6; i++)
		field[i] = line ? line : "";
	return line ? 7 : cnt;
}

static bool parse(char *line, struct provided *p)
{
	char *field[6], *end;
	unsigned cnt = split(line, field);
	unsigned long crc;

	/* Linux's own: 0xCRC, name, module, EXPORT_SYMBOL or EXPORT_SYMBOL_GPL, namespace. */
	if (cnt == 5 && !strncmp(field[3], "EXPORT_SYMBOL", 13)) {
		field[5] = field[4];
		field[4] = field[3];
		field[3] = "";
	}

	if (cnt < 4 || cnt > 6 || strncmp(field[0], "0x", 2))
		return false;
	errno = 0;
	crc = strtoul(field[0], &end, 16);
	if (errno || *end || crc > UINT32_MAX || !*field[1] || !*field[2])
		return false;
	if (*field[4] && strcmp(field[4], "EXPORT_SYMBOL") && strcmp(field[4], "EXPORT_SYMBOL_GPL"))
		return false;
	*p = (struct provided){ .name = field[1], .module = field[2], .type = field[3], .space = field[5] };
	p->crc = (uint32_t)crc;
	p->gpl = !strcmp(field[4], "EXPORT_SYMBOL_GPL");
	return true;
}

void symvers_read(struct symvers *sv, const char *path)
{
	size_t size, number = 0;
	char *line = read_file(path, &size), *end = line + size;

	while (line < end) {
		char *newline = memchr(line, '\n', (size_t)(end - line));

		number++;
		if (!newline)
			die("%s:%zu: the last line is cut off", path, number);
		*newline = '\0';
		sv->entries = xrealloc(sv->entries, (sv->cnt + 1) * sizeof(*sv->entries));
		if (strlen(line) != (size_t)(newline - line) || !parse(line, &sv->entries[sv->cnt]))
			die("%s:%zu: not a line of the form 0xCRC, name, module, type", path, number);
		sv->entries[sv->cnt].line = sv->cnt;
		sv->cnt++;
		line = newline + 1;
	}
}

static int compare(const void *a, const void *b)
{
	const struct provided *x = a, *y = b;

	int order = strcmp(x->name, y->name);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

void symvers_sort(struct symvers *sv)
{
	if (sv->cnt)
		qsort(sv->entries, sv->cnt, sizeof(*sv->entries), compare);
}

const struct provided *symvers_find(const struct symvers *sv, const char *name)
{
	size_t low = 0, high = sv->cnt;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (strcmp(sv->entries[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < sv->cnt && !strcmp(sv->entries[low].name, name) ? &sv->entries[low] : NULL;
}

void symvers_apply(const struct symvers *kernel, struct object *o)
{
	for (size_t i = 0; i < o->export_cnt; i++) {
		struct exported *e = &o->exports[i];
		const struct provided *p;

		if (strncmp(e->space, SYMVERS_LINUX, strlen(SYMVERS_LINUX)))
			continue;
		p = symvers_find(kernel, e->name);
		if (p && p->gpl != e->gpl)
			die("%s: exports %s%s, Linux does not", o->path, e->name,
			    e->gpl ? " for GPL-compatible modules only" : " for all");
		e->type = xrealloc(NULL, 1);
		e->type[0] = '\0';
		e->crc = p ? p->crc : 0;
	}
}

void symvers_write(const struct object *o, const char *name, const char *path)
{
	struct text out = { 0 };

	for (size_t i = 0; i < o->export_cnt; i++) {
		const struct exported *e = &o->exports[i];

		text_add(&out, "0x%08x\t%s\t%s\t%s\tEXPORT_SYMBOL%s%s%s\n", e->crc, e->name, name, e->type,
			 e->gpl ? "_GPL" : "", *e->space ? "\t" : "", e->space);
	}
	write_file(path, out.s ? out.s : "", out.len);
	free(out.s);
}
