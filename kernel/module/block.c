// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Each slot of the module window can have a frame. Where a block is not writable it is written through the same slot of
 * the window for writing, where it is mapped only meanwhile.
 */
#include "kernel/module/block.h"

#include "kernel/arch/x86_64/paging.h"
#include "kernel/domain/primitives.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/page.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define SLOT_CNT ((MODULES_END - MODULES_START) / BLOCK_BYTES)
#define FRAME_ORDER 9
/* One for each kind of memory, on machines where they are no more than a 16th of all. */
#define RESERVE_MAX TENON_MEM_COUNT
#define RESERVE_SHARE 16

struct slot {
	phys_addr frame;      /* 0: free */
	uint32_t dirty_bytes; /* from its start: what modules may have changed */
};

static struct slot slots[SLOT_CNT];
static phys_addr reserve[RESERVE_MAX]; /* zeroed frames that nothing maps */
static unsigned reserve_cnt, reserve_size;
static unsigned writing_cnt; /* blocks that are written elsewhere than they run */

static const uint64_t access_of[TENON_MEM_COUNT] = {
	[TENON_MEM_TEXT] = 0,
	[TENON_MEM_RODATA] = PTE_NO_EXEC,
	[TENON_MEM_RO_AFTER_INIT] = PTE_NO_EXEC | PTE_WRITE,
	[TENON_MEM_DATA] = PTE_NO_EXEC | PTE_WRITE,
	[TENON_MEM_INIT_TEXT] = 0,
	[TENON_MEM_INIT_DATA] = PTE_NO_EXEC | PTE_WRITE,
};

static bool written_in_place(const struct tenon_block *b)
{
	return access_of[b->kind] & PTE_WRITE;
}

static struct slot *slot_at(tenon_addr run)
{
	return &slots[(run - MODULES_START) / BLOCK_BYTES];
}

static uint64_t writing_at(tenon_addr run)
{
	return run - MODULES_START + WRITING_START;
}

/* In words: a loop over bytes takes eight times as long on CPUs that do not have a fast one. */
static void zero(void *start, size_t bytes)
{
	size_t words = (bytes + 7) / 8;

	__asm__ volatile("rep stosq" : "+D"(start), "+c"(words) : "a"(0) : "memory");
}

/* ---- frames ------------------------------------------------------------------------------------------------------ */

/* A zeroed frame, out of the direct map; 0: no memory. The TLBs may have it yet. */
static phys_addr frame_new(void)
{
	struct page *page = page_alloc(FRAME_ORDER);

	if (!page)
		return 0;
	if (!kernel_is_large((uint64_t)page_address(page))) {
		page_put(page);
		return 0;
	}
	zero(page_address(page), BLOCK_BYTES);
	kernel_unmap_large((uint64_t)page_address(page));
	return page_phys(page);
}

static phys_addr frame_take(void)
{
	phys_addr frame;

	if (reserve_cnt)
		return reserve[--reserve_cnt];
	frame = frame_new();
	if (frame)
		tlb_flush_kernel();
	return frame;
}

/* No TLB has it. */
static void frame_give(phys_addr frame)
{
	if (reserve_cnt < reserve_size) {
		reserve[reserve_cnt++] = frame;
		return;
	}
	kernel_map_large((uint64_t)direct_address(frame), frame, PTE_WRITE | PTE_NO_EXEC);
	page_put(page_of_phys(frame));
}

void __init block_init(void)
{
	struct page_totals totals;

	page_totals(&totals);
	while (reserve_size < RESERVE_MAX &&
	       (reserve_size + 1) * (BLOCK_BYTES / PAGE_BYTES) * RESERVE_SHARE <= totals.total) {
		phys_addr frame = frame_new();

		if (!frame)
			break;
		reserve[reserve_size++] = frame;
	}
	reserve_cnt = reserve_size;
	tlb_flush_kernel();
}

/* ---- blocks ------------------------------------------------------------------------------------------------------ */

/* First fit. Return: SLOT_CNT if there are not so many in a row. */
static size_t find_slots(size_t cnt)
{
	size_t run = 0;

	for (size_t i = 0; i < SLOT_CNT; i++) {
		run = slots[i].frame ? 0 : run + 1;
		if (run == cnt)
			return i + 1 - cnt;
	}
	return SLOT_CNT;
}

/* Take @bytes from @run on out of the map, and their frames back. */
static void unmap(tenon_addr run, size_t bytes)
{
	struct page *tables = NULL, *table;

	for (size_t off = 0; off < bytes; off += BLOCK_BYTES) {
		table = kernel_unmap_large(run + off);
		if (!table)
			continue;
		table->owner = tables;
		tables = table;
	}
	tlb_flush_kernel();
	for (size_t off = 0; off < bytes; off += BLOCK_BYTES) {
		struct slot *s = slot_at(run + off);

		frame_give(s->frame);
		*s = (struct slot){ 0 };
	}
	while ((table = tables)) {
		tables = table->owner;
		page_put(table);
	}
}

