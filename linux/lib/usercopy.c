// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies from and to a program's memory, which is the caller's own here; what is not there is a fault like any other.
 */
#include <linux/string.h>
#include <linux/uaccess.h>

#include "linux/glue.h"
#include "linux/export.h"

unsigned long _copy_from_user(void *to, const void __user *from, unsigned long bytes)
{
	if (unlikely(!access_ok(from, bytes))) {
		memset(to, 0, bytes);
		return bytes;
	}
	memcpy(to, (const void __force *)from, bytes);
	return 0;
}
EXPORT_SYMBOL(_copy_from_user);

unsigned long _copy_to_user(void __user *to, const void *from, unsigned long bytes)
{
	if (unlikely(!access_ok(to, bytes)))
		return bytes;
	memcpy((void __force *)to, from, bytes);
	return 0;
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
		memcpy(to, from, len);                                                                                 \
		return 0;                                                                                              \
	}                                                                                                              \
	EXPORT_SYMBOL(name)

COPY(copy_user_generic_unrolled);
COPY(copy_user_generic_string);
COPY(copy_user_enhanced_fast_string);
