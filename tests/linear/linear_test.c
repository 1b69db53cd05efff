/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * F-13: time and memory of a load are linear in the size of the file, whatever stands in it. Each case makes a file of
 * size n and one of 4 n and compares basic blocks passed and bytes allocated; both counts are the same on each run.
 */
#include <stdlib.h>
#include <string.h>

#include "core/context.h"
#include "tenon/fmt/elf_x86_64.h"
#include "tenon/fmt/modtables.h"
#include "tests/tap.h"
#include "tests/unit/elf_builder.h"
#include "tests/unit/playground.h"

#define NAME_BYTES 512 /* with NUL */

static uint64_t blocks;
static bool counting;

void __sanitizer_cov_trace_pc(void);
void __sanitizer_cov_trace_pc(void)
{
	blocks += counting;
}

/* What a load of a file with a size of @n, in units of the case, took and said. */
struct cost {
	uint64_t blocks;
	size_t file_bytes, memory_bytes;
	enum tenon_reason reason;
};

struct text {
	char *bytes;
	size_t len;
};

static void add(struct text *t, const char *format, size_t i)
{
	t->len += (size_t)sprintf(t->bytes + t->len, format, i) + 1;
}

/* What every file has. */
static uint32_t begin(struct elfb *b, const char *more, size_t more_bytes)
{
	static const char basic[] = "license=GPL\0name=x\0depends=\0vermagic=" PG_VERMAGIC;
	static const uint8_t code[64] = { 0xc3 };
	struct {
		uint32_t size, abi;
		uint64_t init, exit;
		char name[56];
	} this = { .size = 80, .abi = 1, .name = "x" };
	size_t bytes = sizeof(basic) + more_bytes;
	char *info = malloc(bytes);
	uint32_t text = elfb_section(b, ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, code, sizeof(code), 16);

	memcpy(info, basic, sizeof(basic));
	if (more_bytes)
		memcpy(info + sizeof(basic), more, more_bytes);
	elfb_section(b, ".modinfo", SHT_PROGBITS, SHF_ALLOC, info, bytes, 1);
	elfb_section(b, ".gnu.linkonce.this_module", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, &this, sizeof(this), 8);
	free(info);
	return text;
}

/* An import whose checksum is looked for, and not found. */
static void begin_with_import(struct elfb *b)
{
	begin(b, NULL, 0);
	elfb_undefined(b, "versioned");
}

/* __versions of @n entries, called as @format says of their numbers. */
static void add_versions(struct elfb *b, const char *format, size_t n)
{
	struct tenon_version64 *v = calloc(n, sizeof(*v));

	for (size_t i = 0; i < n; i++) {
		v[i].crc = 1;
		snprintf(v[i].name, sizeof(v[i].name), format, i);
	}
	elfb_section(b, "__versions", SHT_PROGBITS, SHF_ALLOC, v, n * sizeof(*v), 32);
	free(v);
}

static void equal_versions(struct elfb *b, size_t n)
{
	begin_with_import(b);
	add_versions(b, "same", n);
}

static void many_versions(struct elfb *b, size_t n)
{
	begin_with_import(b);
	add_versions(b, "version_of_symbol_%zu", n);
}

/* The extended form is Linux's. */
#define LINUX_VERMAGIC "linux-1 x86_64"
_Static_assert(sizeof(LINUX_VERMAGIC) == sizeof(PG_VERMAGIC), "one takes the place of the other");

static void make_linux(uint8_t *image)
{
	size_t size;
	char *info = (char *)elfb_data(image, elfb_find_section(image, ".modinfo"), &size);

	memcpy(info + size - sizeof(PG_VERMAGIC), LINUX_VERMAGIC, sizeof(LINUX_VERMAGIC));
}

static void extended_versions(struct elfb *b, size_t n)
{
	uint32_t *crcs = calloc(n, sizeof(*crcs));
	struct text names = { malloc(n * 16), 0 };

	for (size_t i = 0; i < n; i++)
		add(&names, i & 1 ? "n%zu" : "", i);
	begin_with_import(b);
	elfb_section(b, "__version_ext_crcs", SHT_PROGBITS, SHF_ALLOC, crcs, n * sizeof(*crcs), 4);
	elfb_section(b, "__version_ext_names", SHT_PROGBITS, SHF_ALLOC, names.bytes, names.len, 1);
	free(names.bytes);
	free(crcs);
}

/* @n weak symbols that share one name of @bytes with NUL: the first one has it. */
static void weak_symbols(struct elfb *b, size_t n, size_t bytes)
{
	char *name = malloc(bytes);

	begin(b, NULL, 0);
	memset(name, 'w', bytes);
	name[bytes - 1] = 0;
	for (size_t i = 0; i < n; i++)
		elfb_symbol(b, i ? "w" : name, STB_WEAK, STT_NOTYPE, SHN_UNDEF, 0, 0);
	free(name);
}

static void weak_long(struct elfb *b, size_t n)
{
	weak_symbols(b, n, NAME_BYTES);
}

static void weak_too_long(struct elfb *b, size_t n)
{
	weak_symbols(b, n, n * 10);
}

