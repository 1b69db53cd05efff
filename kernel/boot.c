// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Reading what the loader left: PVH's hvm_start_info (Xen's public/arch-x86/hvm/start_info.h describes it) or
 * multiboot2's tags (its specification, chapter 3.6). Both are read where they lie, before any memory is taken, and
 * only here.
 */
#include "kernel/boot.h"

#include "tenon/runtime.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/console.h"
#include "kernel/init.h"
#include "kernel/log.h"

#define PVH_MAGIC 0x336ec578
#define NUMBER_BYTES 16 /* of a number on the command line */
#define MULTIBOOT2_MAGIC 0x36d76289
#define RANGES_MAX 64
#define COMMAND_BYTES 2048
#define LOW_BYTES (1ull << 20) /* firmware's data, and where other CPUs start */
#define EARLY_BYTES (4ull << 30) /* what the first page tables show */

struct pvh_start {
	uint32_t magic, version, flags, module_cnt;
	uint64_t modules, command_line, rsdp, memory_map;
	uint32_t memory_cnt, reserved;
};

struct pvh_module {
	uint64_t start, bytes, command_line, reserved;
};

/* Both have these three first: the memory map's type 1 is memory. */
struct memory_entry {
	uint64_t start, bytes;
	uint32_t type, reserved;
};

struct tag {
	uint32_t type, bytes;
};

enum { TAG_END, TAG_COMMAND_LINE, TAG_MODULE = 3, TAG_MEMORY_MAP = 6, TAG_RSDP_OLD = 14, TAG_RSDP = 15 };

extern char image_start[], image_end[];

static char command_line[COMMAND_BYTES];
static struct phys_range initrd, ram[RANGES_MAX], free_ram[RANGES_MAX];
static phys_addr initrd_ram_end; /* memory of the archive beyond it is the firmware's, and not ours to use */
static unsigned ram_cnt, free_cnt;
static phys_addr rsdp;

/* ---- ranges ----------------------------------------------------------------------------------------------------- */

