/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Interfaces in text, as modpost leaves them in .tenon.types (name, NUL, text, NUL, for each export and import): not
 * for deciding anything, which checksums do, but for saying what the difference is.
 */
#include "core/string.h"

#include "core/load.h"
#include "core/symbols.h"

/* Step to the next pair. Return: whether there is one, terminated as it should be. */
static bool next_type(const char **at, const char *end, const char **name, const char **text)
{
	const char *nul = memchr(*at, 0, (size_t)(end - *at));

	if (!nul || nul + 1 == end)
		return false;
	*name = *at;
	*text = nul + 1;
	nul = memchr(*text, 0, (size_t)(end - *text));
	if (!nul)
		return false;
	*at = nul + 1;
	return true;
}

/* The section's bytes in the file. Return: NULL if there are none. */
static const char *type_section(const struct load *l, size_t *size)
{
	struct elf_section s;

	if (!elf_find_section(&l->elf, ".tenon.types", &s) || s.type != SHT_PROGBITS || !s.size)
		return NULL;
	*size = (size_t)s.size;
	return elf_section_data(&l->elf, &s);
}

static int keep(struct load *l)
{
	struct tenon_module *m = l->m;
	size_t size = 0;
	const char *section = type_section(l, &size), *at, *name, *text;

	if (!section || !m->export_cnt)
		return 0;
	at = m->types = mem_alloc(l->t, size);
	m->types_bytes = size;
	if (!at)
		return -TENON_ENOMEM;
	memcpy(m->types, section, size);
	core_lock(l->t);
	while (next_type(&at, m->types + size, &name, &text)) {
		const struct tenon_export *e = export_find(m->domain, name, table_hash(l->t, name));

		if (e && e->owner == m)
			m->exports[e - m->exports].type = text;
	}
	core_unlock(l->t);
	return 0;
}

static const char *type_of(const struct load *l, const char *wanted)
{
	size_t size = 0;
	const char *section = type_section(l, &size), *at = section, *name, *text;

	while (section && next_type(&at, section + size, &name, &text))
		if (!strcmp(name, wanted))
			return text;
	return NULL;
}

static void explain(struct load *l, const struct tenon_export *e)
{
	const char *mine = type_of(l, e->name), *theirs = e->type;
	char mine_cut[48], theirs_cut[48], *out = l->diag->other;
	size_t same = 0, size = sizeof(l->diag->other);

	if (!mine || !theirs)
		return;
	/* Start both texts at the word in which they begin to differ. */
	while (mine[same] && mine[same] == theirs[same])
		same++;
	while (same && mine[same - 1] != ' ' && mine[same - 1] != '(')
		same--;
	diag_copy(mine_cut, sizeof(mine_cut), mine + same);
	diag_copy(theirs_cut, sizeof(theirs_cut), theirs + same);
	diag_copy(out, size, ": built for '");
	diag_append(out, mine_cut);
	diag_append(out, "', now '");
	diag_append(out, theirs_cut);
	diag_append(out, "'");
}

void tenon_explain_versions(struct tenon *t)
{
	static const struct type_texts texts = { keep, explain };

	t->types = &texts;
}
