/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Blocks of module memory: what each kind allows, and that writing and running see the same bytes. */
#include <string.h>

#include "tests/port/conformance.h"
#include "tests/tap.h"

static const char *const kind_names[TENON_MEM_COUNT] = { "text", "rodata",    "ro-after-init",
							 "data", "init text", "init data" };
static const bool writable[TENON_MEM_COUNT] = {
	[TENON_MEM_RO_AFTER_INIT] = true, [TENON_MEM_DATA] = true, [TENON_MEM_INIT_DATA] = true
};
static const bool executable[TENON_MEM_COUNT] = { [TENON_MEM_TEXT] = true, [TENON_MEM_INIT_TEXT] = true };

/* A function that returns @value, 0 to 127, in the machine code of the CPU. Return: its bytes. */
static size_t make_function(uint8_t *at, uint8_t value)
{
#if defined(__x86_64__)
	const uint8_t code[] = { 0xb8, value, 0, 0, 0, 0xc3 }; /* mov $value, %eax; ret */
#elif defined(__aarch64__)
	const uint32_t code[] = { 0x52800000u | (uint32_t)value << 5, 0xd65f03c0u }; /* mov w0, #value; ret */
#elif defined(__riscv)
	const uint32_t code[] = { 0x00000513u | (uint32_t)value << 20, 0x00008067u }; /* li a0, value; ret */
#elif defined(__thumb__)
	const uint16_t code[] = { (uint16_t)(0x2000u | value), 0x4770u }; /* movs r0, #value; bx lr */
#else
#error "how does a function return a number on this CPU?"
#endif
	memcpy(at, code, sizeof(code));
	return sizeof(code);
}

static int run(uint64_t address)
{
#ifdef __thumb__
	address |= 1;
#endif
	return ((int (*)(void))(uintptr_t)address)();
}

static int map(const struct port_under_test *port, struct tenon_block *b, enum tenon_mem kind)
{
	int err;

	*b = (struct tenon_block){ .domain = port->domain, .kind = kind, .size = port->host->block_size };
	port->host->lock(port->host->context);
	err = port->host->block_map(port->host->context, b);
	port->host->unlock(port->host->context);
	return err;
}

static void unmap(const struct port_under_test *port, struct tenon_block *b)
{
	port->host->lock(port->host->context);
	port->host->block_unmap(port->host->context, b);
	port->host->unlock(port->host->context);
}

static int open_block(const struct port_under_test *port, struct tenon_block *b)
{
	int err;

	port->host->lock(port->host->context);
	err = port->host->block_write(port->host->context, b);
	port->host->unlock(port->host->context);
	return err;
}

static int protect(const struct port_under_test *port, struct tenon_block *b, size_t offset, size_t size,
		   enum tenon_access access, bool close)
{
	const struct tenon_range range = {
		.block = b, .offset = offset, .size = size, .access = access, .close = close
	};
	int err;

	port->host->lock(port->host->context);
	err = port->host->protect(port->host->context, &range, 1);
	port->host->unlock(port->host->context);
	return err;
}

static bool all_zero(const uint8_t *p, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (p[i])
			return false;
	return true;
}

/* Everything about one kind in one block. */
static void test_kind(const struct port_under_test *port, enum tenon_mem kind)
{
	size_t page = port->host->page_size, size = port->host->block_size;
	const char *name = kind_names[kind];
	struct tenon_block b;
	const uint8_t *seen;

	if (!ok(!map(port, &b, kind), "%s: block_map", name))
		return;
	seen = (const uint8_t *)(uintptr_t)b.run;
	ok(!(b.run % page), "%s: the block is aligned to a page", name);
	ok(!b.write, "%s: a new block is not open for writing", name);
	ok(all_zero(seen, size), "%s: a new block is zero-filled", name);
	ok(!open_block(port, &b) && b.write, "%s: block_write", name);
	ok(!open_block(port, &b), "%s: opening twice is fine", name);
	b.write[0] = 0x5a;
	b.write[size - 1] = 0xa5;
	ok(seen[0] == 0x5a && seen[size - 1] == 0xa5, "%s: what is written is seen where it runs", name);
	make_function(b.write + page, 42);
	ok(!protect(port, &b, 0, 2 * page, TENON_ACCESS_KIND, false) && b.write,
	   "%s: protect without close leaves it open", name);
	if (executable[kind])
		ok(run(b.run + page) == 42, "%s: can be executed while the block is open", name);
	ok(!protect(port, &b, 0, 2 * page, TENON_ACCESS_KIND, true), "%s: protect with close", name);
	if (port->write_traps) {
		ok(port->write_traps(b.run) == !writable[kind], "%s: %s where it runs", name,
		   writable[kind] ? "can be written" : "writing traps");
		ok(port->execute_traps(b.run + page) == !executable[kind], "%s: %s", name,
		   executable[kind] ? "can be executed" : "executing traps");
	}
	if (executable[kind])
		ok(run(b.run + page) == 42, "%s: can be executed after closing", name);
	unmap(port, &b);
}

