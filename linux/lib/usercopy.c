// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies from and to a program's memory (x86/uaccess.S). Those that can fail return how many bytes were not copied.
 */
#include <linux/string.h>
#include <linux/uaccess.h>

#include "linux/glue.h"
unsigned long linux_user_copy(void *to, const void *from, unsigned long bytes);

#include "linux/export.h"

unsigned long _copy_from_user(void *to, const void __user *from, unsigned long bytes)
{
	unsigned long left;

	if (unlikely(!access_ok(from, bytes))) {
		memset(to, 0, bytes);
		return bytes;
	}
	left = linux_user_copy(to, (const void __force *)from, bytes);
	memset((char *)to + bytes - left, 0, left); /* no old bytes go to whoever looks at nothing but the data */
	return left;
}
EXPORT_SYMBOL(_copy_from_user);

unsigned long _copy_to_user(void __user *to, const void *from, unsigned long bytes)
{
	if (unlikely(!access_ok(to, bytes)))
		return bytes;
	return linux_user_copy((void __force *)to, from, bytes);
}
EXPORT_SYMBOL(_copy_to_user);

/* No piece of memory is known so well that its limits could be checked. */
void __check_object_size(const void *ptr, unsigned long bytes, bool to_user)
{
	(void)ptr, (void)bytes, (void)to_user;
}
EXPORT_SYMBOL(__check_object_size);

/* Linux's inlined copies call one of these, by the CPU. */
#define COPY(name)                                                                                                     \
	unsigned long name(void *to, const void *from, unsigned len)                                                   \
	{                                                                                                              \
		return linux_user_copy(to, from, len);                                                                                              \
	}                                                                                                              \
	EXPORT_SYMBOL(name)

COPY(copy_user_generic_unrolled);
COPY(copy_user_generic_string);
COPY(copy_user_enhanced_fast_string);
