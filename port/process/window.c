/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Where modules lie. x86-64 objects built for the kernel hold sign-extended 32-bit addresses, so their memory must be
 * below 2 GiB; a non-PIE program is there too, and so is its heap, whose place is random within 1 GiB: the window is
 * looked for above that. AArch64 branches reach 128 MiB, so there the window follows the program closely.
 */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "port/process/internal.h"

/* AddressSanitizer's shadow begins at 0x7fff8000. */
#define LOW_END 0x7fe00000ul

static const struct window candidates[] = {
#ifdef __aarch64__
	{ 0x2000000, 0x6000000 },
	{ 0x4000000, 0x4000000 },
#endif
	{ 0x60000000, LOW_END - 0x60000000 },
	{ 0x68000000, LOW_END - 0x68000000 },
	{ 0x70000000, LOW_END - 0x70000000 },
	{ 0x50000000, 0x10000000 },
};

/* Made by the linker: the program from its first to its last byte. */
extern const char __executable_start[], _end[];

static void *reserve(void *at, size_t size, int flags)
{
	return mmap(at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | flags, -1, 0);
}

int window_reserve(struct window *w)
{
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++) {
		void *at = (void *)(uintptr_t)candidates[i].start;
		void *got = reserve(at, candidates[i].size, MAP_FIXED_NOREPLACE);

		if (got == at) {
			*w = candidates[i];
			return 0;
		}
		/* A kernel or emulator that does not know NOREPLACE takes the address as a hint. */
		if (got != MAP_FAILED)
			munmap(got, candidates[i].size);
	}
	return -TENON_ENOSPC;
}

void window_release(const struct window *w)
{
	munmap((void *)(uintptr_t)w->start, w->size);
}

void *window_reserve_any(size_t size)
{
	uint8_t *p = reserve(NULL, size + BLOCK_BYTES, 0);
	size_t before;

	if (p == MAP_FAILED)
		return NULL;
	before = -(uintptr_t)p & (BLOCK_BYTES - 1);
	if (before)
		munmap(p, before);
	munmap(p + before + size, BLOCK_BYTES - before);
	return p + before;
}

void window_span(const struct window *w, uint64_t *start, uint64_t *size)
{
	uint64_t first = (uintptr_t)__executable_start, last = (uintptr_t)_end;

	if (w->start < first)
		first = w->start;
	if (w->start + w->size > last)
		last = w->start + w->size;
	*start = first;
	*size = last - first;
}