phys_addr block_phys(tenon_addr address)
{
	return slot_at(address)->frame + address % BLOCK_BYTES;
}

int block_map(void *context, struct tenon_block *b)
{
	size_t cnt = b->size / BLOCK_BYTES, first = find_slots(cnt), i;

	(void)context;
	if (first == SLOT_CNT)
		return -TENON_ENOSPC;
	b->run = MODULES_START + first * BLOCK_BYTES;
	b->write = NULL;
	for (i = 0; i < cnt; i++) {
		tenon_addr run = b->run + i * BLOCK_BYTES;
		phys_addr frame = frame_take();

		if (!frame)
			break;
		slots[first + i].frame = frame;
		kernel_map_large(run, frame, access_of[b->kind]);
		/* Its pages become read-only one by one. */
		if (b->kind == TENON_MEM_RO_AFTER_INIT && kernel_split(run)) {
			i++;
			break;
		}
		if (i + 1 == cnt)
			return 0;
	}
	if (i)
		unmap(b->run, i * BLOCK_BYTES);
	return -TENON_ENOMEM;
}

static void open_for_writing(struct tenon_block *b)
{
	if (written_in_place(b)) {
		b->write = (uint8_t *)b->run;
		return;
	}
	writing_cnt++;
	for (size_t off = 0; off < b->size; off += BLOCK_BYTES)
		kernel_map_large(writing_at(b->run + off), slot_at(b->run + off)->frame, PTE_WRITE | PTE_NO_EXEC);
	b->write = (uint8_t *)writing_at(b->run);
}

/* The TLBs still have it. */
static void close_for_writing(struct tenon_block *b)
{
	if (!written_in_place(b)) {
		writing_cnt--;
		for (size_t off = 0; off < b->size; off += BLOCK_BYTES)
			kernel_unmap_large(writing_at(b->run + off));
	}
	b->write = NULL;
}

int block_write(void *context, struct tenon_block *b)
{
	(void)context;
	if (!b->write)
		open_for_writing(b);
	return 0;
}

/* What comes next finds zeros. Pages that were sealed cannot be written where they run. */
void block_unmap(void *context, struct tenon_block *b)
{
	(void)context;
	if (b->kind == TENON_MEM_RO_AFTER_INIT) {
		for (size_t off = 0; off < b->size; off += BLOCK_BYTES)
			kernel_protect(b->run + off, BLOCK_BYTES, access_of[b->kind]);
		tlb_flush_kernel();
	}
	if (!b->write)
		open_for_writing(b);
	for (size_t off = 0; off < b->size; off += BLOCK_BYTES)
		zero(b->write + off, slot_at(b->run + off)->dirty_bytes);
	close_for_writing(b);
	unmap(b->run, b->size);
}

/* Modules change what they have got, and the core what lies before that. */
static void note_dirty(const struct tenon_range *r)
{
	size_t end = r->offset + r->size;

	for (size_t off = 0; off < end; off += BLOCK_BYTES) {
		struct slot *s = slot_at(r->block->run + off);
		size_t bytes = end - off < BLOCK_BYTES ? end - off : BLOCK_BYTES;

		if (bytes > s->dirty_bytes)
			s->dirty_bytes = (uint32_t)bytes;
	}
}

static void protect_pages(const struct tenon_range *r, uint64_t access)
{
	for (size_t off = r->offset, end = r->offset + r->size, next; off < end; off = next) {
		next = (off | (BLOCK_BYTES - 1)) + 1;
		if (next > end)
			next = end;
		kernel_protect(r->block->run + off, next - off, access);
	}
}

/* Debug builds look at the table as the CPU sees it whenever nothing is being written. */
static void prove(void)
{
#ifdef KERNEL_DEBUG
	struct paging_report r;

	if (writing_cnt)
		return;
	/* Instructions that are being changed (kernel/domain/text.c) have a second address for a moment, which is no fault. */
	mutex_lock(&text_window_lock);
	paging_walk(&r);
	mutex_unlock(&text_window_lock);
	if (r.write_exec || r.aliases || r.user)
		panic("pages that can be written and executed: %llu, at two addresses: %llu; by programs: %llu",
		      (unsigned long long)r.write_exec, (unsigned long long)r.aliases, (unsigned long long)r.user);
#endif
}

int block_protect(void *context, const struct tenon_range *ranges, size_t cnt)
{
	(void)context;
	for (const struct tenon_range *r = ranges; r < ranges + cnt; r++) {
		note_dirty(r);
		if (r->access == TENON_ACCESS_READ)
			protect_pages(r, PTE_NO_EXEC);
		else if (r->access == TENON_ACCESS_WRITE)
			protect_pages(r, PTE_NO_EXEC | PTE_WRITE);
		else if (r->close && r->block->write)
			close_for_writing(r->block);
	}
	/* Also an interrupt on every CPU, after which it fetches instructions anew. */
	tlb_flush_kernel();
	prove();
	return 0;
}
