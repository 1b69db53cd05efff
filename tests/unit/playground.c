/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tenon/fmt/elf_x86_64.h"
#include "tenon/fmt/modsig.h"
#include "tests/tap.h"
#include "tests/unit/elf_builder.h"
#include "tests/unit/playground.h"

struct text {
	char bytes[4096];
	size_t len;
};

static void add(struct text *t, const char *key, const char *value)
{
	if (value)
		t->len += (size_t)sprintf(t->bytes + t->len, "%s=%s", key, value) + 1;
}

static void build_modinfo(struct elfb *b, const struct pg_module *pm)
{
	struct text t = { .len = 0 };

	add(&t, "license", pm->license ? pm->license : "GPL");
	add(&t, "name", pm->name);
	add(&t, "depends", pm->depends ? pm->depends : "");
	add(&t, "import_ns", pm->import_ns);
	add(&t, "vermagic", pm->vermagic ? pm->vermagic : PG_VERMAGIC);
	elfb_section(b, ".modinfo", SHT_PROGBITS, SHF_ALLOC, t.bytes, t.len, 1);
}

static void build_versions(struct elfb *b, const struct pg_import *imports)
{
	uint8_t bytes[64 * 64] = { 0 };
	size_t n = 0;

	for (; imports && imports->name; imports++) {
		if (!imports->crc)
			continue;
		memcpy(bytes + n * 64, &imports->crc, 4);
		strcpy((char *)bytes + n * 64 + 8, imports->name);
		n++;
	}
	if (n)
		elfb_section(b, "__versions", SHT_PROGBITS, SHF_ALLOC, bytes, n * 64, 32);
}

/* One ksymtab table with its checksums; the functions lie at 16, 32 ... in .text. */
static void build_exports(struct elfb *b, const struct pg_export *exports, bool gpl, uint32_t text)
{
	uint8_t zero[64 * 12] = { 0 };
	uint32_t crcs[64], strings, table, strings_sym;
	struct text names = { .len = 1 };
	size_t n = 0, at = 16;

	for (const struct pg_export *e = exports; e->name; e++)
		n += e->gpl == gpl;
	if (!n)
		return;
	table = elfb_section(b, gpl ? "__ksymtab_gpl" : "__ksymtab", SHT_PROGBITS, SHF_ALLOC, zero, n * 12, 4);
	n = 0;
	for (const struct pg_export *e = exports; e->name; e++, at += 16) {
		if (e->gpl != gpl)
			continue;
		crcs[n++] = e->crc;
		names.len += (size_t)sprintf(names.bytes + names.len, "%s", e->name) + 1;
		if (e->space)
			names.len += (size_t)sprintf(names.bytes + names.len, "%s", e->space) + 1;
	}
	elfb_section(b, gpl ? "__kcrctab_gpl" : "__kcrctab", SHT_PROGBITS, SHF_ALLOC, crcs, n * 4, 4);
	strings = elfb_section(b, gpl ? "__ksymtab_strings_gpl" : "__ksymtab_strings", SHT_PROGBITS, SHF_ALLOC,
			       names.bytes, names.len, 1);
	strings_sym = elfb_section_symbol(b, strings);
	names.len = 1;
	n = 0;
	at = 16;
	for (const struct pg_export *e = exports; e->name; e++, at += 16) {
		if (e->gpl != gpl)
			continue;
		elfb_reloc(b, table, n * 12, R_X86_64_PC32, elfb_global(b, e->name, text, at), 0);
		elfb_reloc(b, table, n * 12 + 4, R_X86_64_PC32, strings_sym, (int64_t)names.len);
		names.len += strlen(e->name) + 1;
		if (e->space) {
			elfb_reloc(b, table, n * 12 + 8, R_X86_64_PC32, strings_sym, (int64_t)names.len);
			names.len += strlen(e->space) + 1;
		}
		n++;
	}
}

/* struct tenon_this_module: size, abi, init, exit, name. */
static void build_this(struct elfb *b, const struct pg_module *pm, uint32_t text)
{
	struct {
		uint32_t size, abi;
		uint64_t init, exit;
		char name[56];
	} this = { .size = 80, .abi = 1 };
	uint32_t sec;

	strncpy(this.name, pm->name, sizeof(this.name) - 1);
	sec = elfb_section(b, ".gnu.linkonce.this_module", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, &this, sizeof(this), 8);
	if (!pm->no_init)
		elfb_reloc(b, sec, 8, R_X86_64_64, elfb_global(b, "init_module", text, 0), 0);
	if (!pm->no_exit)
		elfb_reloc(b, sec, 16, R_X86_64_64, elfb_global(b, "cleanup_module", text, 4), 0);
}

struct param {
	uint64_t name, value, count;
	uint32_t max;
	uint16_t type, mode;
};

/* Offsets of the values in .params_data. */
enum { ON = 0, COUNT = 4, ARRAY = 8, ARRAY_CNT = 24, LABEL = 32, TEXT = 40, PARAM_BYTES = 48 };

