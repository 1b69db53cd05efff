/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Objects that compilers make are accepted, and read as binutils' readelf reads them: every section and every symbol.
 * A compiler that is not installed is left out, but the machine's own must be there.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/fmt/elf.h"
#include "tests/tap.h"
#include "tests/unit/elf_walk.h"

static const char source[] =
    "extern int printk(const char *text, ...);\n"
    "extern int absent(void) __attribute__((weak));\n"
    "static int counter, table[40] = { 1 };\n"
    "int big[1000];\n"
    "__attribute__((aligned(64))) int aligned = 3;\n"
    "static int local(int x) { counter += x; return table[x & 31]; }\n"
    "__attribute__((weak)) int weak(int x) { return x; }\n"
    "__attribute__((section(\".init.text\"))) int init_module(void)\n"
    "{ printk(\"%d\", local(weak(aligned)), &big, absent ? absent() : 0); return 0; }\n"
    "__attribute__((used, section(\".modinfo\"))) static const char info[] = \"name=real\";\n"
    "void (*const pointers[])(void) = { (void (*)(void))init_module, (void (*)(void))local };\n"
    "#if MANY\n"
    "#define FN(n) int fn##n(int x) { return local(x) + n; }\n"
    "#define TEN(n) FN(n##0) FN(n##1) FN(n##2) FN(n##3) FN(n##4) FN(n##5) FN(n##6) FN(n##7) FN(n##8) FN(n##9)\n"
    "#define HUNDRED(n) TEN(n##0) TEN(n##1) TEN(n##2) TEN(n##3) TEN(n##4) TEN(n##5) TEN(n##6) TEN(n##7) TEN(n##8) "
    "TEN(n##9)\n"
    "HUNDRED(1)\n"
    "#endif\n";

static const char *const compilers[] = {
	"gcc",
	"gcc -m32",
	"gcc -mcmodel=kernel -fno-pie -mno-red-zone",
	"clang -Wno-everything",
	"aarch64-linux-gnu-gcc",
	"riscv64-linux-gnu-gcc",
	"arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb",
};
static const char *const options[] = {
	"-O0",
	"-O2",
	"-O2 -g",
	"-Os -ffunction-sections -fdata-sections",
	"-O2 -DMANY=1",
	"-O2 -g -gz -DMANY=1",
	"-O1 -ffunction-sections -fdata-sections -DMANY=1",
	"-O2 -fasynchronous-unwind-tables -fexceptions",
};

static char dir[] = "/tmp/tenon-real-XXXXXX";

/* Run a command whose %s is the directory. Return: whether it ended with success. */
static bool run(const char *fmt, ...)
{
	char command[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return system(command) == 0;
}

static uint8_t *read_object(size_t *size)
{
	char path[64];
	uint8_t *bytes;
	FILE *in;

	snprintf(path, sizeof(path), "%s/a.o", dir);
	in = fopen(path, "rb");
	if (!in)
		return NULL;
	fseek(in, 0, SEEK_END);
	*size = (size_t)ftell(in);
	rewind(in);
	bytes = malloc(*size);
	*size = fread(bytes, 1, *size, in);
	fclose(in);
	return bytes;
}

/* "  [ 1] .text   PROGBITS  0000 000040 000010 00  AX  0   0 16", or without a name for section 0. */
static unsigned int same_sections(const struct elf_file *f)
{
	char line[1024], name[256];
	unsigned int idx, same = 0;
	uint64_t offset, size;
	FILE *in;

	snprintf(line, sizeof(line), "LC_ALL=C readelf -SW %s/a.o 2>&1", dir);
	in = popen(line, "r");
	while (in && fgets(line, sizeof(line), in)) {
		struct elf_section s;

		if (sscanf(line, " [%u] %255s %*s %*x %" SCNx64 " %" SCNx64, &idx, name, &offset, &size) != 4)
			continue;
		if (idx >= f->section_cnt)
			return 0;
		elf_section_at(f, idx, &s);
		same += !strcmp(s.name, name) && s.offset == offset && s.size == size;
	}
	pclose(in);
	return same;
}

/*
 * " 5: 0000000000000000 24 FUNC GLOBAL DEFAULT 1 name"; RISC-V's local labels have a blank in their names.
 */
static unsigned int same_symbols(const struct elf_file *f)
{
	char line[1024], size[32], bind[32], name[256], section[16];
	unsigned int idx, same = 0;
	uint64_t value;
	FILE *in;

	snprintf(line, sizeof(line), "LC_ALL=C readelf -sW %s/a.o 2>&1", dir);
	in = popen(line, "r");
	while (in && fgets(line, sizeof(line), in)) {
		static const char *const binds[] = { "LOCAL", "GLOBAL", "WEAK" };
		struct elf_symbol s;
		char shndx[16];

		*name = '\0';
		if (sscanf(line, " %u: %" SCNx64 " %31s %*s %31s %*s %15s %255[^\n]", &idx, &value, size, bind, section,
			   name) < 5)
			continue;
		if (idx >= f->symbol_cnt)
			return 0;
		elf_symbol_at(f, idx, &s);
		snprintf(shndx, sizeof(shndx), "%u", s.shndx);
		same += s.value == value && s.size == strtoull(size, NULL, 0) && !strcmp(bind, binds[s.bind]) &&
			!strcmp(section, s.shndx == SHN_UNDEF ? "UND" :
					 s.shndx == SHN_ABS   ? "ABS" :
								shndx) &&
			(s.type == STT_SECTION || !strcmp(name, elf_symbol_name(f, &s)));
	}
	pclose(in);
	return same;
}

static void test_object(const char *compiler, const char *option)
{
	struct tenon_diag why = { 0 };
	unsigned int sections, symbols;
	struct elf_file f;
	size_t size;
	uint8_t *bytes;
	char text[256];

	if (!run("%s %s -w -c -ffreestanding -fno-common -o %s/a.o %s/a.c 2>/dev/null", compiler, option, dir, dir)) {
		ok(strcmp(compiler, "gcc") != 0, "%s %s # SKIP cannot compile", compiler, option);
		return;
	}
	bytes = read_object(&size);
	if (elf_walk(bytes, size) || elf_open(&f, bytes, size, &why)) {
		elf_open(&f, bytes, size, &why);
		elf_check_symbols(&f, &why);
		tenon_diag_format(&why, text, sizeof(text));
		ok(false, "%s %s: %s", compiler, option, text);
	} else {
		sections = same_sections(&f) + 1; /* readelf shows section 0 with fewer columns */
		symbols = same_symbols(&f);
		ok(sections == f.section_cnt && symbols == f.symbol_cnt,
		   "%s %s: %u of %u sections, %u of %u symbols as in readelf", compiler, option, sections,
		   f.section_cnt, symbols, f.symbol_cnt);
	}
	free(bytes);
}

int main(void)
{
	char path[64];
	FILE *out;

	if (!mkdtemp(dir))
		return 1;
	snprintf(path, sizeof(path), "%s/a.c", dir);
	out = fopen(path, "w");
	if (!out || fputs(source, out) < 0 || fclose(out))
		return 1;
	for (size_t c = 0; c < sizeof(compilers) / sizeof(compilers[0]); c++) {
		for (size_t o = 0; o < sizeof(options) / sizeof(options[0]); o++)
			test_object(compilers[c], options[o]);
	}
	run("rm -rf %s", dir);
	return tap_done();
}
