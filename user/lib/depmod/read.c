/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Read what the indexes are made of from every module, with several threads. */
#include <errno.h>
#include <limits.h>

#include "tenon/core.h"
#include "user/lib/depmod/depmod.h"

/* Entries of .modinfo that an index is made of. */
static bool is_wanted(const char *key, size_t len)
{
	return (len == 5 && !memcmp(key, "alias", 5)) ||
	       (len == 7 && (!memcmp(key, "softdep", 7) || !memcmp(key, "weakdep", 7)));
}

/* The sections that count, found in one pass; those that are not there are SHT_NULL. */
struct parts {
	struct elf_section modinfo, export_strings;
	bool exports; /* by symbols __crc_NAME or, without checksums, by the names in export_strings */
};

static void find_parts(const struct elf_file *elf, struct parts *p)
{
	struct elf_section s;

	p->modinfo.type = p->export_strings.type = SHT_NULL;
	p->exports = false;
	for (uint32_t i = 1; i < elf->section_cnt; i++) {
		const char *name = elf_section_name(elf, i);

		if (name[0] == '.' && p->modinfo.type == SHT_NULL && !strcmp(name, ".modinfo"))
			elf_section_at(elf, i, &p->modinfo);
		if (name[0] != '_' || name[1] != '_')
			continue;
		p->exports |= !strncmp(name, "__kcrctab", 9);
		if (strcmp(name, "__ksymtab_strings"))
			continue;
		elf_section_at(elf, i, &s);
		if (s.type != SHT_NOBITS) {
			p->export_strings = s;
			p->exports = true;
		}
	}
}

static int read_info(struct reader *r, struct depmod_module *m, const struct elf_section *section)
{
	struct modinfo info;
	struct tmod_info entry;
	const char *at = NULL;
	int err = image_modinfo_section(&r->image, section, &info);

	if (err)
		return err == -ENOENT ? 0 : err;
	while (image_info_next(&info, &at, &entry)) {
		if (!is_wanted(at, entry.key_len) || !entry.value_len)
			continue;
		/* It would begin a line of its own, and modprobe takes lines of modules.softdep for configuration. */
		/* Before modules are chosen there is nothing to say: the module is read again if it is taken. */
		if (strchr(entry.value, '\n') && !r->depmod->modules)
			m->reader = NULL;
		else if (strchr(entry.value, '\n'))
			say(r->depmod->say, TMOD_WARNING, "%s: its %.*s is left out, for it has a line break", m->path,
			    (int)entry.key_len, at);
		else
			buf_add(&r->info, at, (size_t)(entry.value + entry.value_len + 1 - at));
	}
	m->info.cnt = (uint32_t)r->info.len - m->info.first;
	return 0;
}

static int fail_long_name(struct tenon_diag *diag, const char *name)
{
	diag->reason = TENON_R_SYM_NAME_LONG;
	diag->want = TENON_SYMBOL_BYTES - 1;
	memcpy(diag->name, name, sizeof(diag->name) - 1);
	return -ENOEXEC;
}

static void add_needs(struct reader *r, const struct name *names, uint32_t cnt)
{
	uint32_t numbers[NAMES_AT_ONCE];

	names_add_all(&r->needed, names, cnt, numbers);
	buf_add(&r->needs, numbers, cnt * sizeof(*numbers));
}

static int read_symbols(struct reader *r, const struct elf_file *elf, bool exports, struct tenon_diag *diag)
{
	struct name needed[NAMES_AT_ONCE];
	uint32_t needed_cnt = 0;
	struct elf_section table;
	int err = image_symbols(&r->image, elf, exports);

	if (err || !elf->symtab)
		return err;
	elf_section_at(elf, elf->symtab, &table);
	for (uint32_t i = exports ? 1 : (uint32_t)table.info; i < elf->symbol_cnt; i++) {
		struct elf_symbol s;
		const char *name;
		size_t bytes;
		bool exported;

		elf_symbol_at(elf, i, &s);
		if (s.name_off >= elf->strings_size)
			return -ENOEXEC;
		name = elf_symbol_name(elf, &s);
		exported = exports && elf->strings_size - s.name_off > 6 && !memcmp(name, "__crc_", 6);
		if (!exported && (s.shndx != SHN_UNDEF || !*name || s.bind == STB_LOCAL))
			continue;
		bytes = image_symbol_bytes(elf, &s);
		if (!bytes)
			return fail_long_name(diag, name);
		if (exported)
			buf_add(&r->exports, name + 6, bytes - 6);
		else
			needed[needed_cnt++] = (struct name){ name, bytes - 1 };
		if (needed_cnt == NAMES_AT_ONCE) {
			add_needs(r, needed, needed_cnt);
			needed_cnt = 0;
		}
	}
	add_needs(r, needed, needed_cnt);
	return r->needed.text.failed ? -ENOMEM : 0;
}

