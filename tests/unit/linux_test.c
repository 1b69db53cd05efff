/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Files that look like Linux's modules and are not well-formed ones. */
#include <stdlib.h>

#include "tenon/fmt/elf_x86_64.h"
#include "tests/tap.h"
#include "tests/unit/elf_builder.h"
#include "tests/unit/playground.h"

#define VERMAGIC "6.1.0 SMP"

/* A module section with these flags; its relocation has this symbol index, if not 0, and this addend. */
static int load(uint64_t flags, uint32_t symbol, int64_t addend, struct tenon_diag *diag)
{
	static const char modinfo[] = "license=GPL\0name=m\0depends=\0vermagic=" VERMAGIC;
	static const uint8_t code[64] = { 0xc3 };
	struct elfb *b = elfb_new(EM_X86_64, true);
	uint32_t this, init,
	    text = elfb_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, code, sizeof(code), 16);
	struct tenon_source src;
	struct tenon_request req = { .source = &src, .flags = TENON_LOAD_NO_START };
	struct pg pg;
	uint8_t *image;
	size_t size, bytes;
	Elf64_Rela *rela;
	int err;

	init = elfb_global(b, "init_module", text, 0);
	elfb_section(b, ".modinfo", SHT_PROGBITS, SHF_ALLOC, modinfo, sizeof(modinfo), 1);
	this = elfb_section(b, ".gnu.linkonce.this_module", SHT_PROGBITS, flags, NULL, 64, 64);
	elfb_reloc(b, this, 8, R_X86_64_64, init, 0);
	image = elfb_finish(b, &size);
	rela = (Elf64_Rela *)elfb_data(image, elfb_find_section(image, ".rela.gnu.linkonce.this_module"), &bytes);
	rela->r_addend = addend;
	if (symbol)
		rela->r_info = (uint64_t)symbol << 32 | R_X86_64_64;
	pg_open(&pg);
	tenon_accept(pg.t, &tenon_linux, VERMAGIC, NULL);
	src = model_source(image, size, false);
	req.domain = pg.d;
	err = tenon_load(pg.t, &req, NULL, diag);
	if (!err)
		tenon_unload(pg.t, pg.d, "m", 0, NULL);
	free(image);
	ok(pg_close(&pg), "nothing is left");
	return err;
}

int main(void)
{
	struct tenon_diag diag;

	ok(load(SHF_ALLOC | SHF_WRITE, 0, 0, &diag) == 0, "a module section that is loaded");
	ok(load(SHF_ALLOC | SHF_WRITE, 1u << 20, 0, &diag) == -TENON_ENOEXEC && diag.reason == TENON_R_REL_SYMBOL,
	   "class 29 a symbol index out of range in it");
	ok(load(SHF_WRITE, 1u << 20, 0, &diag) == -TENON_ENOEXEC && diag.reason == TENON_R_THIS_MODULE,
	   "class 29 the same where the section is not loaded, so that nobody has checked its relocations");
	ok(load(SHF_ALLOC | SHF_WRITE, 0, 16, &diag) == 0, "init is the function with the addend");
	ok(load(SHF_ALLOC | SHF_WRITE, 0, 1 << 20, &diag) == -TENON_ENOEXEC && diag.reason == TENON_R_INIT_ADDRESS,
	   "class 43 what is called is checked: the field of the module section, not the symbol");
	return tap_done();
}