/* A place is used again: its old code must not be what runs. */
static void test_rewritten_code(const struct port_under_test *port)
{
	struct tenon_block b;
	bool good = true;

	if (!ok(!map(port, &b, TENON_MEM_TEXT), "code is replaced: block_map"))
		return;
	for (uint8_t value = 1; value < 100 && good; value++) {
		if (open_block(port, &b))
			break;
		memset(b.write + port->host->page_size, 0, 16);
		make_function(b.write + port->host->page_size, value);
		good = !protect(port, &b, port->host->page_size, 16, TENON_ACCESS_KIND, true) &&
		       run(b.run + port->host->page_size) == value;
	}
	ok(good, "code that replaces other code is what runs");
	unmap(port, &b);
	if (!ok(!map(port, &b, TENON_MEM_TEXT), "block_map after block_unmap"))
		return;
	ok(all_zero((const uint8_t *)(uintptr_t)b.run, b.size), "a block mapped again is zero-filled");
	unmap(port, &b);
}

static void test_ro_after_init(const struct port_under_test *port)
{
	size_t page = port->host->page_size;
	struct tenon_block b;

	if (!ok(!map(port, &b, TENON_MEM_RO_AFTER_INIT) && !open_block(port, &b), "ro-after-init: map and open"))
		return;
	memset(b.write, 7, 3 * page);
	ok(!protect(port, &b, 0, 3 * page, TENON_ACCESS_KIND, true), "ro-after-init: written");
	ok(!protect(port, &b, page, page, TENON_ACCESS_READ, false), "ro-after-init: one page becomes read-only");
	if (port->write_traps) {
		ok(port->write_traps(b.run + page) && port->write_traps(b.run + 2 * page - 1),
		   "ro-after-init: writing it traps");
		ok(!port->write_traps(b.run + page - 1) && !port->write_traps(b.run + 2 * page),
		   "ro-after-init: the pages before and after stay writable");
	}
	ok(((const uint8_t *)(uintptr_t)b.run)[page] == 7, "ro-after-init: its contents stay");
	ok(!protect(port, &b, page, page, TENON_ACCESS_WRITE, false), "ro-after-init: the page is free again");
	if (port->write_traps)
		ok(!port->write_traps(b.run + page), "ro-after-init: and can be written");
	unmap(port, &b);
}

/* Blocks of all kinds at once: apart from each other, inside the window. */
static void test_many(const struct port_under_test *port)
{
	const struct tenon_host *h = port->host;
	struct tenon_block b[TENON_MEM_COUNT];
	bool inside = true, apart = true;
	int cnt = 0;

	while (cnt < TENON_MEM_COUNT && !map(port, &b[cnt], (enum tenon_mem)cnt))
		cnt++;
	ok(cnt == TENON_MEM_COUNT, "a block of each kind at the same time");
	for (int i = 0; i < cnt; i++) {
		inside &= !h->window_size ||
			  (b[i].run >= h->window_start && b[i].run + b[i].size <= h->window_start + h->window_size);
		for (int k = 0; k < i; k++)
			apart &= b[i].run + b[i].size <= b[k].run || b[k].run + b[k].size <= b[i].run;
	}
	ok(inside, "they lie in the window");
	ok(apart, "they do not overlap");
	while (cnt--)
		unmap(port, &b[cnt]);
}

void test_blocks(const struct port_under_test *port)
{
	for (int kind = 0; kind < TENON_MEM_COUNT; kind++)
		test_kind(port, (enum tenon_mem)kind);
	test_rewritten_code(port);
	test_ro_after_init(port);
	test_many(port);
}
