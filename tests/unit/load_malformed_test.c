/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Files with one defect each, refused by a load with their own diagnosis, nothing left behind. What only the ELF reader
 * checks stands in fmt_elf_test.c; here are the file as a whole, relocations, tables and what the module says of
 * itself.
 */
#include <stdlib.h>
#include <string.h>

#include "tenon/fmt/elf_x86_64.h"
#include "tests/tap.h"
#include "tests/unit/elf_builder.h"
#include "tests/unit/playground.h"

#define EXPORTS(...) (const struct pg_export[]){ __VA_ARGS__, { .name = NULL } }
#define IMPORTS(...) (const struct pg_import[]){ __VA_ARGS__, { .name = NULL } }

static const struct pg_module good = { .name = "x",
				       .data_bytes = 64,
				       .bss_bytes = 64,
				       .params = true,
				       .imports = IMPORTS({ .name = "one", .crc = 5 }, { .name = "two", .crc = 6 }),
				       .exports =
					   EXPORTS({ .name = "exported", .crc = 7 }, { .name = "other", .crc = 8 }) };

static Elf64_Shdr *shdr(uint8_t *image, const char *name)
{
	return elfb_shdr(image, elfb_find_section(image, name));
}

static Elf64_Rela *rela(uint8_t *image, const char *section)
{
	size_t size;
	char name[64];

	snprintf(name, sizeof(name), ".rela%s", section);
	return (Elf64_Rela *)(void *)elfb_data(image, elfb_find_section(image, name), &size);
}

static uint8_t *bytes(uint8_t *image, const char *section)
{
	size_t size;

	return elfb_data(image, elfb_find_section(image, section), &size);
}

static void set_type(Elf64_Rela *r, uint32_t type)
{
	r->r_info = (r->r_info & ~0xffffffffull) | type;
}

/* ---- the defects ---- */

static void rel_symbol(uint8_t *i)
{
	rela(i, ".text")->r_info |= 0xffffffull << 40;
}

static void rel_offset(uint8_t *i)
{
	rela(i, ".text")->r_offset = 1 << 20;
}

static void rel_offset_width(uint8_t *i)
{
	rela(i, ".text")->r_offset = shdr(i, ".text")->sh_size - 7;
}

static void rel_offset_huge(uint8_t *i)
{
	rela(i, ".text")->r_offset = UINT64_MAX - 3;
}

static void rel_type(uint8_t *i)
{
	set_type(rela(i, ".text"), 255);
}

static void rel_range(uint8_t *i)
{
	set_type(rela(i, ".text"), R_X86_64_32S);
	rela(i, ".text")->r_addend = 1ll << 40;
}

static void rel_nonzero(uint8_t *i)
{
	bytes(i, ".text")[512] = 1;
}

static void rel_kind(uint8_t *i)
{
	shdr(i, ".rela.text")->sh_type = SHT_REL;
	shdr(i, ".rela.text")->sh_entsize = 16;
}

static void rel_nobits(uint8_t *i)
{
	shdr(i, ".rela.text")->sh_info = elfb_find_section(i, ".bss");
}

static void rel_discarded(uint8_t *i)
{
	uint32_t sym = elfb_find_symbol(i, "exported");

	((Elf64_Sym *)elfb_sym(i, sym))->st_shndx = (uint16_t)elfb_find_section(i, ".modinfo");
}

static void export_null(uint8_t *i)
{
	rela(i, "__ksymtab")->r_addend = 1 << 24;
}

static void export_name(uint8_t *i)
{
	rela(i, "__ksymtab")[1].r_addend = 1 << 24;
}

static void export_size(uint8_t *i)
{
	shdr(i, "__ksymtab")->sh_size -= 4;
	rela(i, "__ksymtab")[3].r_offset = rela(i, "__ksymtab")[2].r_offset = 0;
	shdr(i, ".rela__ksymtab")->sh_size = 48;
}

static void crctab_size(uint8_t *i)
{
	shdr(i, "__kcrctab")->sh_size -= 4;
}

static void versions_size(uint8_t *i)
{
	shdr(i, "__versions")->sh_size -= 1;
}

static void versions_name(uint8_t *i)
{
	memset(bytes(i, "__versions") + 8, 'n', 56);
}

static void this_size(uint8_t *i)
{
	bytes(i, ".gnu.linkonce.this_module")[0]++;
}

static void this_abi(uint8_t *i)
{
	bytes(i, ".gnu.linkonce.this_module")[4]++;
}

