/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Stage 7: a module's own exports, read from its ksymtab sections after relocation. Names are copied: the originals
 * lie in the module's memory, which the core need not be able to read later, and in an isolated domain must not trust.
 */
#include "core/string.h"

#include "core/load.h"
#include "core/personality.h"
#include "tenon/fmt/modtables.h"

struct export_reader {
	struct load *l;
	char *names; /* where the next name is copied to; NULL while only counting */
	size_t names_bytes; /* counted, or left at names */
	uint32_t cnt;
};

/* NULL if it is longer than what was counted: in memory that the domain can write, it may have changed since. */
static const char *copy_name(struct export_reader *r, const char *name)
{
	size_t n = strlen(name) + 1;
	char *to = r->names;

	if (!to) {
		r->names_bytes += n;
		return name;
	}
	if (n > r->names_bytes)
		return NULL;
	memcpy(to, name, n);
	r->names += n;
	r->names_bytes -= n;
	return to;
}

/* What stands before the namespace of an export that is for Linux's own modules. */
static const char for_linux[] = "linux:";
#define PERCPU_MAX 0x10000 /* nothing is loaded as low as that: such a value is an offset in a CPU's window */

static tenon_addr distance(tenon_addr field_run, const uint8_t *field)
{
	return field_run + (tenon_addr)(intptr_t)(int32_t)get_le32(field);
}

static int read_entry(struct export_reader *r, const struct load_section *sec, uint32_t sec_idx, tenon_addr off,
		      struct tenon_export *out)
{
	const struct load *l = r->l;
	const char *name = load_string(l, distance(sec->run + off + 4, sec->write + off + 4)), *space = NULL;

	if (!name || !name[0] || strlen(name) >= TENON_SYMBOL_BYTES)
		return fail_at(l->diag, TENON_R_EXPORT_MALFORMED, sec_idx, off, 0);
	if (get_le32(sec->write + off + 8)) {
		space = load_string(l, distance(sec->run + off + 8, sec->write + off + 8));
		if (!space)
			return fail_at(l->diag, TENON_R_EXPORT_MALFORMED, sec_idx, off, 0);
	}
	out->value = distance(sec->run + off, sec->write + off);
	out->flags |= l->kind->ops->export_flags;
	if (space && !strncmp(space, for_linux, sizeof(for_linux) - 1)) {
		space += sizeof(for_linux) - 1;
		out->flags |= TENON_EXPORT_LINUX;
		if (out->value && out->value < PERCPU_MAX)
			out->flags |= TENON_EXPORT_PERCPU;
	}
	/* The low bit tells a Thumb function. */
	if (!(out->flags & TENON_EXPORT_PERCPU) && !load_write_ptr(l, out->value & ~(tenon_addr)1, 1))
		return fail_name(l->diag, TENON_R_EXPORT_NULL, name, NULL);
	out->name = copy_name(r, name);
	out->space = space && space[0] ? copy_name(r, space) : NULL;
	out->owner = l->m;
	if (!out->name || (space && space[0] && !out->space))
		return fail_at(l->diag, TENON_R_EXPORT_MALFORMED, sec_idx, off, 0);
	return 0;
}

/* Read one table into @out, which has room, or only count if it is NULL. */
static int read_table(struct export_reader *r, const char *table, const char *crcs, uint32_t flags,
		      struct tenon_export *out)
{
	const struct load_section *sec = load_find(r->l, table), *crc = load_find(r->l, crcs);
	uint32_t idx = sec ? (uint32_t)(sec - r->l->sections) : 0;
	tenon_addr cnt;

	if (!sec || !sec->write)
		return 0;
	cnt = sec->size / sizeof(struct tenon_ksym);
	if (sec->size % sizeof(struct tenon_ksym) || (crc && crc->size != cnt * 4))
		return fail_at(r->l->diag, TENON_R_EXPORT_MALFORMED, idx, 0, sec->size);
	for (tenon_addr i = 0; i < cnt; i++) {
		struct tenon_export e = { .flags = flags };
		int err = read_entry(r, sec, idx, i * sizeof(struct tenon_ksym), &e);

		if (err)
			return err;
		if (crc && crc->write)
			e.crc = get_le32(crc->write + i * 4);
		if (out)
			out[r->cnt] = e;
		r->cnt++;
	}
	return 0;
}

static int read_tables(struct export_reader *r, struct tenon_export *out)
{
	int err = read_table(r, "__ksymtab", "__kcrctab", 0, out);

	return err ? err : read_table(r, "__ksymtab_gpl", "__kcrctab_gpl", TENON_EXPORT_GPL, out);
}

int load_exports(struct load *l)
{
	struct tenon_module *m = l->m;
	struct export_reader r = { .l = l };
	int err = read_tables(&r, NULL);

	if (err || !r.cnt)
		return err;
	m->exports = mem_alloc(l->t, r.cnt * sizeof(*m->exports));
	m->export_cnt = r.cnt;
	m->export_names = mem_alloc(l->t, r.names_bytes);
	m->export_names_bytes = (uint32_t)r.names_bytes;
	if (!m->exports || !m->export_names)
		return fail(l->diag, TENON_R_NO_MEMORY);
	r = (struct export_reader){ .l = l, .names = m->export_names, .names_bytes = r.names_bytes };
	return read_tables(&r, m->exports);
}

/* The text that modpost left for @name in .tenon.types: name, NUL, text, NUL. Or NULL. */
static const char *type_text(const struct load *l, const char *name)
{
	struct elf_section s;
	const char *p, *end;

	if (!elf_find_section(&l->elf, ".tenon.types", &s) || s.type != SHT_PROGBITS)
		return NULL;
	p = elf_section_data(&l->elf, &s);
	end = p + s.size;
	while (p < end) {
		const char *text = memchr(p, 0, (size_t)(end - p)), *next;

		if (!text || ++text == end)
			return NULL;
		next = memchr(text, 0, (size_t)(end - text));
		if (!next)
			return NULL;
		if (!strcmp(p, name))
			return text;
		p = next + 1;
	}
	return NULL;
}

void load_explain_type(struct load *l, const struct tenon_export *e)
{
	const char *mine = type_text(l, e->name), *theirs = e->type;
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
	diag_append(out, size, mine_cut);
	diag_append(out, size, "', now '");
	diag_append(out, size, theirs_cut);
	diag_append(out, size, "'");
}
