/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Memory that ends: malloc and its kin of the program that includes this take the place of libc's, also for the
 * libraries that it is linked with. For one file of a program, and one thread.
 */
#ifndef TESTS_MEMORY_H
#define TESTS_MEMORY_H

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t cnt, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void __libc_free(void *memory);

static long left = -1; /* allocations until one fails; negative: none does */
static long in_use;    /* blocks that were not given back */

static bool fails(void)
{
	if (left < 0 || left--)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	void *memory = fails() ? NULL : __libc_malloc(size);

	in_use += memory != NULL;
	return memory;
}

void *calloc(size_t cnt, size_t size)
{
	void *memory = fails() ? NULL : __libc_calloc(cnt, size);

	in_use += memory != NULL;
	return memory;
}

void *realloc(void *old, size_t size)
{
	void *memory = fails() ? NULL : __libc_realloc(old, size);

	in_use += !old && memory;
	return memory;
}

void free(void *memory)
{
	in_use -= memory != NULL;
	__libc_free(memory);
}

#endif