static void init_address(uint8_t *i)
{
	rela(i, ".gnu.linkonce.this_module")->r_addend = 1 << 20;
}

static void exit_address(uint8_t *i)
{
	rela(i, ".gnu.linkonce.this_module")[1].r_addend = 1 << 20;
}

static void modinfo_end(uint8_t *i)
{
	shdr(i, ".modinfo")->sh_size -= 1;
}

static void modinfo_equals(uint8_t *i)
{
	*strchr((char *)bytes(i, ".modinfo"), '=') = ':';
}

static void no_name(uint8_t *i)
{
	char *name = memchr(bytes(i, ".modinfo"), 0, 100);

	memcpy(name + 1, "nema", 4);
}

static void no_vermagic(uint8_t *i)
{
	size_t size;
	char *p = (char *)elfb_data(i, elfb_find_section(i, ".modinfo"), &size);

	memcpy(p + size - sizeof("vermagic=" PG_VERMAGIC), "virmagic", 8);
}

static void modinfo_type(uint8_t *i)
{
	shdr(i, ".modinfo")->sh_type = SHT_NOTE;
}

static void param_size(uint8_t *i)
{
	shdr(i, "__param")->sh_size -= 8;
	shdr(i, ".rela__param")->sh_size -= 3 * 24;
}

static void param_type(uint8_t *i)
{
	bytes(i, "__param")[28] = 99;
}

static void param_name(uint8_t *i)
{
	rela(i, "__param")->r_addend = 1 << 20;
}

static void param_value(uint8_t *i)
{
	rela(i, "__param")[1].r_addend = 1 << 20;
}

static void machine(uint8_t *i)
{
	((Elf64_Ehdr *)(void *)i)->e_machine = EM_AARCH64;
}

static void huge_image(uint8_t *i)
{
	shdr(i, ".bss")->sh_size = 1ull << 29;
	shdr(i, ".bss")->sh_flags |= SHF_ALLOC;
}

static void second_modinfo(uint8_t *i)
{
	/* .data takes the name of .modinfo. */
	shdr(i, ".data")->sh_name = shdr(i, ".modinfo")->sh_name;
}

static const struct {
	const char *what;
	void (*spoil)(uint8_t *image);
	enum tenon_reason reason;
} defects[] = {
	{ "class 29 relocation against a symbol that is not there", rel_symbol, TENON_R_REL_SYMBOL },
	{ "class 30 relocation behind the section", rel_offset, TENON_R_REL_OFFSET },
	{ "class 30 relocation across the end of the section", rel_offset_width, TENON_R_REL_OFFSET },
	{ "class 30 relocation offset near 2^64", rel_offset_huge, TENON_R_REL_OFFSET },
	{ "class 31 unknown relocation type", rel_type, TENON_R_REL_TYPE },
	{ "class 31 REL where RELA belongs", rel_kind, TENON_R_REL_KIND },
	{ "class 32 value that does not fit", rel_range, TENON_R_REL_RANGE },
	{ "class 34 relocation of a section without contents", rel_nobits, TENON_R_REL_TARGET },
	{ "class 35 relocated place that is not zero", rel_nonzero, TENON_R_REL_NONZERO },
	{ "class 24 symbol in a section that is not loaded", rel_discarded, TENON_R_REL_DISCARDED },
	{ "class 27 export outside the module", export_null, TENON_R_EXPORT_NULL },
	{ "class 27 export name outside the module", export_name, TENON_R_EXPORT_MALFORMED },
	{ "class 20 ksymtab of an odd size", export_size, TENON_R_EXPORT_MALFORMED },
	{ "class 20 checksums that do not go with the exports", crctab_size, TENON_R_EXPORT_MALFORMED },
	{ "class 20 __versions of an odd size", versions_size, TENON_R_VERSIONS_MALFORMED },
	{ "class 20 __versions with an unterminated name", versions_name, TENON_R_VERSIONS_MALFORMED },
	{ "class 20 module section of another size", this_size, TENON_R_THIS_MODULE },
	{ "class 40 module section of another version", this_abi, TENON_R_THIS_MODULE },
	{ "class 43 init outside the text", init_address, TENON_R_INIT_ADDRESS },
	{ "class 43 exit outside the text", exit_address, TENON_R_INIT_ADDRESS },
	{ "class 20 .modinfo that is not terminated", modinfo_end, TENON_R_MODINFO_MALFORMED },
	{ "class 20 .modinfo without '='", modinfo_equals, TENON_R_MODINFO_MALFORMED },
	{ "class 20 .modinfo of another type", modinfo_type, TENON_R_SEC_SPECIAL },
	{ "class 15 two .modinfo", second_modinfo, TENON_R_SEC_DUPLICATE },
	{ "class 44 no name", no_name, TENON_R_NAME_MISSING },
	{ "class 40 no version magic", no_vermagic, TENON_R_NO_PERSONALITY },
	{ "class 42 parameter table of an odd size", param_size, TENON_R_PARAM_TABLE },
	{ "class 42 parameter of an unknown type", param_type, TENON_R_PARAM_TABLE },
	{ "class 42 parameter whose name is outside the module", param_name, TENON_R_PARAM_TABLE },
	{ "class 42 parameter whose value is outside the module", param_value, TENON_R_PARAM_TABLE },
	{ "class 2 another machine", machine, TENON_R_ELF_MACHINE },
	{ "class 12 sections larger than the limit together", huge_image, TENON_R_IMAGE_TOO_LARGE },
};

