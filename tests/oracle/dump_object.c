/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Link one object at an address, as the loader would but without the loader, for compare.py to compare with a linker:
 *
 *     dump_object OBJECT BASE OUT      writes OUT.map and OUT.img (their format: compare.py)
 *
 * ALLOC sections are placed one after the other at BASE, then the GOT. An undefined symbol gets an address near by,
 * or if it is called at_HEX that address; a weak one is had by nobody. There are no stubs: everything must reach.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arch.h"
#include "core/fmt/elf.h"
#include "tenon/host.h"

#define UNDEFINED_OFFSET 0x40000 /* from the base: out of the sections' way, and in reach of 1 MiB branches */
#define UNDEFINED_STEP 16
#define GOT_CNT 8
#define GOT_GAP 16 /* for what a linker puts before its first entry */

struct placed {
	uint64_t run;  /* 0: not loaded */
	size_t offset; /* in the image */
};

struct link {
	const struct tenon_arch *arch;
	struct elf_file elf;
	struct placed *sections;
	uint64_t base, *values;
	uint8_t *image;
	size_t image_size;
	struct reloc_slots got;
	struct tenon_diag diag;
	FILE *map;
};

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "dump_object: %s: %s\n", what, why);
	exit(2);
}

static void *get(size_t cnt, size_t size)
{
	void *p = calloc(cnt ? cnt : 1, size);

	if (!p)
		die("memory", strerror(errno));
	return p;
}

/* The whole file; aligned as calloc does it. */
static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long end;

	if (!f || fseek(f, 0, SEEK_END) || (end = ftell(f)) < 0)
		die(path, strerror(errno));
	rewind(f);
	*size = (size_t)end;
	data = get(*size, 1);
	if (fread(data, 1, *size, f) != *size)
		die(path, "short read");
	fclose(f);
	return data;
}

static const struct tenon_arch *find_arch(uint16_t machine)
{
	const struct tenon_arch *const all[] = { &tenon_arch_x86_64, &tenon_arch_aarch64, &tenon_arch_riscv64,
						 &tenon_arch_arm };
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i]->machine == machine)
			return all[i];
	die("machine", "no table for it");
}

static size_t align_up(size_t x, uint64_t align)
{
	return (x + align - 1) & ~(align - 1);
}

static void place_sections(struct link *l)
{
	struct elf_section s;
	uint32_t i;

	l->sections = get(l->elf.section_cnt, sizeof(*l->sections));
	for (i = 1; i < l->elf.section_cnt; i++) {
		elf_section_at(&l->elf, i, &s);
		if (!(s.flags & SHF_ALLOC))
			continue;
		l->image_size = align_up(l->image_size, s.align);
		l->sections[i].offset = l->image_size;
		l->sections[i].run = l->base + l->image_size;
		l->image_size += s.size;
	}
	l->image_size = align_up(l->image_size, 16) + GOT_GAP;
	l->got.run = l->base + l->image_size;
	l->got.cnt = GOT_CNT;
	l->got.of_symbol = get(l->elf.symbol_cnt, sizeof(uint32_t));
	l->image = get(l->image_size + GOT_CNT * 8, 1);
	l->got.write = l->image + l->image_size;
	for (i = 1; i < l->elf.section_cnt; i++) {
		elf_section_at(&l->elf, i, &s);
		if (l->sections[i].run && s.type != SHT_NOBITS)
			memcpy(l->image + l->sections[i].offset, elf_section_data(&l->elf, &s), s.size);
	}
}

static uint64_t undefined_address(const struct link *l, const char *name, uint32_t cnt)
{
	if (!strncmp(name, "at_", 3))
		return strtoull(name + 3, NULL, 16);
	/* On Arm all of them are Thumb functions. */
	return l->base + UNDEFINED_OFFSET + (uint64_t)cnt * UNDEFINED_STEP + (l->elf.machine == EM_ARM);
}

