/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* make_corpus DIR - write good inputs for fuzzing to start from: DIR/<target>/<name>.bin */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tenon/fmt/modsig.h"
#include "tests/unit/elf_builder.h"

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

static void modinfo_seeds(void)
{
	static const char one[] = "license=GPL", padded[] = "\0license=GPL\0\0\0alias=a\0depends=,x,,yz,\0alias=b=c\0parm=";

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
	modinfo_seeds();
	modsig_seeds();
	diag_seeds();
	return 0;
}