static const struct tenon_export kernel_exports[] = { { .name = "one", .value = 0x61000000, .crc = 5 },
						      { .name = "two", .value = 0x61000010, .crc = 6 } };

static int load(struct pg *pg, const uint8_t *image, size_t size)
{
	struct tenon_source src = model_source(image, size, false);
	struct tenon_request req = { .source = &src, .domain = pg->d, .params = "on=y" };

	return tenon_load(pg->t, &req, NULL, &pg->diag);
}

static void test_defect(size_t n)
{
	struct pg pg;
	size_t size;
	uint8_t *image = pg_build(&good, &size);

	pg_open(&pg);
	tenon_provide(pg.t, pg.d, kernel_exports, 2, NULL);
	defects[n].spoil(image);
	ok(load(&pg, image, size) < 0, "%s: refused", defects[n].what);
	pg_reason(&pg, defects[n].reason, defects[n].what);
	ok(!pg_list(&pg)[0] && pg.calls[0] == 0 && pg_close(&pg), "%s: nothing ran, nothing is left", defects[n].what);
	free(image);
}

/* ---- the file as a whole ---- */

static int64_t read_short(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	memcpy(buf, (char *)src->host + offset, len / 2);
	return (int64_t)(len / 2);
}

static int64_t read_error(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	(void)src, (void)offset, (void)buf, (void)len;
	return -TENON_EIO;
}

static int closed_cnt;

static void count_close(struct tenon_source *src)
{
	(void)src;
	closed_cnt++;
}

static void test_source(int64_t (*read_at)(struct tenon_source *, uint64_t, void *, size_t), uint64_t size,
			enum tenon_reason reason, const char *what)
{
	size_t image_size;
	uint8_t *image = pg_build(&good, &image_size);
	struct tenon_source src = {
		.size = size ? image_size : 0, .read_at = read_at, .host = image, .close = count_close
	};
	struct tenon_request req = { .source = &src };
	struct pg pg;

	pg_open(&pg);
	req.domain = pg.d;
	closed_cnt = 0;
	ok(tenon_load(pg.t, &req, NULL, &pg.diag) < 0, "%s: refused", what);
	pg_reason(&pg, reason, what);
	ok(closed_cnt == 1 && pg_close(&pg), "%s: the source was closed, nothing is left", what);
	free(image);
}

/* Every truncation is refused; none crashes. The whole file loads. */
static void test_truncations(void)
{
	struct pg pg;
	size_t size, refused = 0;
	uint8_t *image = pg_build(&good, &size);

	pg_open(&pg);
	tenon_provide(pg.t, pg.d, kernel_exports, 2, NULL);
	for (size_t n = 1; n < size; n++) {
		uint8_t *cut = malloc(n);

		memcpy(cut, image, n);
		refused += load(&pg, cut, n) < 0;
		free(cut);
	}
	ok(refused == size - 1, "class 1, 8 all %zu truncations are refused", size - 1);
	ok(!load(&pg, image, size), "the whole file loads");
	pg_unload(&pg, "x");
	ok(pg_close(&pg), "nothing is left");
	free(image);
}

int main(void)
{
	for (size_t n = 0; n < sizeof(defects) / sizeof(defects[0]); n++)
		test_defect(n);
	test_source(read_short, 1, TENON_R_READ_SHORT, "class 47 a short read");
	test_source(read_error, 1, TENON_R_READ_FAILED, "class 47 a read error");
	test_source(read_short, 0, TENON_R_FILE_EMPTY, "class 1 an empty file");
	test_truncations();
	return tap_done();
}
