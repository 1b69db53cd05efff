// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What a program file asks for, beside what Linux did with this very program; damaged files; the first stack. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "kernel/mm/heap.h"
#include "kernel/mm/user_areas.h"
#include "kernel/process/elf.h"
#include "kernel/process/exec_stack.h"
#include "tenon/errno.h"
#include "tests/kernel/host.h"
#include "tests/tap.h"

#define LIMIT 0x7ffff0000000ull

static struct elf_header header;
static struct elf_program_header headers[ELF_HEADERS_MAX];
static char interpreter[ELF_INTERPRETER_BYTES];

static int read_self(struct elf_plan *plan)
{
	int fd = open("/proc/self/exe", O_RDONLY), err;
	uint64_t off;
	size_t size;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header))
		return -1;
	err = elf_check(&header, sizeof(header), &off, &size);
	if (!err && pread(fd, headers, size, (off_t)off) == (ssize_t)size)
		err = elf_plan(&header, headers, LIMIT, plan);
	if (!err && pread(fd, interpreter, plan->interpreter_bytes, (off_t)plan->interpreter_off) < 0)
		err = -1;
	close(fd);
	return err;
}

/* Lines of /proc/self/maps that are of this program must be what the plan says. */
static bool is_mapped(const struct elf_segment *s)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned long start, end;
	bool found = false;
	char line[512], access[5];

	while (fgets(line, sizeof(line), f))
		if (sscanf(line, "%lx-%lx %4s", &start, &end, access) == 3 && start == s->start)
			/* The dynamic linker has made the first pages of the data read-only. */
			found = (access[2] == 'x') == !!(s->access & AREA_EXEC) && end <= s->end;
	fclose(f);
	return found;
}

static void test_self(void)
{
	static struct elf_plan plan;
	bool mapped = true;

	if (!ok(read_self(&plan) == 0, "this program is a program"))
		return;
	ok(!plan.anywhere, "... at fixed addresses");
	ok(plan.entry == getauxval(AT_ENTRY), "... which begins where Linux began it");
	ok(plan.headers == getauxval(AT_PHDR) && plan.header_cnt == getauxval(AT_PHNUM),
	   "... with its headers where they are");
	ok(!strcmp(interpreter, "/lib64/ld-linux-x86-64.so.2"), "... by its interpreter");
	ok(!plan.executable_stack, "... without an executable stack");
	for (unsigned i = 0; i < plan.segment_cnt; i++)
		mapped &= is_mapped(&plan.segment[i]);
	ok(mapped && plan.segment_cnt >= 3, "... and its segments are mapped where the plan has them");
}

static struct elf_program_header *first_load(void)
{
	struct elf_program_header *p = headers;

	while (p->type != 1)
		p++;
	return p;
}

static bool refuses(void)
{
	struct elf_plan plan;

	return elf_plan(&header, headers, LIMIT, &plan) == -TENON_ENOEXEC;
}

/* One thing wrong at a time; all is read anew for each. */
#define REFUSED(what, change)                                                                                          \
	do {                                                                                                           \
		struct elf_plan plan_;                                                                                 \
		read_self(&plan_);                                                                                     \
		change;                                                                                                \
		ok(refuses(), "refused: %s", what);                                                                    \
	} while (0)

static void test_damaged_headers(void)
{
	REFUSED("more bytes in the file than in memory", first_load()->file_bytes = first_load()->bytes + 1);
	REFUSED("an address beyond user space", first_load()->addr += LIMIT);
	REFUSED("a segment that wraps", first_load()->bytes = 0 - first_load()->addr);
	REFUSED("a segment that ends beyond user space", first_load()->bytes = LIMIT);
	REFUSED("an offset that does not fit the address", first_load()->off += 8);
	REFUSED("an offset beyond all files", first_load()->off = 1ull << 63);
	REFUSED("segments in the wrong order", first_load()->addr += 1ull << 40);
	REFUSED("segments that overlap", first_load()->bytes = 1 << 24);
	REFUSED("no segment", for (unsigned i = 0; i < header.program_cnt; i++) headers[i].type = 0);
	REFUSED("an entry beyond user space", header.entry = LIMIT);
	REFUSED("zeros in a segment that is not writable", first_load()->bytes++);
	REFUSED("an interpreter without a name",
		for (unsigned i = 0; i < header.program_cnt; i++) if (headers[i].type == 3) headers[i].file_bytes = 1);
	REFUSED("an interpreter with a name that is too long",
		for (unsigned i = 0; i < header.program_cnt; i++) if (headers[i].type == 3) headers[i].file_bytes =
		    257);
}

static bool check_refuses(size_t bytes)
{
	uint64_t off;
	size_t size;

	return elf_check(&header, bytes, &off, &size) == -TENON_ENOEXEC;
}