static void set_values(struct link *l)
{
	uint32_t i, undefined = 0;
	struct elf_symbol s;

	l->values = get(l->elf.symbol_cnt, sizeof(*l->values));
	for (i = 1; i < l->elf.symbol_cnt; i++) {
		elf_symbol_at(&l->elf, i, &s);
		if (s.shndx == SHN_UNDEF && s.bind == STB_WEAK) {
			l->values[i] = 0;
		} else if (s.shndx == SHN_UNDEF) {
			const char *name = elf_symbol_name(&l->elf, &s);

			l->values[i] = undefined_address(l, name, undefined++);
			fprintf(l->map, "symbol %s %#" PRIx64 "\n", name, l->values[i]);
		} else if (s.shndx == SHN_ABS) {
			l->values[i] = s.value;
		} else if (s.shndx < l->elf.section_cnt) {
			uint64_t run = l->sections[s.shndx].run;

			l->values[i] = run ? run + s.value : RELOC_DISCARDED;
		}
	}
}

static void relocate_sections(struct link *l)
{
	struct reloc_slots none = { 0 };
	struct elf_section s, target;
	uint32_t i;

	for (i = 1; i < l->elf.section_cnt; i++) {
		elf_section_at(&l->elf, i, &s);
		if ((s.type != SHT_RELA && s.type != SHT_REL) || !l->sections[s.info].run)
			continue;
		elf_section_at(&l->elf, s.info, &target);
		struct reloc_job job = {
			.entries = elf_section_data(&l->elf, &s),
			.cnt = (size_t)(s.size / s.entsize),
			.section = s.info,
			.write = l->image + l->sections[s.info].offset,
			.run = l->sections[s.info].run,
			.size = target.size,
			.values = l->values,
			.symbol_cnt = l->elf.symbol_cnt,
			.stubs = &none,
			.got = &l->got,
			.diag = &l->diag,
		};
		if (l->arch->relocate(&job)) {
			char text[400];

			tenon_diag_format(&l->diag, text, sizeof(text));
			die(target.name, text);
		}
	}
}

static void write_map(struct link *l)
{
	struct elf_section s;
	uint32_t i;

	for (i = 1; i < l->elf.section_cnt; i++) {
		elf_section_at(&l->elf, i, &s);
		if (!l->sections[i].run)
			continue;
		fprintf(l->map, "section %s %#" PRIx64 " %" PRIu64 " ", s.name, l->sections[i].run, s.size);
		if (s.type == SHT_NOBITS)
			fprintf(l->map, "-\n");
		else
			fprintf(l->map, "%zu\n", l->sections[i].offset);
	}
	if (l->got.used)
		fprintf(l->map, "got %#" PRIx64 " %u %zu\n", l->got.run, l->got.used * 8, l->image_size);
}

static FILE *create(const char *out, const char *suffix)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", out, suffix);
	f = fopen(path, "wb");
	if (!f)
		die(path, strerror(errno));
	return f;
}

int main(int argc, char **argv)
{
	struct link l = { 0 };
	FILE *image;
	size_t size;
	uint8_t *data;

	if (argc != 4)
		die("usage", "dump_object OBJECT BASE OUT");
	data = read_file(argv[1], &size);
	l.base = strtoull(argv[2], NULL, 0);
	if (elf_open(&l.elf, data, size, &l.diag) || elf_check_symbols(&l.elf, &l.diag))
		die(argv[1], tenon_reason_name(l.diag.reason));
	l.arch = find_arch(l.elf.machine);
	if (l.arch->check_flags(l.elf.flags, &l.diag))
		die(argv[1], tenon_reason_name(l.diag.reason));
	l.map = create(argv[3], ".map");
	fprintf(l.map, "machine %s\n", l.arch->name);
	place_sections(&l);
	set_values(&l);
	relocate_sections(&l);
	write_map(&l);
	image = create(argv[3], ".img");
	if (fwrite(l.image, 1, l.image_size + GOT_CNT * 8, image) != l.image_size + GOT_CNT * 8 || fclose(image) ||
	    fclose(l.map))
		die(argv[3], strerror(errno));
	free(l.got.of_symbol);
	free(l.sections);
	free(l.values);
	free(l.image);
	free(data);
	return 0;
}
