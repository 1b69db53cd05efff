// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Linux has in x86's own files: copying, filling, and what the compiler's checks call. Not the functions of runtime/:
 * those are exports for native modules, with other checksums.
 */
#define __NO_FORTIFY
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/page.h>

#include "linux/export.h"

/* ---- memory ---- */

#undef memcpy
#undef memmove
#undef memset

void *memcpy(void *to, const void *from, size_t len)
{
	void *at = to;

	asm volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(len) : : "memory");
	return to;
}
EXPORT_SYMBOL(memcpy);

void copy_page(void *to, void *from)
{
	memcpy(to, from, PAGE_SIZE);
}
EXPORT_SYMBOL(copy_page);

void *memmove(void *to, const void *from, size_t len)
{
	char *d = (char *)to + len;
	const char *s = (const char *)from + len;

	if ((size_t)((char *)to - (const char *)from) >= len)
		return memcpy(to, from, len);
	while (len--)
		*--d = *--s;
	return to;
}
EXPORT_SYMBOL(memmove);

void *memset(void *mem, int byte, size_t len)
{
	void *at = mem;

	asm volatile("rep stosb" : "+D"(at), "+c"(len) : "a"(byte) : "memory");
	return mem;
}
EXPORT_SYMBOL(memset);

/* ---- what compiled-in checks call ---- */

void __noreturn __stack_chk_fail(void); /* only compilers know its prototype */

void __stack_chk_fail(void)
{
	_printk(KERN_ERR "stack canary overwritten\n");
	__builtin_trap();
}
EXPORT_SYMBOL(__stack_chk_fail);