#define NO_ELF(what, change)                                                                                           \
	do {                                                                                                           \
		struct elf_plan plan_;                                                                                 \
		read_self(&plan_);                                                                                     \
		change;                                                                                                \
		ok(check_refuses(sizeof(header)), "no program: %s", what);                                             \
	} while (0)

static void test_damaged_file(void)
{
	ok(check_refuses(sizeof(header) - 1), "no program: too short");
	NO_ELF("magic", header.ident[0] = 0);
	NO_ELF("32 bits", header.ident[4] = 1);
	NO_ELF("byte order", header.ident[5] = 2);
	NO_ELF("another CPU", header.machine = 183);
	NO_ELF("an object", header.type = 1);
	NO_ELF("a core dump", header.type = 4);
	NO_ELF("headers of another size", header.program_bytes = 32);
	NO_ELF("no headers", header.program_cnt = 0);
	NO_ELF("too many headers", header.program_cnt = ELF_HEADERS_MAX + 1);
	NO_ELF("headers beyond all files", header.program_off = UINT64_MAX - 8);
}

/* Random bytes where headers were: refused or within bounds, and the sanitizers look on. */
static void test_random_headers(void)
{
	static struct elf_plan plan;
	bool good = true;

	srand(2);
	for (int round = 0; round < 20000 && good; round++) {
		read_self(&plan);
		for (int i = 0; i < 3; i++)
			((uint8_t *)headers)[(unsigned)rand() % (header.program_cnt * sizeof(*headers))] =
			    (uint8_t)rand();
		if (elf_plan(&header, headers, LIMIT, &plan))
			continue;
		for (unsigned i = 0; i < plan.segment_cnt; i++) {
			const struct elf_segment *s = &plan.segment[i];

			good &= s->start < s->end && s->end <= LIMIT + USER_PAGE && s->file_end <= s->end &&
				(!i || s[-1].end <= s->start) && s->file_off % USER_PAGE == 0;
		}
	}
	ok(good, "damaged headers that pass say nothing impossible");
}

/* Reads it as the C library does. */
static void test_stack(void)
{
	static const char words_bytes[] = "prog\0\0three\0A=1\0B=";
	struct exec_words words = { (char *)words_bytes, sizeof(words_bytes), sizeof(words_bytes), 3, 2 };
	struct exec_aux aux[] = { { AUX_PAGESZ, 4096 } };
	struct exec_stack s = { .top = 0x7ffffffff000,
				.words = &words,
				.aux = aux,
				.aux_cnt = 1,
				.path = "/bin/prog",
				.random = { 1, 2, 3 } };
	uint64_t *cell;
	bool found[4] = { 0 };

	if (!ok(exec_stack_make(&s) == 0 && s.sp % 16 == 0 && s.sp + s.bytes == s.top, "a stack, aligned"))
		return;
#define AT(addr) (s.image + ((addr) - s.sp))
	cell = (uint64_t *)s.image;
	ok(cell[0] == 3 && !strcmp(AT(cell[1]), "prog") && !strcmp(AT(cell[2]), "") && !strcmp(AT(cell[3]), "three") &&
	       !cell[4],
	   "arguments");
	ok(!strcmp(AT(cell[5]), "A=1") && !strcmp(AT(cell[6]), "B=") && !cell[7], "environment");
	for (cell += 8; cell[0] != AUX_NULL; cell += 2) {
		found[0] |= cell[0] == AUX_PAGESZ && cell[1] == 4096;
		found[1] |= cell[0] == AUX_RANDOM && !memcmp(AT(cell[1]), s.random, 16);
		found[2] |= cell[0] == AUX_EXECFN && !strcmp(AT(cell[1]), "/bin/prog");
		found[3] |= cell[0] == AUX_PLATFORM && !strcmp(AT(cell[1]), "x86_64");
	}
	ok(found[0] && found[1] && found[2] && found[3], "the auxiliary vector");
	ok(!strcmp(AT(s.arg_start), "prog") && !strcmp(AT(s.arg_end), "A=1") && !memcmp(AT(s.env_end - 3), "B=", 3),
	   "where /proc finds them");
	heap_free(s.image);
	words.used = EXEC_BYTES_MAX;
	ok(exec_stack_make(&s) == -TENON_E2BIG, "too much is E2BIG");
	words.used = sizeof(words_bytes);
	host_fail_allocation(1);
	ok(exec_stack_make(&s) == -TENON_ENOMEM && host_allocations() == 0, "no memory is told");
	host_fail_allocation(0);
}

int main(void)
{
	test_self();
	test_damaged_headers();
	test_damaged_file();
	test_random_headers();
	test_stack();
	return tap_done();
}
