/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The smallest profile: one object linked, used, unlinked; malformed ones refused; each host call failing once. */
#include <stdlib.h>
#include <string.h>

#include "tenon/fmt/elf_x86_64.h"
#include "tenon/small.h"
#include "tests/tap.h"
#include "tests/unit/elf_builder.h"
#include "tests/unit/model_host.h"

static const struct tenon_export exports[] = { { .name = "alpha", .value = 0x61000000 },
					       { .name = "beta", .value = 0x61000010 },
					       { .name = "gamma", .value = 0x61000020 } };

static uint8_t *build(const char *import, bool weak, size_t *size)
{
	struct elfb *b = elfb_new(EM_X86_64, true);
	uint32_t text = elfb_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, NULL, 64, 16);
	uint32_t data = elfb_section(b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 32, 8);
	uint32_t rodata = elfb_section(b, ".rodata", SHT_PROGBITS, SHF_ALLOC, "fixed", 6, 1);
	uint32_t bss = elfb_section(b, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 100, 32);
	uint32_t sym = elfb_symbol(b, import, weak ? STB_WEAK : STB_GLOBAL, STT_NOTYPE, SHN_UNDEF, 0, 0);

	elfb_section(b, ".comment", SHT_PROGBITS, 0, "not loaded", 11, 1);
	elfb_global(b, "init_module", text, 16);
	elfb_global(b, "cleanup_module", text, 32);
	elfb_reloc(b, text, 4, R_X86_64_PC32, sym, -4);
	elfb_reloc(b, data, 0, R_X86_64_64, elfb_section_symbol(b, rodata), 2);
	elfb_reloc(b, data, 8, R_X86_64_64, elfb_section_symbol(b, bss), 0);
	elfb_reloc(b, data, 16, R_X86_64_64, sym, 0);
	return elfb_finish(b, size);
}

static uint64_t word(const struct tenon_small *m, size_t at)
{
	uint64_t v;

	memcpy(&v, (const uint8_t *)m->block[TENON_MEM_DATA].host + at, sizeof(v));
	return v;
}

static int load(struct model_host *mh, const char *import, bool weak, struct tenon_small *m, struct tenon_diag *diag)
{
	size_t size;
	uint8_t *image = build(import, weak, &size);
	int err;

	*diag = (struct tenon_diag){ 0 };
	err = tenon_small_load(&mh->host, image, size, exports, 3, m, diag);
	free(image);
	return err;
}

static void test_link(void)
{
	struct model_host mh;
	struct tenon_small m;
	struct tenon_diag diag;
	int32_t rel;

	model_host_init(&mh, &tenon_arch_x86_64, 0x60000000, 4096);
	mh.lockless = true;
	ok(!load(&mh, "beta", false, &m, &diag), "an object links");
	ok(m.init == m.block[TENON_MEM_TEXT].run + 16 && m.exit == m.init + 16, "init and exit are found");
	memcpy(&rel, (uint8_t *)m.block[TENON_MEM_TEXT].host + 4, 4);
	ok(m.block[TENON_MEM_TEXT].run + 8 + (uint64_t)(int64_t)rel == 0x61000010, "a call reaches its import");
	ok(word(&m, 0) == m.block[TENON_MEM_RODATA].run + 2 && word(&m, 8) == m.block[TENON_MEM_DATA].run + 32 &&
	       word(&m, 16) == 0x61000010,
	   "pointers to rodata, bss and an import");
	ok(!memcmp(m.block[TENON_MEM_RODATA].host, "fixed", 6), "rodata has its bytes");
	tenon_small_unload(&mh.host, &m);
	ok(model_host_clean(&mh), "nothing is left");
	ok(!load(&mh, "absent", true, &m, &diag) && word(&m, 16) == 0, "a weak symbol that is absent is 0");
	tenon_small_unload(&mh.host, &m);
	ok(load(&mh, "absent", false, &m, &diag) == -TENON_ENOENT && diag.reason == TENON_R_SYM_UNDEFINED &&
	       !strcmp(diag.name, "absent"),
	   "a symbol that is absent is refused by name");
	ok(load(&mh, "alpha", false, &m, &diag) == 0, "the first export is found");
	tenon_small_unload(&mh.host, &m);
	ok(load(&mh, "gamma", false, &m, &diag) == 0, "and the last");
	tenon_small_unload(&mh.host, &m);
	ok(model_host_clean(&mh), "nothing is left");
}

static void test_refused(void)
{
	size_t size, refused = 0;
	uint8_t *image = build("beta", false, &size);
	struct model_host mh;
	struct tenon_small m;
	struct tenon_diag diag = { 0 };

	model_host_init(&mh, &tenon_arch_aarch64, 0x60000000, 4096);
	mh.lockless = true;
	ok(tenon_small_load(&mh.host, image, size, exports, 3, &m, &diag) == -TENON_ENOEXEC &&
	       diag.reason == TENON_R_ELF_MACHINE,
	   "another CPU's object is refused");
	model_host_init(&mh, &tenon_arch_x86_64, 0x60000000, 4096);
	mh.lockless = true;
	for (size_t n = 0; n < size; n++) {
		uint8_t *cut = malloc(n ? n : 1);

		memcpy(cut, image, n);
		refused += tenon_small_load(&mh.host, cut, n, exports, 3, &m, &diag) < 0;
		free(cut);
	}
	ok(refused == size && model_host_clean(&mh), "all %zu truncations are refused, nothing is left", size);
	free(image);
}

static void test_sweep(void)
{
	bool clean = true;
	long n = 0;
	int err;

	do {
		struct model_host mh;
		struct tenon_small m;
		struct tenon_diag diag;

		model_host_init(&mh, &tenon_arch_x86_64, 0x60000000, 4096);
		mh.lockless = true;
		mh.fail_at = ++n;
		err = load(&mh, "beta", false, &m, &diag);
		if (!err)
			tenon_small_unload(&mh.host, &m);
		clean &= model_host_clean(&mh);
	} while (err && n < 100);
	ok(!err && n == 9 && clean, "F-01 with each of %ld host calls failing nothing is left", n - 1);
}

int main(void)
{
	test_link();
	test_refused();
	test_sweep();
	return tap_done();
}
