/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Stage 7: a module's own exports, read from its ksymtab sections after relocation. Names are copied: the originals
 * lie in the module's memory, which the core need not be able to read later, and in an isolated domain must not trust.
 */
#include "core/string.h"

#include "core/load.h"
#include "core/personality.h"
#include "core/personality/common.h"
#include "tenon/fmt/modtables.h"

struct export_reader {
	struct load *l;
	const struct load_section *sec;
	tenon_addr entry_bytes;
	bool absolute;             /* fields hold addresses, as wide as a word, not distances */
	struct tenon_export *next; /* where the next one goes */
	size_t names_bytes;
};

/* What field @field of the entry at @off points to; 0 if that is nothing. */
static tenon_addr follow(const struct export_reader *r, tenon_addr off, uint32_t field)
{
	tenon_addr at = off + field * (r->entry_bytes / 3);
	int32_t distance;

	if (r->absolute)
		return personality_word(r->l, r->sec->write + at, 0);
	distance = (int32_t)get_le32(r->sec->write + at);
	return distance ? r->sec->run + at + (tenon_addr)(intptr_t)distance : 0;
}

/* Is it in the module, or, as what has no size may be, at the end of its data? The low bit tells a Thumb function. */
static bool is_inside(const struct load *l, tenon_addr value)
{
	bool inside = load_write_ptr(l, value & ~(tenon_addr)1, 1);

	for (uint32_t mem = TENON_MEM_RODATA; mem <= TENON_MEM_DATA && !inside; mem++)
		inside = arena_at(&l->m->region[mem], value, 0);
	return inside;
}

/* Read the entry at @off: value, name and namespace. */
static int read_entry(struct export_reader *r, tenon_addr off)
{
	const struct load *l = r->l;
	const struct tenon *t = l->t;
	struct tenon_export *e = r->next;
	tenon_addr space = follow(r, off, 2);

	e->owner = l->m;
	e->value = follow(r, off, 0);
	e->name = load_string(l, follow(r, off, 1));
	e->space = space ? load_string(l, space) : "";
	if (!e->name || !e->name[0] || !e->space)
		return load_fail_at(l, TENON_R_EXPORT_MALFORMED, r->sec, off);
	/* A personality may know an export by its namespace, whoever exports it. */
	for (uint32_t i = 0; i < t->kind_cnt; i++)
		if (t->kinds[i].ops->claim_export)
			t->kinds[i].ops->claim_export(e);
	if (!(e->flags & TENON_EXPORT_PERCPU) && !is_inside(l, e->value))
		return fail_name(l->diag, TENON_R_EXPORT_NULL, e->name);
	r->names_bytes += strlen(e->name) + strlen(e->space) + 2;
	return 0;
}

/* Read a table, if there is one; the checksums that go with it and the flags of each entry, if there are such. */
static int read_table(struct export_reader *r, enum special which, enum special crcs_which,
		      const struct load_section *marks, uint32_t flags)
{
	const struct load_section *sec = load_special(r->l, which), *crcs = load_special(r->l, crcs_which);
	tenon_addr cnt = sec->size / r->entry_bytes;
	int err = 0;

	r->sec = sec;
	if (sec->size % r->entry_bytes || (crcs->size && crcs->size != cnt * 4) || (marks->size && marks->size != cnt))
		return load_fail_at(r->l, TENON_R_EXPORT_MALFORMED, sec, 0);
	for (tenon_addr i = 0; i < cnt && !err; i++, r->next++) {
		r->next->flags = flags | r->l->kind->ops->export_flags;
		if (marks->size && marks->write[i] & TENON_KSYM_GPL)
			r->next->flags |= TENON_EXPORT_GPL;
		if (crcs->size)
			r->next->crc = get_le32(crcs->write + i * 4);
		err = read_entry(r, i * r->entry_bytes);
	}
	return err;
}

/*
 * Copy @string to @at, where @left bytes are left. Return: where the next one goes; NULL: it does not fit, for it has
 * been changed since its length was counted.
 */
static char *move_string(char *at, size_t *left, const char **string)
{
	size_t bytes = strlen(*string) + 1;

	if (bytes > *left)
		return NULL;
	*left -= bytes;
	*string = memcpy(at, *string, bytes);
	return at + bytes;
}

int load_exports(struct load *l)
{
	const struct load_section *none = &l->sections[0];
	tenon_addr bytes = load_special(l, SPECIAL_KSYMTAB)->size + load_special(l, SPECIAL_KSYMTAB_GPL)->size;
	struct export_reader r = { .l = l, .entry_bytes = sizeof(struct tenon_ksym) };
	struct tenon_module *m = l->m;
	char *names;
	int err;

	if (!bytes)
		return 0;
	r.absolute = l->kind->ops->absolute_exports == l->elf.machine;
	if (r.absolute)
		r.entry_bytes = 3 * ELF_WORD_BYTES(&l->elf);
	m->export_cnt = (uint32_t)(bytes / r.entry_bytes);
	m->exports = r.next = mem_alloc(l->t, m->export_cnt * sizeof(*m->exports));
	if (!r.next)
		return -TENON_ENOMEM;
	err = read_table(&r, SPECIAL_KSYMTAB, SPECIAL_KCRCTAB, load_special(l, SPECIAL_KFLAGSTAB), 0) ?:
		  read_table(&r, SPECIAL_KSYMTAB_GPL, SPECIAL_KCRCTAB_GPL, none, TENON_EXPORT_GPL);
	if (err)
		return err;
	/* Many entries may share one text, and each gets a copy. */
	if (r.names_bytes > l->file_size)
		return fail_value(l->diag, TENON_R_EXPORT_NAMES, r.names_bytes, l->file_size);
	m->export_names = names = mem_alloc(l->t, r.names_bytes);
	m->export_names_bytes = r.names_bytes;
	if (!names)
		return -TENON_ENOMEM;
	/* Name and namespace of each, in turn. */
	for (uint32_t i = 0; i < 2 * m->export_cnt && names; i++)
		names = move_string(names, &r.names_bytes, i & 1 ? &m->exports[i / 2].space : &m->exports[i / 2].name);
	return names ? 0 : fail(l->diag, TENON_R_EXPORT_MALFORMED);
}
