/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The program's beginning: it maps what the host says, drops its privileges, and waits for orders. */
#include <linux/mman.h>
#include <stdbool.h>

#include "port/process/domain/domain.h"
#include "port/process/domain/sys.h"

#define PAGE (1ul << DOMAIN_PAGE_SHIFT)

/* mem* that the compiler may call. */
void *memcpy(void *to, const void *from, unsigned long len);
void *memcpy(void *to, const void *from, unsigned long len)
{
	void *ret = to;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(len)::"memory");
	return ret;
}

void *memset(void *to, int byte, unsigned long len);
void *memset(void *to, int byte, unsigned long len)
{
	void *ret = to;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(len) : "a"(byte) : "memory");
	return ret;
}

static void map(uint64_t at, uint64_t size, int prot, uint64_t offset)
{
	if (sys6(SYS_mmap, (long)at, (long)size, prot, MAP_SHARED | MAP_FIXED, DOMAIN_MEMFD, (long)offset) != (long)at)
		sys_exit_all(EXIT_MAP);
}

void domain_main(void)
{
	map(DOMAIN_START, PAGE, PROT_READ, DOMAIN_START_OFFSET);
	map(START->base + START->heap, START->heap_size, PROT_READ | PROT_WRITE, START->heap);
	fault_init();
	rights_drop();
	control_loop(START->base, START->base + START->channels);
}
