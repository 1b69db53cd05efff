/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Names: those of all modules that can be found, and which of some comes closest to a misspelt one. */
#define _GNU_SOURCE
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "core/fmt/modname.h"
#include "port/process/shell/shell.h"

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Keep the module name of a file name, if it is one. */
static void keep(struct shell *s, const char *file, size_t *cap)
{
	const char *suffix = strstr(file, ".ko");
	char **names = s->names, *name;

	if (!suffix || (suffix[3] && suffix[3] != '.'))
		return;
	if (s->name_cnt == *cap) {
		*cap = *cap ? *cap * 2 : 256;
		names = reallocarray(names, *cap, sizeof(*names));
		if (!names)
			return;
		s->names = names;
	}
	name = strndup(file, (size_t)(suffix - file));
	if (!name)
		return;
	modname_fold_text(name);
	s->names[s->name_cnt++] = name;
}

char *const *names_get(struct shell *s, size_t *cnt)
{
	size_t cap = 0;

	for (size_t i = 0; i < s->dir_cnt && (i || !s->names); i++) {
		char *const roots[] = { (char *)s->dirs[i], NULL };
		FTS *fts = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_NOSTAT, NULL);

		if (!fts)
			continue;
		for (FTSENT *f; (f = fts_read(fts));)
			if (f->fts_info == FTS_F || f->fts_info == FTS_NSOK)
				keep(s, f->fts_name, &cap);
		fts_close(fts);
	}
	if (cap)
		qsort(s->names, s->name_cnt, sizeof(*s->names), by_name);
	*cnt = s->name_cnt;
	return s->names;
}

void names_free(struct shell *s)
{
	for (size_t i = 0; i < s->name_cnt; i++)
		free(s->names[i]);
	free(s->names);
}

/* ---- the closest one ---- */

static unsigned int min(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return modname_fold(a) == modname_fold(b);
}

/* Levenshtein's distance, with two neighbours swapped counted as one error, of names shorter than 64. */
static unsigned int distance(const char *a, const char *b)
{
	size_t la = strlen(a), lb = strlen(b);
	unsigned int before[64], last[64], row[64];

	if (la >= 64 || lb >= 64)
		return ~0u;
	for (size_t j = 0; j <= lb; j++)
		last[j] = (unsigned int)j;
	for (size_t i = 1; i <= la; i++) {
		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= lb; j++) {
			row[j] = min(last[j - 1] + !same(a[i - 1], b[j - 1]), min(last[j], row[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				row[j] = min(row[j], before[j - 2] + 1);
		}
		memcpy(before, last, sizeof(last));
		memcpy(last, row, sizeof(row));
	}
	return last[lb];
}

void closest_begin(struct closest *c, const char *wanted)
{
	*c = (struct closest){ .wanted = wanted };
	/* Further away than a third of its letters it is another word. */
	c->distance = (unsigned int)strlen(wanted) / 3 + 1;
}

void closest_offer(struct closest *c, const char *name)
{
	unsigned int d = distance(c->wanted, name);

	if (d >= c->distance || strlen(name) >= sizeof(c->name))
		return;
	c->distance = d;
	strcpy(c->name, name);
}
