/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Which symbols of a module nothing exports. The core stops at the first; here the file is looked at once more, when
 * the plan has been rolled back: so what the module's providers would export is read from their files.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/shell/shell.h"
#include "tenon/mod.h"

struct symbol {
	char *name;
	bool exported; /* by a provider */
};

struct missing {
	struct shell *s;
	struct symbol *symbols;
	size_t cnt, cap;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct symbol *)a)->name, ((const struct symbol *)b)->name);
}

/* An import that is neither weak nor there now. */
static int add(void *data, const struct tmod_symbol *import)
{
	struct missing *m = data;
	struct tenon_export e;
	struct symbol *grown;

	if (import->weak || !tenon_lookup(m->s->core, m->s->domains[0], import->name, &e))
		return 0;
	if (m->cnt == m->cap) {
		m->cap = m->cap ? 2 * m->cap : 64;
		grown = reallocarray(m->symbols, m->cap, sizeof(*grown));
		if (!grown)
			return -TENON_ENOMEM;
		m->symbols = grown;
	}
	m->symbols[m->cnt] = (struct symbol){ .name = strdup(import->name) };
	return m->symbols[m->cnt].name ? (m->cnt++, 0) : -TENON_ENOMEM;
}

static int mark(void *data, const struct tmod_symbol *export)
{
	const struct missing *m = data;
	const struct symbol key = { .name = (char *)export->name };
	struct symbol *found = bsearch(&key, m->symbols, m->cnt, sizeof(key), by_name);

	if (found)
		found->exported = true;
	return 0;
}

static void mark_exports(struct missing *m, const char *module, size_t len)
{
	char name[TENON_NAME_BYTES], path[PROCESS_PATH_BYTES];
	struct tmod_file *f;

	if ((size_t)snprintf(name, sizeof(name), "%.*s", (int)len, module) >= sizeof(name) ||
	    !process_find_path(m->s->h, name, path, sizeof(path)) || tmod_file_open(path, &f, NULL, 0))
		return;
	tmod_file_symbols(f, TMOD_EXPORTS, mark, m);
	tmod_file_close(f);
}

static bool is(const char *text, size_t len, const char *wanted)
{
	return len == strlen(wanted) && !memcmp(text, wanted, len);
}

/* What the base of its kind exports, and, if they are loaded for it, the modules that it depends on. */
static void mark_providers(struct missing *m, const struct tmod_file *f, bool depends)
{
	const char *at = NULL;
	struct tmod_info info;

	while (tmod_file_info(f, &at, &info)) {
		const char *item = info.value, *end = item + info.value_len;

		if (is(info.key, info.key_len, "vermagic")) {
			const char *base = is(item, info.value_len, NATIVE_VERMAGIC) ? NATIVE_BASE : LINUX_BASE;

			mark_exports(m, base, strlen(base));
		}
		while (depends && is(info.key, info.key_len, "depends") && item < end) {
			const char *comma = memchr(item, ',', (size_t)(end - item));

			mark_exports(m, item, (size_t)((comma ? comma : end) - item));
			item = comma ? comma + 1 : end;
		}
	}
}

void print_missing(struct shell *s, const char *where, const struct tenon_diag *diag)
{
	struct missing m = { .s = s };
	char path[PROCESS_PATH_BYTES];
	const char *before = "; also unknown: ";
	struct tmod_file *f;
	bool complete;

	if (where)
		snprintf(path, sizeof(path), "%s", where);
	else if (!process_find_path(s->h, diag->module, path, sizeof(path)))
		return;
	if (tmod_file_open(path, &f, NULL, 0))
		return;
	complete = !tmod_file_symbols(f, TMOD_IMPORTS, add, &m);
	if (complete && m.cnt) {
		qsort(m.symbols, m.cnt, sizeof(*m.symbols), by_name);
		mark_providers(&m, f, !where);
	}
	for (size_t i = 0; i < m.cnt; i++) {
		if (complete && !m.symbols[i].exported && strcmp(m.symbols[i].name, diag->name)) {
			fprintf(stderr, "%s%s", before, tmod_printable(m.symbols[i].name));
			before = ", ";
		}
		free(m.symbols[i].name);
	}
	free(m.symbols);
	tmod_file_close(f);
}