/* Symbols of the same name share it. */
static void share_name(uint8_t *image, const char *first)
{
	uint32_t from = elfb_find_symbol(image, first);
	Elf64_Shdr *table = elfb_shdr(image, elfb_find_section(image, ".symtab"));

	for (uint32_t i = from + 1; i < table->sh_size / sizeof(Elf64_Sym); i++)
		((Elf64_Sym *)elfb_sym(image, i))->st_name = ((Elf64_Sym *)elfb_sym(image, from))->st_name;
}

static void share_long(uint8_t *image)
{
	char name[NAME_BYTES];

	memset(name, 'w', sizeof(name));
	name[sizeof(name) - 1] = 0;
	share_name(image, name);
}

/* The long name is that of the first global symbol. */
static void share_too_long(uint8_t *image)
{
	Elf64_Shdr *table = elfb_shdr(image, elfb_find_section(image, ".symtab"));

	for (uint32_t i = table->sh_info; i < table->sh_size / sizeof(Elf64_Sym); i++)
		((Elf64_Sym *)elfb_sym(image, i))->st_name = ((Elf64_Sym *)elfb_sym(image, table->sh_info))->st_name;
}

/* As many namespaces as symbols from the last one. */
static void namespaces(struct elfb *b, size_t n)
{
	struct text info = { malloc(n * 32), 0 };
	char name[32];

	for (size_t i = 0; i < n; i++)
		add(&info, "import_ns=SPACE_%zu", i);
	add(&info, "import_ns=LAST", 0);
	begin(b, info.bytes, info.len);
	free(info.bytes);
	for (size_t i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "spaced_%zu", i % 1000);
		elfb_undefined(b, name);
	}
}

/* @n exports whose namespaces, or names if @own_names are so long and all end together in one text of @bytes. */
static void exports(struct elfb *b, size_t n, size_t space_bytes)
{
	uint32_t text = begin(b, NULL, 0), table, strings;
	struct text names = { malloc(n * 16 + space_bytes + 1), 0 };
	size_t space;

	table = elfb_section(b, "__ksymtab", SHT_PROGBITS, SHF_ALLOC, NULL, n * sizeof(struct tenon_ksym), 4);
	for (size_t i = 0; i < n; i++)
		add(&names, "e%08zu", i);
	space = names.len;
	memset(names.bytes + space, 's', space_bytes);
	names.bytes[space + space_bytes] = 0;
	names.len += space_bytes + 1;
	strings = elfb_section_symbol(b, elfb_section(b, ".rodata.names", SHT_PROGBITS, SHF_ALLOC, names.bytes,
						      names.len, 1));
	free(names.bytes);
	text = elfb_section_symbol(b, text);
	for (size_t i = 0; i < n; i++) {
		size_t at = i * sizeof(struct tenon_ksym);

		elfb_reloc(b, table, at, R_X86_64_PC32, text, 0);
		elfb_reloc(b, table, at + 4, R_X86_64_PC32, strings, (int64_t)i * 10);
		if (space_bytes)
			elfb_reloc(b, table, at + 8, R_X86_64_PC32, strings, (int64_t)space);
	}
}

static void exports_plain(struct elfb *b, size_t n)
{
	exports(b, n, 0);
}

static void exports_space(struct elfb *b, size_t n)
{
	exports(b, n, NAME_BYTES - 1);
}

static void exports_long_space(struct elfb *b, size_t n)
{
	exports(b, n, n * 10);
}

static void dependencies(struct elfb *b, size_t n)
{
	struct text info = { malloc(n * 6 + 16), 0 };

	info.len = (size_t)sprintf(info.bytes, "depends=base");
	for (size_t i = 0; i < n; i++)
		info.len += (size_t)sprintf(info.bytes + info.len, ",base");
	info.len++;
	begin(b, info.bytes, info.len);
	free(info.bytes);
}

/* The first `depends` counts: spoil it. */
static void drop_depends(uint8_t *image)
{
	size_t size;
	char *info = (char *)elfb_data(image, elfb_find_section(image, ".modinfo"), &size);

	memcpy(info + sizeof("license=GPL\0name=x"), "ignored", 7);
}

static const struct {
	const char *what;
	void (*build)(struct elfb *b, size_t n);
	void (*spoil)(uint8_t *image);
	size_t n;
	enum tenon_reason reason;
} cases[] = {
	{ "versions of one name", equal_versions, NULL, 4000, TENON_R_SYM_CRC_MISSING },
	{ "versions of many names", many_versions, NULL, 4000, TENON_R_SYM_CRC_MISSING },
	{ "versions in the extended form", extended_versions, make_linux, 4000, TENON_R_SYM_CRC_MISSING },
	{ "weak symbols sharing the longest name", weak_long, share_long, 4000, TENON_R_NONE },
	{ "weak symbols sharing a longer name", weak_too_long, share_too_long, 4000, TENON_R_SYM_NAME_LONG },
	{ "namespaces and symbols of the last one", namespaces, NULL, 4000, TENON_R_NONE },
	{ "exports", exports_plain, NULL, 4000, TENON_R_NONE },
	{ "exports sharing the longest namespace", exports_space, NULL, 4000, TENON_R_EXPORT_NAMES },
	{ "exports sharing a longer namespace", exports_long_space, NULL, 4000, TENON_R_EXPORT_MALFORMED },
	{ "the same dependency again and again", dependencies, drop_depends, 4000, TENON_R_NONE },
};

