/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/debian/t0.h"

#define ADDRESS_STEP 16

static char *read_text(const char *path)
{
	FILE *f = fopen(path, "rb");
	long size = -1;
	char *text;

	if (f && !fseek(f, 0, SEEK_END))
		size = ftell(f);
	text = size > 0 ? malloc((size_t)size + 1) : NULL;
	if (!text) {
		fprintf(stderr, "t0: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	rewind(f);
	text[fread(text, 1, (size_t)size, f)] = 0;
	fclose(f);
	return text;
}

/* FNV-1a */
static size_t hash(const char *name)
{
	uint64_t h = 0xcbf29ce484222325ull;

	while (*name)
		h = (h ^ (unsigned char)*name++) * 0x100000001b3ull;
	return (size_t)(h ^ h >> 32);
}

/* CRC, name, module, EXPORT_SYMBOL or EXPORT_SYMBOL_GPL, namespace; separated by tabs. */
static void parse_line(char *line, struct symver *s)
{
	char *field[5] = { line, NULL, NULL, NULL, NULL };

	for (int i = 1; i < 5; i++) {
		char *tab = strchr(field[i - 1], '\t');

		if (!tab) {
			fprintf(stderr, "t0: Module.symvers: not understood: %s\n", line);
			exit(2);
		}
		*tab = 0;
		field[i] = tab + 1;
	}
	*s = (struct symver){ .name = field[1],
			      .module = field[2],
			      .space = field[4],
			      .crc = (uint32_t)strtoul(field[0], NULL, 16),
			      .gpl = !strcmp(field[3], "EXPORT_SYMBOL_GPL") };
}

void symvers_read(struct symvers *sv, const char *path, uint64_t base)
{
	size_t cap = 1;
	char *line;

	sv->text = read_text(path);
	for (const char *p = sv->text; *p; p++)
		cap += *p == '\n';
	sv->entries = calloc(cap, sizeof(*sv->entries));
	sv->mask = 1;
	while (sv->mask < cap * 2)
		sv->mask = sv->mask * 2 + 1;
	sv->slots = calloc(sv->mask + 1, sizeof(*sv->slots));
	sv->cnt = 0;
	for (char *at = sv->text; (line = strsep(&at, "\n")) && *line;) {
		struct symver *s = &sv->entries[sv->cnt];
		size_t slot;

		parse_line(line, s);
		sv->versioned |= s->crc != 0;
		if (!strcmp(s->module, "vmlinux"))
			s->address = base + sv->cnt * ADDRESS_STEP;
		for (slot = hash(s->name) & sv->mask; sv->slots[slot]; slot = (slot + 1) & sv->mask)
			;
		sv->slots[slot] = (uint32_t)++sv->cnt;
	}
}

struct symver *symvers_find(const struct symvers *sv, const char *name)
{
	for (size_t slot = hash(name) & sv->mask; sv->slots[slot]; slot = (slot + 1) & sv->mask) {
		struct symver *s = &sv->entries[sv->slots[slot] - 1];

		if (!strcmp(s->name, name))
			return s;
	}
	return NULL;
}

bool symver_of(const struct symver *s, const char *module)
{
	const char *name = strrchr(s->module, '/');

	for (name = name ? name + 1 : s->module; *name && *module; name++, module++)
		if (*name != *module && !((*name == '-' || *name == ',') && *module == '_'))
			return false;
	return !*name && !*module;
}
