/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Per-CPU variables of Linux's modules: which offset in the windows of CPUs they get, and what is refused. Each module
 * here exports its variable by its own name, so that its value can be looked up.
 */
#include <stdlib.h>
#include <string.h>

#include "tenon/fmt/elf_x86_64.h"
#include "tenon/linux.h"
#include "tests/tap.h"
#include "tests/unit/elf_builder.h"
#include "tests/unit/playground.h"

#define VERMAGIC "6.1.0 SMP"
#define AREA_BYTES (TENON_LINUX_PERCPU_END - TENON_LINUX_PERCPU_START)
#define VARIABLE_OFFSET 4 /* in the section */

struct file {
	const char *name;
	size_t bytes;
	uint64_t flags, align; /* 0: writable data, 8 */
	bool twice;
};

static void add_export(struct elfb *b, const char *name, uint32_t variable)
{
	uint32_t table = elfb_section(b, "__ksymtab", SHT_PROGBITS, SHF_ALLOC, NULL, 12, 4);
	uint32_t names = elfb_section_symbol(b, elfb_section(b, "__ksymtab_strings", SHT_PROGBITS, SHF_ALLOC, name,
							     strlen(name) + 1, 1));

	elfb_reloc(b, table, 0, R_X86_64_PC32, variable, 0);
	elfb_reloc(b, table, 4, R_X86_64_PC32, names, 0);
	elfb_reloc(b, table, 8, R_X86_64_PC32, names, (int64_t)strlen(name));
}

static uint8_t *build(const struct file *f, size_t *size)
{
	static const uint8_t code[16] = { 0xc3 };
	struct elfb *b = elfb_new(EM_X86_64, true);
	uint32_t text = elfb_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, code, sizeof(code), 16);
	uint64_t flags = f->flags ? f->flags : SHF_ALLOC | SHF_WRITE;
	uint32_t this, section;
	char info[200];
	int len = snprintf(info, sizeof(info), "license=GPL%cname=%s%cdepends=%cvermagic=" VERMAGIC, 0, f->name, 0, 0);

	elfb_section(b, ".modinfo", SHT_PROGBITS, SHF_ALLOC, info, (size_t)len + 1, 1);
	this = elfb_section(b, ".gnu.linkonce.this_module", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 64);
	elfb_reloc(b, this, 8, R_X86_64_64, elfb_global(b, "init_module", text, 0), 0);
	elfb_reloc(b, this, 16, R_X86_64_64, elfb_global(b, "cleanup_module", text, 0), 0);
	section = elfb_section(b, ".data..percpu", SHT_PROGBITS, flags, NULL, f->bytes, f->align ? f->align : 8);
	if (f->twice)
		elfb_section(b, ".data..percpu", SHT_PROGBITS, flags, NULL, 8, 8);
	add_export(b, f->name, elfb_global(b, "variable", section, VARIABLE_OFFSET));
	return elfb_finish(b, size);
}

static int load(struct pg *pg, const struct file *f)
{
	size_t size;
	uint8_t *image = build(f, &size);
	struct tenon_source src = model_source(image, size, false);
	struct tenon_request req = { .source = &src, .domain = pg->d };
	int err = tenon_load(pg->t, &req, NULL, &pg->diag);

	free(image);
	return err;
}

/* Where its section is in the windows; 0: the module is not there. */
static tenon_addr offset_of(struct pg *pg, const char *name)
{
	struct tenon_export e;

	return tenon_lookup(pg->t, pg->d, name, &e) ? 0 : e.value - VARIABLE_OFFSET;
}

static bool refused(struct pg *pg, const struct file *f, enum tenon_reason reason, const char *what)
{
	return ok(load(pg, f) < 0 && !offset_of(pg, f->name), "%s is refused", what) && pg_reason(pg, reason, what);
}

static void test_offsets(struct pg *pg)
{
	const struct file a = { .name = "a", .bytes = 72 }, b = { .name = "b", .bytes = 8, .align = 4096 },
			  c = { .name = "c", .bytes = 8 }, d = { .name = "d", .bytes = 100 };
	tenon_addr was;

	ok(!load(pg, &a) && offset_of(pg, "a") == TENON_LINUX_PERCPU_START, "the first has the first offset");
	ok(!load(pg, &b) && offset_of(pg, "b") == TENON_LINUX_PERCPU_START + 4096, "one of a page's alignment has it");
	ok(!load(pg, &c) && offset_of(pg, "c") == TENON_LINUX_PERCPU_START + 128, "the next shares no cache line");
	was = offset_of(pg, "a");
	ok(!pg_unload(pg, "a") && !load(pg, &d) && offset_of(pg, "d") == was, "what an unloaded one had is used again");
	ok(!load(pg, &a) && offset_of(pg, "a") == TENON_LINUX_PERCPU_START + 192, "... and is not used twice");
	for (const char *name = "abcd"; *name; name++)
		pg_unload(pg, (const char[]){ *name, 0 });
}

static void test_full(struct pg *pg)
{
	const struct file all = { .name = "all", .bytes = AREA_BYTES }, one = { .name = "one", .bytes = 8 };

	ok(!load(pg, &all), "one may have all there is");
	refused(pg, &one, TENON_R_NO_MODULE_SPACE, "one for which nothing is left");
	ok(!pg_unload(pg, "all") && !load(pg, &one) && !pg_unload(pg, "one"), "it loads when the other has gone");
}

static void test_refused(struct pg *pg)
{
	refused(pg, &(struct file){ .name = "m", .bytes = AREA_BYTES + 1 }, TENON_R_SEC_SPECIAL, "a section too large");
	refused(pg, &(struct file){ .name = "m", .bytes = 8, .align = 8192 }, TENON_R_SEC_SPECIAL,
		"alignment to more than a page");
	refused(pg, &(struct file){ .name = "m", .bytes = 8, .flags = SHF_ALLOC }, TENON_R_SEC_FLAGS, "read-only data");
	refused(pg, &(struct file){ .name = "m", .bytes = 8, .flags = SHF_ALLOC | SHF_EXECINSTR }, TENON_R_SEC_FLAGS,
		"code");
	refused(pg, &(struct file){ .name = "m", .bytes = 8, .twice = true }, TENON_R_SEC_DUPLICATE,
		"a second section");
}

int main(void)
{
	static const struct pg_export exports[] = { { .name = "tenon_linux_start" },
						    { .name = "tenon_linux_stop" },
						    { 0 } };
	struct pg pg;

	pg_open(&pg);
	tenon_accept(pg.t, &tenon_linux, VERMAGIC, "linux");
	pg_file(&pg, &(struct pg_module){ .name = "linux", .exports = exports });
	test_offsets(&pg);
	test_full(&pg);
	test_refused(&pg);
	pg_unload(&pg, "linux");
	ok(pg_close(&pg), "nothing is left");
	return tap_done();
}