static void build_params(struct elfb *b)
{
	static const char names[] = "on\0count\0array\0label\0text\0max_count";
	static const struct {
		uint16_t name, value, count, type;
		uint32_t max;
	} rows[] = { { 0, ON, 0, 0, 1 },      { 3, COUNT, 0, 5, 1 },  { 9, ARRAY, ARRAY_CNT, 5, 4 },
		     { 15, LABEL, 0, 11, 1 }, { 21, TEXT, 0, 12, 8 }, { 26, COUNT, 0, 5, 1 } };
	struct param table[6] = { 0 };
	uint32_t strings =
	    elfb_section_symbol(b, elfb_section(b, ".rodata.names", SHT_PROGBITS, SHF_ALLOC, names, sizeof(names), 1));
	uint32_t data = elfb_section_symbol(b, elfb_section(b, ".data.params", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE,
							    NULL, PARAM_BYTES, 8));
	uint32_t sec;

	for (int i = 0; i < 6; i++) {
		table[i].max = rows[i].max;
		table[i].type = rows[i].type;
	}
	sec = elfb_section(b, "__param", SHT_PROGBITS, SHF_ALLOC, table, sizeof(table), 8);
	for (uint64_t i = 0; i < 6; i++) {
		elfb_reloc(b, sec, i * sizeof(struct param), R_X86_64_64, strings, rows[i].name);
		elfb_reloc(b, sec, i * sizeof(struct param) + 8, R_X86_64_64, data, rows[i].value);
		if (rows[i].count)
			elfb_reloc(b, sec, i * sizeof(struct param) + 16, R_X86_64_64, data, rows[i].count);
	}
}

uint8_t *pg_build(const struct pg_module *pm, size_t *size)
{
	struct elfb *b = elfb_new(EM_X86_64, true);
	size_t text_bytes = 1024 + pm->text_bytes, at = 512;
	uint8_t *code = malloc(text_bytes);
	uint32_t text;

	memset(code, 0x90, text_bytes);
	memset(code + 512, 0, 512);
	text = elfb_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, code, text_bytes, 16);
	free(code);
	build_modinfo(b, pm);
	if (pm->build_id)
		elfb_section(b, ".note.gnu.build-id", SHT_NOTE, SHF_ALLOC, pm->build_id, 20, 4);
	for (const struct pg_import *i = pm->imports; i && i->name; i++, at += 8)
		elfb_reloc(b, text, at, R_X86_64_64,
			   i->weak ? elfb_symbol(b, i->name, STB_WEAK, STT_NOTYPE, SHN_UNDEF, 0, 0) :
				     elfb_undefined(b, i->name),
			   0);
	build_versions(b, pm->imports);
	if (pm->exports) {
		build_exports(b, pm->exports, false, text);
		build_exports(b, pm->exports, true, text);
	}
	if (pm->data_bytes)
		elfb_section(b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, pm->data_bytes, 8);
	if (pm->bss_bytes)
		elfb_section(b, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, pm->bss_bytes, 8);
	if (pm->ro_after_init_bytes)
		elfb_section(b, ".data..ro_after_init", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL,
			     pm->ro_after_init_bytes, pm->ro_after_init_align ? pm->ro_after_init_align : 8);
	if (pm->params)
		build_params(b);
	build_this(b, pm, text);
	return elfb_finish(b, size);
}

uint8_t *pg_build_signed(const struct pg_module *pm, size_t *size)
{
	static const uint8_t message[8] = "message";
	const struct tenon_modsig trailer = { .id_type = TENON_MODSIG_PKCS7,
					      .sig_len_be = { 0, 0, 0, sizeof(message) } };
	uint8_t *image = pg_build(pm, size);

	image = realloc(image, *size + sizeof(message) + sizeof(trailer) + TENON_MODSIG_MARKER_BYTES);
	memcpy(image + *size, message, sizeof(message));
	*size += sizeof(message);
	memcpy(image + *size, &trailer, sizeof(trailer));
	*size += sizeof(trailer);
	memcpy(image + *size, TENON_MODSIG_MARKER, TENON_MODSIG_MARKER_BYTES);
	*size += TENON_MODSIG_MARKER_BYTES;
	return image;
}

static int pg_call(void *arg, struct tenon_module *m, uint64_t address, int64_t *result)
{
	struct pg *pg = arg;
	struct tenon_module_info info;
	size_t len = strlen(pg->calls);

	tenon_module_info(m, &info);
	snprintf(pg->calls + len, sizeof(pg->calls) - len, "%c%s", address == info.init ? '+' : '-', info.name);
	*result = 0;
	if (address != info.init || !pg->fail_name || strcmp(pg->fail_name, info.name))
		return 0;
	*result = pg->fail_result;
	return pg->fail_result == -TENON_EFAULT ? -TENON_EFAULT : 0;
}

