/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Tables of Linux's modules as kernels differ in them: flags of exports, addresses in export tables, extended versions.
 */
#include <stdlib.h>
#include <string.h>

#include "core/arch.h"
#include "tenon/fmt/elf_aarch64.h"
#include "tenon/fmt/elf_riscv64.h"
#include "tenon/fmt/elf_x86_64.h"
#include "tests/tap.h"
#include "tests/unit/elf_builder.h"
#include "tests/unit/playground.h"

#define VERMAGIC "7.2.0 SMP"

struct file {
	uint16_t machine;
	const char *name;
	bool exports, flags, gpl; /* exports "plain" and "for_gpl"; __kflagstab tells the second; its licence */
	size_t flag_bytes;        /* of __kflagstab; 0: two */
	const char *import;       /* or NULL */
	const char *ext_names;    /* ended by an empty one, all with the checksum 7; or NULL */
	size_t ext_cnt;
};

static void add_exports(struct elfb *b, const struct file *f, uint32_t text)
{
	static const char names[] = "\0plain\0for_gpl";
	static const uint8_t flags[3] = { 0, 1, 0 };
	bool wide = f->machine == EM_RISCV;
	size_t field = wide ? 8 : 4;
	uint32_t type = wide ? R_RISCV_64 : R_X86_64_PC32, table, strings;

	table = elfb_section(b, "__ksymtab", SHT_PROGBITS, SHF_ALLOC, NULL, 6 * field, field);
	if (f->flags)
		elfb_section(b, "__kflagstab", SHT_PROGBITS, SHF_ALLOC, flags, f->flag_bytes ? f->flag_bytes : 2, 1);
	strings = elfb_section_symbol(b, elfb_section(b, "__ksymtab_strings", SHT_PROGBITS, SHF_ALLOC, names,
						      sizeof(names), 1));
	text = elfb_section_symbol(b, text);
	for (size_t i = 0; i < 2; i++) {
		elfb_reloc(b, table, 3 * i * field, type, text, (int64_t)i * 16);
		elfb_reloc(b, table, (3 * i + 1) * field, type, strings, i ? 7 : 1);
		elfb_reloc(b, table, (3 * i + 2) * field, type, strings, 0);
	}
}

static uint8_t *build(const struct file *f, size_t *size)
{
	struct elfb *b = elfb_new(f->machine, true);
	static const uint8_t code[64];
	uint32_t text = elfb_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, code, sizeof(code), 16), this;
	const uint32_t crcs[] = { 7, 7, 7, 7 };
	char info[200];
	int len = snprintf(info, sizeof(info), "license=%s%cname=%s%cdepends=%cvermagic=" VERMAGIC,
			   f->gpl ? "GPL" : "MIT", 0, f->name, 0, 0);

	elfb_section(b, ".modinfo", SHT_PROGBITS, SHF_ALLOC, info, (size_t)len + 1, 1);
	this = elfb_section(b, ".gnu.linkonce.this_module", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 64);
	elfb_reloc(b, this, 8, f->machine == EM_RISCV ? R_RISCV_64 : R_X86_64_64,
		   elfb_global(b, "init_module", text, 0), 0);
	if (f->exports)
		add_exports(b, f, text);
	if (f->import)
		elfb_reloc(b, this, 16, R_X86_64_64, elfb_undefined(b, f->import), 0);
	if (f->ext_names) {
		const char *end = f->ext_names;

		while (*end)
			end += strlen(end) + 1;
		elfb_section(b, "__version_ext_crcs", SHT_PROGBITS, SHF_ALLOC, crcs, f->ext_cnt * 4, 4);
		elfb_section(b, "__version_ext_names", SHT_PROGBITS, SHF_ALLOC, f->ext_names,
			     (size_t)(end - f->ext_names), 1);
	}
	return elfb_finish(b, size);
}

static int load(struct pg *pg, const struct file *f)
{
	size_t size;
	uint8_t *image = build(f, &size);
	struct tenon_source src = model_source(image, size, false);
	struct tenon_request req = { .source = &src, .domain = pg->d, .flags = TENON_LOAD_NO_START };
	int err = tenon_load(pg->t, &req, NULL, &pg->diag);

	free(image);
	return err;
}

static void open_with(struct pg *pg, const struct tenon_arch *arch)
{
	memset(pg, 0, sizeof(*pg));
	model_host_init(&pg->mh, arch, 0x60000000, 64 << 10);
	if (tenon_create(&pg->mh.host, &pg->t) || tenon_accept(pg->t, &tenon_linux, VERMAGIC, NULL) ||
	    tenon_domain_open(pg->t, "kernel", TENON_DOMAIN_KERNEL, NULL, &pg->d))
		abort();
}

static bool export_is(struct pg *pg, const char *name, tenon_addr offset, bool gpl)
{
	struct tenon_module_info info;
	struct tenon_export e;

	return pg_info(pg, "a", &info) && !tenon_lookup(pg->t, pg->d, name, &e) &&
	       e.value == info.address[TENON_MEM_TEXT] + offset && !(e.flags & TENON_EXPORT_GPL) == !gpl && !e.space[0];
}

