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
	struct tenon_export *next; /* where the next one goes */
	size_t names_bytes;
};

/* What stands before the namespace of an export that is for Linux's own modules. */
static const char for_linux[] = "linux:";
#define PERCPU_MAX 0x10000 /* nothing is loaded as low as that: such a value is an offset in a CPU's window */

/* What the field at @off of the section points to: it holds the distance from itself. */
static tenon_addr follow(const struct load_section *sec, tenon_addr off)
{
	return sec->run + off + (tenon_addr)(intptr_t)(int32_t)get_le32(sec->write + off);
}

/* Read the struct tenon_ksym at @off: distances to value, name and namespace. */
static int read_entry(struct export_reader *r, const struct load_section *sec, tenon_addr off, uint32_t flags)
{
	const struct load *l = r->l;
	tenon_addr value = follow(sec, off);
	const char *name = load_string(l, follow(sec, off + 4));
	const char *space = get_le32(sec->write + off + 8) ? load_string(l, follow(sec, off + 8)) : "";

	if (!name || !name[0] || strlen(name) >= TENON_SYMBOL_BYTES || !space)
		return fail_at(load_section_diag(l, sec), TENON_R_EXPORT_MALFORMED, off);
	if (!strncmp(space, for_linux, sizeof(for_linux) - 1)) {
		space += sizeof(for_linux) - 1;
		flags |= TENON_EXPORT_LINUX;
		if (value && value < PERCPU_MAX)
			flags |= TENON_EXPORT_PERCPU;
	}
	/* The low bit tells a Thumb function. */
	if (!(flags & TENON_EXPORT_PERCPU) && !load_write_ptr(l, value & ~(tenon_addr)1, 1))
		return fail_name(l->diag, TENON_R_EXPORT_NULL, name);
	r->names_bytes += strlen(name) + strlen(space) + 2;
	*r->next = (struct tenon_export){ .name = name, .value = value, .flags = flags, .space = space, .owner = l->m };
	return 0;
}

/* Read a table, if there is one, and the checksums that go with it, if there are. */
static int read_table(struct export_reader *r, const struct load_section *sec, const struct load_section *crcs,
		      uint32_t flags)
{
	tenon_addr cnt = sec->size / sizeof(struct tenon_ksym);
	int err = 0;

	if (sec->size % sizeof(struct tenon_ksym) || (crcs->size && crcs->size != cnt * 4))
		return fail_at(load_section_diag(r->l, sec), TENON_R_EXPORT_MALFORMED, 0);
	for (tenon_addr i = 0; i < cnt && !err; i++, r->next++) {
		err = read_entry(r, sec, i * sizeof(struct tenon_ksym), flags | r->l->kind->ops->export_flags);
		if (crcs->size)
			r->next->crc = get_le32(crcs->write + i * 4);
	}
	return err;
}

/* Copy @name to @at, which is moved behind it. False: no room. In memory that a domain can write, it may have changed. */
static bool move_name(char **at, const char *end, const char **name)
{
	size_t n = strlen(*name) + 1;

	if (n > (size_t)(end - *at))
		return false;
	*name = memcpy(*at, *name, n);
	*at += n;
	return true;
}

int load_exports(struct load *l)
{
	const struct load_section *plain = load_special(l, SPECIAL_KSYMTAB), *gpl = load_special(l, SPECIAL_KSYMTAB_GPL);
	tenon_addr bytes = plain->size + gpl->size;
	struct tenon_module *m = l->m;
	struct export_reader r = { .l = l };
	char *names;
	int err;

	if (!bytes)
		return 0;
	m->export_cnt = (uint32_t)(bytes / sizeof(struct tenon_ksym));
	m->exports = r.next = mem_alloc(l->t, m->export_cnt * sizeof(*m->exports));
	if (!r.next)
		return fail(l->diag, TENON_R_NO_MEMORY);
	err = read_table(&r, plain, load_special(l, SPECIAL_KCRCTAB), 0) ?:
	      read_table(&r, gpl, load_special(l, SPECIAL_KCRCTAB_GPL), TENON_EXPORT_GPL);
	if (err)
		return err;
	m->export_names = names = mem_alloc(l->t, r.names_bytes);
	m->export_names_bytes = (uint32_t)r.names_bytes;
	if (!names)
		return fail(l->diag, TENON_R_NO_MEMORY);
	for (uint32_t i = 0; i < m->export_cnt; i++)
		if (!move_name(&names, m->export_names + r.names_bytes, &m->exports[i].name) ||
		    !move_name(&names, m->export_names + r.names_bytes, &m->exports[i].space))
			return fail(l->diag, TENON_R_EXPORT_MALFORMED);
	return 0;
}