/* Keeps them sorted. What there is no room for is memory that is not used. */
static void __init range_add(struct phys_range *list, unsigned *cnt, phys_addr start, phys_addr end)
{
	unsigned i = *cnt;

	start = (start + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
	end &= ~(PAGE_BYTES - 1);
	if (end > DIRECT_BYTES)
		end = DIRECT_BYTES;
	if (start >= end || *cnt == RANGES_MAX)
		return;
	for (; i && list[i - 1].start > start; i--)
		list[i] = list[i - 1];
	list[i] = (struct phys_range){ start, end };
	++*cnt;
}

static void __init range_remove(struct phys_range *list, unsigned *cnt, phys_addr start, phys_addr end)
{
	struct phys_range old[RANGES_MAX];
	unsigned old_cnt = *cnt;

	memcpy(old, list, old_cnt * sizeof(*old));
	*cnt = 0;
	start &= ~(PAGE_BYTES - 1);
	end = (end + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
	for (unsigned i = 0; i < old_cnt; i++) {
		if (end <= old[i].start || start >= old[i].end) {
			range_add(list, cnt, old[i].start, old[i].end);
			continue;
		}
		range_add(list, cnt, old[i].start, start < old[i].start ? old[i].start : start);
		range_add(list, cnt, end > old[i].end ? old[i].end : end, old[i].end);
	}
}

/* ---- the two ways of telling ------------------------------------------------------------------------------------- */

static void __init take_command_line(phys_addr text)
{
	strscpy(command_line, direct_address(text), sizeof(command_line));
}

static void __init take_memory(const struct memory_entry *e)
{
	if (e->type == 1 && e->start + e->bytes > e->start)
		range_add(ram, &ram_cnt, e->start, e->start + e->bytes);
}

static void __init read_pvh(phys_addr info)
{
	const struct pvh_start *s = direct_address(info);
	const struct memory_entry *map = direct_address(s->memory_map);

	if (s->magic != PVH_MAGIC || s->version < 1)
		panic("the boot loader's information has no memory map");
	if (s->command_line)
		take_command_line(s->command_line);
	rsdp = s->rsdp;
	if (s->module_cnt) {
		const struct pvh_module *m = direct_address(s->modules);

		initrd = (struct phys_range){ m->start, m->start + m->bytes };
	}
	for (uint32_t i = 0; i < s->memory_cnt; i++)
		take_memory(&map[i]);
}

static void __init read_memory_tag(const struct tag *t)
{
	const uint32_t *size = (const uint32_t *)(t + 1); /* of an entry, then its version */

	for (uint32_t off = 16; off + *size <= t->bytes; off += *size)
		take_memory((const struct memory_entry *)((const char *)t + off));
}

static void __init read_multiboot2(phys_addr info)
{
	const struct tag *t = direct_address(info + 8);

	for (; t->type != TAG_END; t = (const void *)((const char *)t + ((t->bytes + 7) & ~7u))) {
		const uint32_t *data = (const uint32_t *)(t + 1);

		if (t->type == TAG_COMMAND_LINE)
			take_command_line((uint64_t)data - DIRECT_START);
		else if (t->type == TAG_MODULE)
			initrd = (struct phys_range){ data[0], data[1] };
		else if (t->type == TAG_MEMORY_MAP)
			read_memory_tag(t);
		else if (t->type == TAG_RSDP || (t->type == TAG_RSDP_OLD && !rsdp))
			rsdp = (uint64_t)data - DIRECT_START;
	}
}

/*
 * QEMU puts the archive where it thinks memory ends, before the firmware takes what its tables need of it: the last pages of the
 * archive may be in no range of memory. They are mapped, since the archive is read there.
 */
static void __init add_archive(void)
{
	initrd_ram_end = initrd.start;
	for (unsigned i = 0; i < ram_cnt; i++)
		if (initrd.start >= ram[i].start && initrd.start < ram[i].end)
			initrd_ram_end = initrd.end < ram[i].end ? initrd.end : ram[i].end;
	if (initrd.end > initrd_ram_end)
		range_add(ram, &ram_cnt, initrd_ram_end, initrd.end + PAGE_BYTES - 1);
}

void __init boot_read(uint32_t magic, phys_addr info)
{
	if (magic == MULTIBOOT2_MAGIC)
		read_multiboot2(info);
	else
		read_pvh(info);
	if (initrd.end)
		add_archive();
	range_remove(ram, &ram_cnt, direct_phys(image_start), direct_phys(image_end));
	memcpy(free_ram, ram, sizeof(ram));
	free_cnt = ram_cnt;
	range_remove(free_ram, &free_cnt, 0, LOW_BYTES);
	if (initrd.end)
		range_remove(free_ram, &free_cnt, initrd.start, initrd.end);
	if (magic == MULTIBOOT2_MAGIC) /* the copy of the RSDP in it is read later */
		range_remove(free_ram, &free_cnt, info, info + *(uint32_t *)direct_address(info));
}

/* ---- what others ask for ----------------------------------------------------------------------------------------- */

const char *boot_command_line(void)
{
	return command_line;
}

bool boot_option(const char *name, char *value, size_t size)
{
	size_t name_len = strlen(name), len;

	for (const char *word = command_line; *word; word += len) {
		while (*word == ' ')
			word++;
		for (len = 0; word[len] && word[len] != ' '; len++)
			;
		if (len < name_len || strncmp(word, name, name_len) || (len > name_len && word[name_len] != '='))
			continue;
		if (size) {
			const char *text = word + name_len + (len > name_len);
			size_t text_len = (size_t)(word + len - text);

			if (text_len >= size)
				text_len = size - 1;
			memcpy(value, text, text_len);
			value[text_len] = '\0';
		}
		return true;
	}
	return false;
}

uint64_t __init boot_number(const char *name, uint64_t otherwise)
{
	char text[NUMBER_BYTES];
	uint64_t number = 0;

	if (!boot_option(name, text, sizeof(text)) || !text[0])
		return otherwise;
	for (const char *at = text; *at; at++) {
		if (*at < '0' || *at > '9')
			return otherwise;
		number = number * 10 + (uint64_t)(*at - '0');
	}
	return number;
}

const void __init *boot_initrd(size_t *bytes)
{
	*bytes = initrd.end - initrd.start;
	return *bytes ? direct_address(initrd.start) : NULL;
}

void __init boot_initrd_free(void)
{
	phys_addr start = (initrd.start + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);

	for (phys_addr p = start; p + PAGE_BYTES <= initrd_ram_end; p += PAGE_BYTES)
		page_give(p, p + PAGE_BYTES);
	initrd = (struct phys_range){};
}

phys_addr __init boot_rsdp(void)
{
	return rsdp;
}

const struct phys_range __init *boot_ram(unsigned *cnt)
{
	*cnt = ram_cnt;
	return ram;
}

const struct phys_range __init *boot_free_ram(unsigned *cnt)
{
	*cnt = free_cnt;
	return free_ram;
}

static uint64_t __init ram_bytes(void)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < ram_cnt; i++)
		bytes += ram[i].end - ram[i].start;
	return bytes;
}

phys_addr __init boot_take(size_t bytes)
{
	bytes = (bytes + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
	for (unsigned i = 0; i < free_cnt; i++) {
		struct phys_range *r = &free_ram[i];

		if (r->end - r->start >= bytes && r->start + bytes <= EARLY_BYTES) {
			r->start += bytes;
			return r->start - bytes;
		}
	}
	machine_refuse("this machine has too little memory (%llu MiB)", (unsigned long long)(ram_bytes() >> 20));
}

phys_addr __init boot_take_table(void)
{
	phys_addr table = boot_take(PAGE_BYTES);

	memset(direct_address(table), 0, PAGE_BYTES);
	return table;
}
