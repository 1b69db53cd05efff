/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Link objects by a whole load, for tests/oracle/compare.py to compare with a linker:
 *
 *     load_object ARCH BASE OUT OBJECT...     writes OUT/<object's name>.map and .img (their format: compare.py)
 *
 * The objects are no modules, but have a .modinfo section with a name. An undefined symbol gets an address behind the
 * sections, or if it is called at_HEX that address; a weak one stays undefined. All branches must reach.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/personality.h"
#include "tests/unit/model_host.h"

#define BLOCK_BYTES 4096 /* so that sections are near each other, as short branches want it */
#define UNDEFINED_OFFSET 0x40000 /* from the base */
#define UNDEFINED_STEP 16

static char out_prefix[4096];

static _Noreturn void die(const char *what, const char *why)
{
	fprintf(stderr, "load_object: %s: %s\n", what, why);
	exit(2);
}

static FILE *create(const char *suffix)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", out_prefix, suffix);
	f = fopen(path, "wb");
	if (!f)
		die(path, strerror(errno));
	return f;
}

static void write_symbols(FILE *map, const struct load *l)
{
	for (uint32_t i = 1; i < l->elf.symbol_cnt; i++) {
		struct elf_symbol s;

		elf_symbol_at(&l->elf, i, &s);
		if (!s.shndx && s.bind != STB_WEAK)
			fprintf(map, "symbol %s %#" PRIx64 "\n", elf_symbol_name(&l->elf, &s), l->values[i]);
	}
}

/* After the last relocation: write the dump. */
static int dump(struct load *l)
{
	FILE *map = create(".map"), *image = create(".img");
	size_t at = 0;

	fprintf(map, "machine %s\n", load_arch(l)->name);
	for (uint32_t i = 1; i < l->elf.section_cnt; i++) {
		const struct load_section *sec = &l->sections[i];
		struct elf_section s;

		elf_section_at(&l->elf, i, &s);
		if (sec->mem == SECTION_NOT_LOADED)
			continue;
		if (s.type == SHT_NOBITS) {
			fprintf(map, "section %s %#" PRIx64 " %" PRIu64 " -\n", s.name, sec->run, s.size);
			continue;
		}
		fprintf(map, "section %s %#" PRIx64 " %" PRIu64 " %zu\n", s.name, sec->run, s.size, at);
		at += fwrite(sec->write, 1, s.size, image);
	}
	if (l->got.used) {
		fprintf(map, "got %#" PRIx64 " %u %zu\n", l->got.run, l->got.used * load_arch(l)->got_bytes, at);
		fwrite(l->got.write, load_arch(l)->got_bytes, l->got.used, image);
	}
	write_symbols(map, l);
	if (fclose(map) || fclose(image))
		die(out_prefix, strerror(errno));
	if (l->stubs.used)
		die(out_prefix, "stubs were made");
	return 0;
}

static bool any(const struct load *l)
{
	(void)l;
	return true;
}

static int no_params(struct load *l)
{
	(void)l;
	return 0;
}

/* Exports for all undefined symbols of the object. Return: how many. */
static size_t make_exports(const void *data, size_t size, uint64_t base, struct tenon_export **out)
{
	struct tenon_diag diag;
	struct elf_file elf;
	size_t cnt = 0;

	if (elf_open(&elf, data, size, &diag))
		die(out_prefix, tenon_reason_name(diag.reason));
	*out = calloc(elf.symbol_cnt, sizeof(**out));
	for (uint32_t i = 1; i < elf.symbol_cnt; i++) {
		struct elf_symbol s;
		const char *name;

		elf_symbol_at(&elf, i, &s);
		name = elf_symbol_name(&elf, &s);
		if (s.shndx || s.bind == STB_WEAK)
			continue;
		/* On Arm all of them are Thumb functions. */
		(*out)[cnt] = (struct tenon_export){
			.name = name, .value = base + UNDEFINED_OFFSET + cnt * UNDEFINED_STEP + (elf.machine == EM_ARM)
		};
		if (!strncmp(name, "at_", 3))
			(*out)[cnt].value = strtoull(name + 3, NULL, 16);
		/* Address 0 is refused, an offset of 0 is not. */
		(*out)[cnt].flags = TENON_EXPORT_PERCPU;
		cnt++;
	}
	return cnt;
}

/* The whole file; aligned as malloc does it. */
static void *read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	void *data;
	long end;

	if (!f || fseek(f, 0, SEEK_END) || (end = ftell(f)) < 0)
		die(path, strerror(errno));
	rewind(f);
	*size = (size_t)end;
	data = malloc(*size);
	if (!data || fread(data, 1, *size, f) != *size)
		die(path, "short read");
	fclose(f);
	return data;
}

static void link_object(const struct tenon_arch *arch, uint64_t base, const char *path)
{
	static struct model_host host;
	struct tenon_personality objects = { .name = "object",
					     .absolute_exports = tenon_native.absolute_exports,
					     .versions = tenon_native.versions,
					     .find = tenon_native.find,
					     .recognise = any,
					     .after_relocate = dump,
					     .params = no_params };
	struct tenon_export *exports;
	struct tenon_domain *d;
	struct tenon_diag diag;
	struct tenon *t;
	size_t size, cnt;
	void *data = read_file(path, &size);
	struct tenon_source src = model_source(data, size, true);
	struct tenon_request req = { .source = &src, .flags = TENON_LOAD_NO_START };

	model_host_init(&host, arch, base, BLOCK_BYTES);
	cnt = make_exports(data, size, base, &exports);
	if (tenon_create(&host.host, &t) || tenon_accept(t, &objects, NULL, NULL) ||
	    tenon_domain_open(t, "objects", TENON_DOMAIN_KERNEL, NULL, &d))
		die(path, "no instance");
	req.domain = d;
	if (tenon_provide(t, d, exports, cnt, &diag) || tenon_load(t, &req, NULL, &diag)) {
		char text[400];

		tenon_diag_format(&diag, text, sizeof(text));
		die(path, text);
	}
	if (tenon_unload(t, d, "object", 0, NULL) || tenon_domain_close(t, d))
		die(path, "does not unload");
	tenon_destroy(t);
	if (!model_host_clean(&host))
		die(path, "left something behind");
	free(exports);
	free(data);
}

static const struct tenon_arch *find_arch(const char *name)
{
	const struct tenon_arch *const all[] = { &tenon_arch_x86_64, &tenon_arch_aarch64, &tenon_arch_riscv64,
						 &tenon_arch_arm };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	die(name, "no such CPU");
}

int main(int argc, char **argv)
{
	if (argc < 5)
		die("usage", "load_object ARCH BASE OUT OBJECT...");
	for (int i = 4; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');

		snprintf(out_prefix, sizeof(out_prefix), "%s/%s", argv[3], slash ? slash + 1 : argv[i]);
		link_object(find_arch(argv[1]), strtoull(argv[2], NULL, 0), argv[i]);
	}
	return 0;
}