void pg_open(struct pg *pg)
{
	memset(pg, 0, sizeof(*pg));
	model_host_init(&pg->mh, &tenon_arch_x86_64, 0x60000000, 64 << 10);
	pg->mh.call = pg_call;
	pg->mh.call_arg = pg;
	if (tenon_create(&pg->mh.host, &pg->t) || tenon_accept(pg->t, &tenon_native, PG_VERMAGIC, NULL) ||
	    tenon_domain_open(pg->t, "kernel", TENON_DOMAIN_KERNEL, NULL, &pg->d))
		abort();
}

bool pg_close(struct pg *pg)
{
	if (tenon_domain_close(pg->t, pg->d))
		return false;
	tenon_destroy(pg->t);
	while (pg->image_cnt)
		free(pg->images[--pg->image_cnt]);
	return model_host_clean(&pg->mh);
}

static void add_file(struct pg *pg, const struct pg_module *pm, void *image, size_t size)
{
	pg->images[pg->image_cnt++] = image;
	model_host_file(&pg->mh, pm->name, image, size);
}

void pg_file(struct pg *pg, const struct pg_module *pm)
{
	size_t size;
	void *image = pg_build(pm, &size);

	add_file(pg, pm, image, size);
}

void pg_signed_file(struct pg *pg, const struct pg_module *pm)
{
	size_t size;
	void *image = pg_build_signed(pm, &size);

	add_file(pg, pm, image, size);
}

int pg_load(struct pg *pg, const char *name, uint32_t flags, const char *params)
{
	struct tenon_request req = { .name = name, .domain = pg->d, .params = params, .flags = flags };

	return tenon_load(pg->t, &req, NULL, &pg->diag);
}

int pg_insmod(struct pg *pg, const struct pg_module *pm, uint32_t flags, const char *params)
{
	size_t size;
	uint8_t *image = pg_build(pm, &size);
	struct tenon_source src = model_source(image, size, false);
	struct tenon_request req = { .source = &src, .domain = pg->d, .params = params, .flags = flags };
	int err = tenon_load(pg->t, &req, NULL, &pg->diag);

	free(image);
	return err;
}

int pg_unload(struct pg *pg, const char *name)
{
	return tenon_unload(pg->t, pg->d, name, 0, &pg->diag);
}

static int list_one(const struct tenon_module *m, void *arg)
{
	char *text = arg;

	sprintf(text + strlen(text), "%s%s%s", *text ? " " : "", tenon_module_name(m),
		tenon_module_state(m) == TENON_LIVE ? "" : "!");
	return 0;
}

const char *pg_list(struct pg *pg)
{
	static char text[4096];

	text[0] = 0;
	tenon_for_each(pg->t, list_one, text);
	return text;
}

struct find_info {
	const char *name;
	struct tenon_module_info *info;
};

static int find_info(const struct tenon_module *m, void *arg)
{
	struct find_info *f = arg;

	if (strcmp(tenon_module_name(m), f->name))
		return 0;
	tenon_module_info(m, f->info);
	return 1;
}

bool pg_info(struct pg *pg, const char *name, struct tenon_module_info *info)
{
	struct find_info f = { name, info };

	return tenon_for_each(pg->t, find_info, &f);
}

static char snapshot[1 << 16];

__attribute__((format(printf, 1, 2))) static void snap(const char *fmt, ...)
{
	size_t len = strlen(snapshot);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(snapshot + len, sizeof(snapshot) - len, fmt, ap);
	va_end(ap);
}

static int snap_module(const struct tenon_module *m, void *arg)
{
	struct tenon_module_info i;

	(void)arg;
	tenon_module_info(m, &i);
	snap("%s %s refs %u users %u taints %u owned %u exports %u imports %u\n", i.name, tenon_state_name(i.state),
	     i.refs, i.users, i.taints, i.owned_cnt, i.export_cnt, i.import_cnt);
	return 0;
}

static int snap_export(const struct tenon_export *e, void *arg)
{
	uint64_t *sum = arg;

	*sum += e->value * 31 + e->crc + strlen(e->name);
	return 0;
}

static int snap_region(const struct tenon_region *r, void *arg)
{
	(void)arg;
	snap("block %d @%lx: %zu+%zu %s\n", r->block->kind, (unsigned long)r->block->run, r->offset, r->size,
	     r->module ? tenon_module_name(r->module) : "free");
	return 0;
}

const char *pg_snapshot(struct pg *pg)
{
	uint64_t sum = 0;
	struct tenon_stats st;

	snapshot[0] = 0;
	tenon_for_each(pg->t, snap_module, NULL);
	tenon_for_each_export(pg->t, pg->d, snap_export, &sum);
	tenon_for_each_region(pg->t, snap_region, NULL);
	tenon_stats(pg->t, &st);
	snap("exports %lx blocks %zu used %zu\n", (unsigned long)sum, st.block_cnt, st.used_bytes);
	return snapshot;
}

bool pg_reason(struct pg *pg, enum tenon_reason want, const char *what)
{
	char text[512];

	if (ok(pg->diag.reason == want, "%s: %s", tenon_reason_name(want), what))
		return true;
	tenon_diag_format(&pg->diag, text, sizeof(text));
	diag("is %s: %s", tenon_reason_name(pg->diag.reason), text);
	return false;
}
