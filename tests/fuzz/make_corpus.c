/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* make_corpus DIR - write good inputs for fuzzing to start from: DIR/<target>/<name>.bin */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tenon/fmt/modsig.h"
#include "tests/unit/elf_builder.h"
#include "tests/unit/playground.h"

static const char *root;

static void write_seed(const char *target, const char *name, const void *bytes, size_t size)
{
	char path[512];
	FILE *out;

	snprintf(path, sizeof(path), "%s/%s", root, target);
	if (mkdir(path, 0777) && errno != EEXIST) {
		perror(path);
		exit(1);
	}
	snprintf(path, sizeof(path), "%s/%s/%s.bin", root, target, name);
	out = fopen(path, "wb");
	if (!out || fwrite(bytes, 1, size, out) != size || fclose(out)) {
		perror(path);
		exit(1);
	}
}

static uint8_t *make_module(uint16_t machine, bool is64, size_t *size)
{
	static const char info[] = "license=GPL\0depends=base,disk\0alias=pci:v00008086d*\0name=seed";
	struct elfb *b = elfb_new(machine, is64);
	uint32_t text = elfb_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, NULL, 48, 16);
	uint32_t data = elfb_section(b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 24, 8);
	uint32_t bss = elfb_section(b, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 256, 32);
	uint32_t printk = elfb_undefined(b, "printk");

	elfb_section(b, ".modinfo", SHT_PROGBITS, SHF_ALLOC, info, sizeof(info), 1);
	elfb_section(b, ".comment", SHT_PROGBITS, SHF_MERGE | SHF_STRINGS, "seed", 5, 1);
	elfb_symbol(b, "init_module", STB_GLOBAL, STT_FUNC, (uint16_t)text, 0, 16);
	elfb_symbol(b, "buffer", STB_LOCAL, STT_OBJECT, (uint16_t)bss, 0, 256);
	elfb_symbol(b, "version", STB_LOCAL, STT_NOTYPE, SHN_ABS, 7, 0);
	elfb_reloc(b, text, 4, 2, printk, -4);
	elfb_reloc(b, text, 12, 2, elfb_section_symbol(b, data), 8);
	elfb_reloc(b, data, 8, 1, printk, 0);
	return elfb_finish(b, size);
}

static void elf_seeds(void)
{
	static const struct {
		const char *name;
		uint16_t machine;
		bool is64;
	} kinds[] = { { "x86_64", EM_X86_64, true },
		      { "aarch64", EM_AARCH64, true },
		      { "riscv32", EM_RISCV, false },
		      { "arm", EM_ARM, false } };

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t size;
		uint8_t *image = make_module(kinds[i].machine, kinds[i].is64, &size);

		write_seed("fuzz_elf", kinds[i].name, image, size);
		free(image);
	}
}

/* Whole modules, which load as they are. */
static uint8_t *make_native(uint16_t machine, bool is64, uint32_t reloc_word, size_t *size)
{
	static const char info[] = "license=GPL\0name=seed\0depends=\0vermagic=tenon-1 any";
	static const uint8_t version[64] = { 5, 0, 0, 0, 0, 0, 0, 0, 'o', 'n', 'e' };
	uint8_t this[80] = { is64 ? 80 : 72, 0, 0, 0, 1 };
	struct elfb *b = elfb_new(machine, is64);
	uint32_t text = elfb_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, NULL, 96, 16);
	uint32_t data = elfb_section(b, ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 48, 8);
	uint32_t mod, sealed, init;

	sealed = elfb_section(b, ".data..ro_after_init", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, NULL, 16, 8);
	elfb_section(b, ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, NULL, 256, 32);
	elfb_section(b, ".modinfo", SHT_PROGBITS, SHF_ALLOC, info, sizeof(info), 1);
	if (is64)
		elfb_section(b, "__versions", SHT_PROGBITS, SHF_ALLOC, version, sizeof(version), 8);
	mod =
	    elfb_section(b, ".gnu.linkonce.this_module", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, this, is64 ? 80 : 72, 8);
	init = elfb_symbol(b, "init_module", STB_GLOBAL, STT_FUNC, (uint16_t)text, 0, 16);
	elfb_reloc(b, mod, 8, reloc_word, init, 0);
	elfb_reloc(b, data, 8, reloc_word, is64 ? elfb_undefined(b, "one") : init, 0);
	elfb_reloc(b, data, 16, reloc_word, elfb_section_symbol(b, sealed), 4);
	elfb_reloc(b, sealed, 0, reloc_word, elfb_section_symbol(b, data), 8);
	return elfb_finish(b, size);
}

static void load_seeds(void)
{
	static const struct {
		const char *name;
		uint16_t machine;
		bool is64;
		uint32_t reloc_word;
	} kinds[] = { { "x86_64", EM_X86_64, true, 1 },
		      { "aarch64", EM_AARCH64, true, 257 },
		      { "riscv64", EM_RISCV, true, 2 },
		      { "arm", EM_ARM, false, 2 } };
	const struct pg_module full = {
		.name = "full",
		.params = true,
		.build_id = "01234567890123456789",
		.imports = (const struct pg_import[]){ { .name = "one", .crc = 5 }, { .name = NULL } },
		.exports = (const struct pg_export[]){ { .name = "a", .crc = 1 },
						       { .name = "b", .gpl = true, .space = "NS" },
						       { .name = NULL } },
	};
	size_t size;
	uint8_t *image = pg_build(&full, &size);

	write_seed("fuzz_load", "full", image, size);
	write_seed("fuzz_modfile", "full", image, size);
	free(image);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		image = make_native(kinds[i].machine, kinds[i].is64, kinds[i].reloc_word, &size);
		write_seed("fuzz_load", kinds[i].name, image, size);
		write_seed("fuzz_modfile", kinds[i].name, image, size);
		free(image);
	}
}

static void param_seeds(void)
{
	static const char text[] = "on count=-12 array=1,0x10,-3 label=\"two words\" text=1234567";

	write_seed("fuzz_param", "all", text, sizeof(text) - 1);
}

static void modinfo_seeds(void)
{
	static const char one[] = "license=GPL",
			  padded[] = "\0license=GPL\0\0\0alias=a\0depends=,x,,yz,\0alias=b=c\0parm=";

	write_seed("fuzz_modinfo", "one", one, sizeof(one));
	write_seed("fuzz_modinfo", "padded", padded, sizeof(padded));
}

static void modsig_seeds(void)
{
	struct {
		uint8_t content[16], message[20];
		struct tenon_modsig sig;
		char marker[TENON_MODSIG_MARKER_BYTES];
	} file = { .sig = { .id_type = TENON_MODSIG_PKCS7, .sig_len_be = { 0, 0, 0, sizeof(file.message) } } };

	memcpy(file.marker, TENON_MODSIG_MARKER, sizeof(file.marker));
	write_seed("fuzz_modsig", "signed", &file, sizeof(file));
	write_seed("fuzz_modsig", "unsigned", file.content, sizeof(file.content));
}

static void diag_seeds(void)
{
	uint8_t bytes[400];

	memset(bytes, 'x', sizeof(bytes));
	write_seed("fuzz_diag", "full", bytes, sizeof(bytes));
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s DIR\n", argv[0]);
		return 1;
	}
	root = argv[1];
	elf_seeds();
	load_seeds();
	param_seeds();
	modinfo_seeds();
	modsig_seeds();
	diag_seeds();
	return 0;
}