/* What the modules import: 1000 symbols of one namespace. */
static void provide(struct pg *pg)
{
	static const struct tenon_export versioned = { .name = "versioned", .value = 0x61001000, .crc = 1 };
	static struct tenon_export table[1000];
	static char names[1000][16];

	for (size_t i = 0; i < 1000; i++) {
		snprintf(names[i], sizeof(names[i]), "spaced_%zu", i);
		table[i] = (struct tenon_export){ .name = names[i], .value = 0x61000000 + i, .space = "LAST" };
	}
	if (tenon_provide(pg->t, pg->d, table, 1000, NULL) || tenon_provide(pg->t, pg->d, &versioned, 1, NULL))
		abort();
	pg_file(pg, &(struct pg_module){ .name = "base" });
	if (pg_load(pg, "base", 0, NULL))
		abort();
}

static struct cost measure(size_t which, size_t n)
{
	struct elfb *b = elfb_new(EM_X86_64, true);
	struct tenon_request req = { .flags = TENON_LOAD_NO_START };
	struct tenon_source src;
	struct cost cost;
	uint8_t *image;
	struct pg pg;
	size_t before;

	cases[which].build(b, n);
	image = elfb_finish(b, &cost.file_bytes);
	if (cases[which].spoil)
		cases[which].spoil(image);
	pg_open(&pg);
	if (tenon_accept(pg.t, &tenon_linux, LINUX_VERMAGIC, NULL))
		abort();
	provide(&pg);
	src = model_source(image, cost.file_bytes, true);
	req.source = &src;
	req.domain = pg.d;
	before = pg.mh.peak_bytes = pg.mh.live_bytes;
	blocks = 0;
	counting = true;
	tenon_load(pg.t, &req, NULL, &pg.diag);
	counting = false;
	cost.blocks = blocks;
	cost.memory_bytes = pg.mh.peak_bytes - before;
	cost.reason = pg.diag.reason;
	pg_unload(&pg, "x");
	pg_unload(&pg, "base");
	ok(pg_close(&pg), "%s: nothing is left", cases[which].what);
	free(image);
	return cost;
}

static void test_case(size_t which)
{
	struct cost one = measure(which, cases[which].n), four = measure(which, cases[which].n * 4);
	const char *what = cases[which].what;
	double growth = (double)four.file_bytes / (double)one.file_bytes;

	ok(one.reason == cases[which].reason && four.reason == cases[which].reason, "%s: %s", what,
	   tenon_reason_name(four.reason));
	/* Tables double in size, so that some steps are larger than others. */
	ok((double)four.blocks < (double)one.blocks * growth * 1.2, "F-13 %s: time is linear (%llu, %llu)", what,
	   (unsigned long long)one.blocks, (unsigned long long)four.blocks);
	ok((double)four.memory_bytes < (double)one.memory_bytes * growth * 1.2 + 4096,
	   "F-13 %s: memory is linear (%zu, %zu)", what, one.memory_bytes, four.memory_bytes);
	ok(four.memory_bytes < four.file_bytes * 12,
	   "F-13 %s: memory is a small multiple of the file (%zu of %zu bytes)", what, four.memory_bytes,
	   four.file_bytes);
}

/*
 * Names that meet in a table without a key do not meet in one with a key: what colliding costs, and that it is avoided.
 */
static uint64_t colliding(bool keyed)
{
	enum { CNT = 512 };
	static struct tenon_export table[CNT];
	static char names[CNT][16];
	struct tenon_domain *d;
	struct model_host mh;
	struct tenon *t;
	uint32_t n = 0;

	model_host_init(&mh, &tenon_arch_x86_64, 0x60000000, 4096);
	mh.host.random = NULL;
	if (tenon_create(&mh.host, &t) || tenon_domain_open(t, "kernel", TENON_DOMAIN_KERNEL, NULL, &d))
		abort();
	for (size_t i = 0; n < CNT; i++) {
		snprintf(names[n], sizeof(names[n]), "n%zu", i);
		if (table_hash(t, names[n]) & (2 * CNT - 1))
			continue;
		table[n] = (struct tenon_export){ .name = names[n], .value = 0x61000000 };
		n++;
	}
	if (keyed)
		memcpy(t->hash_key, "a key of 16 byte", 16);
	blocks = 0;
	counting = true;
	tenon_provide(t, d, table, CNT, NULL);
	counting = false;
	tenon_domain_close(t, d);
	tenon_destroy(t);
	return blocks;
}

int main(void)
{
	uint64_t known, secret;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		test_case(i);
	known = colliding(false);
	secret = colliding(true);
	ok(secret * 3 < known, "names chosen to collide without the key do not with it (%llu, %llu)",
	   (unsigned long long)known, (unsigned long long)secret);
	return tap_done();
}