static void test_flags(void)
{
	struct file a = { .machine = EM_X86_64, .name = "a", .exports = true, .flags = true, .gpl = true };
	struct file user = { .machine = EM_X86_64, .name = "user", .import = "for_gpl" };
	struct pg pg;

	open_with(&pg, &tenon_arch_x86_64);
	ok(!load(&pg, &a) && export_is(&pg, "plain", 0, false) && export_is(&pg, "for_gpl", 16, true),
	   "__kflagstab says which exports are for GPL-compatible modules");
	ok(load(&pg, &user) == -TENON_EINVAL && pg_reason(&pg, TENON_R_LICENSE, "another licence"),
	   "and they are for no others");
	user.import = "plain";
	ok(!load(&pg, &user), "the others are");
	pg_unload(&pg, "user");
	pg_unload(&pg, "a");
	for (a.flag_bytes = 1; a.flag_bytes <= 3; a.flag_bytes += 2)
		ok(load(&pg, &a) == -TENON_ENOEXEC && pg_reason(&pg, TENON_R_EXPORT_MALFORMED, "flags"),
		   "class 20 two exports and flags of %zu", a.flag_bytes);
	ok(pg_close(&pg), "nothing is left");
}

static void test_absolute(void)
{
	const struct file a = { .machine = EM_RISCV, .name = "a", .exports = true, .gpl = true };
	struct pg pg;

	open_with(&pg, &tenon_arch_riscv64);
	ok(!load(&pg, &a) && export_is(&pg, "plain", 0, false) && export_is(&pg, "for_gpl", 16, false),
	   "riscv64: export tables hold addresses");
	pg_unload(&pg, "a");
	ok(pg_close(&pg), "nothing is left");
}

static void test_versions(void)
{
	static const struct tenon_export kernel[] = { { .name = "first", .value = 0x61000000, .crc = 7 },
						      { .name = "second", .value = 0x61000010, .crc = 8 },
						      { .name = "third", .value = 0x61000020, .crc = 7 } };
	struct file f = { .machine = EM_X86_64,
			  .name = "a",
			  .import = "first",
			  .ext_names = "other\0first\0second\0",
			  .ext_cnt = 3 };
	struct pg pg;

	open_with(&pg, &tenon_arch_x86_64);
	tenon_provide(pg.t, pg.d, kernel, 3, NULL);
	ok(!load(&pg, &f), "extended versions are read");
	pg_unload(&pg, "a");
	f.import = "second";
	ok(load(&pg, &f) == -TENON_EINVAL && pg_reason(&pg, TENON_R_SYM_CRC, "another version"), "and compared");
	f.import = "third";
	ok(load(&pg, &f) == -TENON_EINVAL && pg_reason(&pg, TENON_R_SYM_CRC_MISSING, "no version"),
	   "and all must be there");
	f.ext_cnt = 4;
	ok(load(&pg, &f) == -TENON_ENOEXEC && pg_reason(&pg, TENON_R_VERSIONS_MALFORMED, "more checksums than names"),
	   "class 20 more checksums than names");
	ok(pg_close(&pg), "nothing is left");
}

/* Many entries of the smaller form, which would be read as the larger one far behind the file. */
static void test_form(const struct tenon_arch *arch, uint32_t type)
{
	struct elfb *b = elfb_new(arch->machine, true);
	uint32_t text = elfb_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, NULL, 64, 16), to;
	static const char info[] = "license=GPL\0name=a\0vermagic=" VERMAGIC;
	struct tenon_source src;
	struct tenon_request req = { .source = &src, .flags = TENON_LOAD_NO_START };
	uint8_t *image;
	size_t size;
	Elf64_Shdr *relocs;
	struct pg pg;

	elfb_section(b, ".modinfo", SHT_PROGBITS, SHF_ALLOC, info, sizeof(info), 1);
	elfb_section(b, ".gnu.linkonce.this_module", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 64, 64);
	to = elfb_section_symbol(b, text);
	for (int i = 0; i < 10000; i++)
		elfb_reloc(b, text, 0, type, to, 0);
	image = elfb_finish(b, &size);
	relocs = elfb_shdr(image, elfb_find_section(image, ".rela.text"));
	relocs->sh_type = SHT_REL;
	relocs->sh_entsize = sizeof(Elf64_Rel);
	open_with(&pg, arch);
	src = model_source(image, size, true);
	req.domain = pg.d;
	ok(tenon_load(pg.t, &req, NULL, &pg.diag) == -TENON_ENOEXEC && pg_reason(&pg, TENON_R_REL_KIND, arch->name),
	   "class 31 %s: entries of the other form are not looked at", arch->name);
	ok(pg_close(&pg), "nothing is left");
	free(image);
}

int main(void)
{
	test_flags();
	test_absolute();
	test_versions();
	test_form(&tenon_arch_x86_64, R_X86_64_GOTPCREL);
	test_form(&tenon_arch_aarch64, R_AARCH64_CALL26);
	test_form(&tenon_arch_riscv64, R_RISCV_CALL);
	return tap_done();
}