/* Names of exports from __ksymtab_strings: a list of strings. */
static int read_export_strings(struct reader *r, const struct elf_section *s)
{
	const char *text = (const char *)r->image.data + s->offset, *end = text + s->size;
	int err = image_need(&r->image, s->offset, s->size);

	if (!err && s->size && end[-1])
		err = -ENOEXEC;
	for (; !err && text < end; text += strlen(text) + 1)
		if (*text)
			buf_string(&r->exports, text);
	return err;
}

static int read_opened(struct reader *r, struct depmod_module *m, struct tenon_diag *diag)
{
	struct elf_file elf;
	struct parts parts;
	int err = image_elf(&r->image, &elf, diag);

	if (err)
		return err;
	find_parts(&elf, &parts);
	err = read_info(r, m, &parts.modinfo) ?: read_symbols(r, &elf, parts.exports, diag);
	if (!err && r->exports.len == m->exports.first && parts.export_strings.type != SHT_NULL)
		err = read_export_strings(r, &parts.export_strings);
	m->exports.cnt = (uint32_t)r->exports.len - m->exports.first;
	m->needs.cnt = (uint32_t)(r->needs.len / sizeof(uint32_t)) - m->needs.first;
	return err;
}

void depmod_read_module(struct reader *r, struct depmod_module *m, int dir, const char *path)
{
	struct tenon_diag diag = { 0 };
	char text[512];

	m->reader = r;
	m->info.first = (uint32_t)r->info.len;
	m->exports.first = (uint32_t)r->exports.len;
	m->needs.first = (uint32_t)(r->needs.len / sizeof(uint32_t));
	m->err = image_open(&r->image, dir, path);
	if (m->err)
		return;
	m->err = read_opened(r, m, &diag);
	if (m->err && diag.reason) {
		memcpy(diag.module, m->name, strnlen(m->name, sizeof(diag.module) - 1));
		tenon_diag_format(&diag, text, sizeof(text));
		m->fault = arena_copy(&r->arena, text, strlen(text));
	}
	image_close(&r->image);
}

static void read_modules(struct reader *r, void *data)
{
	struct depmod *d = data;
	char real[PATH_MAX];
	uint32_t i;

	while ((i = __atomic_fetch_add(&d->next_module, 1, __ATOMIC_RELAXED)) < d->module_cnt)
		if (!d->modules[i].reader)
			depmod_read_module(r, &d->modules[i], d->dir, depmod_real_path(d, d->modules[i].path, real));
	image_free(&r->image);
}

int depmod_read(struct depmod *d)
{
	char path[DEPMOD_PATH_BYTES];
	uint32_t cnt = 0;
	int err = 0;

	for (uint32_t i = 0; i < d->module_cnt; i++)
		cnt += !d->modules[i].reader;
	depmod_parallel(d, cnt / 16 + 1, read_modules, d);
	for (unsigned int i = 0; i < d->reader_cnt; i++) {
		const struct reader *r = &d->readers[i];

		if (r->info.failed || r->exports.failed || r->needs.failed || r->needed.text.failed)
			err = -ENOMEM;
	}
	for (uint32_t i = 0; i < d->module_cnt && !err; i++) {
		struct depmod_module *m = &d->modules[i];

		if (m->err == -ENOMEM)
			err = m->err;
		if (!m->err || err)
			continue;
		depmod_full_path(d, m, path);
		say(d->say, TMOD_ERROR, "failed to load symbols from %s: %s%s%s%s", path, tmod_error_text(m->err),
		    m->fault ? " (" : "", m->fault ?: "", m->fault ? ")" : "");
	}
	return err;
}
