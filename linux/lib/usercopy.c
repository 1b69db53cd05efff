// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies from and to a program's memory (x86/uaccess.S). Those that can fail return how many bytes were not copied.
 */
#include <linux/pagemap.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/thread_info.h>
#include <linux/uaccess.h>

#include "linux/glue.h"
#include "linux/kernel/watch.h"
unsigned long linux_user_copy(void *to, const void *from, unsigned long bytes);

#include "linux/versions.h"
#include "linux/export.h"

unsigned long _copy_from_user(void *to, const void __user *from, unsigned long bytes)
{
	unsigned long left;

	if (unlikely(!access_ok(from, bytes))) {
		memset(to, 0, bytes);
		return bytes;
	}
	if (linux_watching && !pagefault_disabled())
		linux_watch_sleep();
	left = linux_user_copy(to, (const void __force *)from, bytes);
	memset((char *)to + bytes - left, 0, left); /* no old bytes go to whoever looks at nothing but the data */
	return left;
}
EXPORT_SYMBOL(_copy_from_user);

unsigned long _copy_to_user(void __user *to, const void *from, unsigned long bytes)
{
	if (unlikely(!access_ok(to, bytes)))
		return bytes;
	if (linux_watching)
		linux_watch_copy(from, bytes);
	return linux_user_copy((void __force *)to, from, bytes);
}
EXPORT_SYMBOL(_copy_to_user);

/* For who prints what may be gone: any address may be asked for, and one that is not there is an error. */
long copy_from_kernel_nofault(void *to, const void *from, size_t bytes)
{
	return linux_user_copy(to, from, bytes) ? -EFAULT : 0;
}

long copy_to_kernel_nofault(void *to, const void *from, size_t bytes)
{
	return copy_from_kernel_nofault(to, from, bytes);
}

long copy_to_user_nofault(void __user *to, const void *from, size_t bytes)
{
	return _copy_to_user(to, from, bytes) ? -EFAULT : 0;
}
EXPORT_SYMBOL_GPL(copy_to_user_nofault);

/* How many of the bytes cannot be read, found by reading one of each page. */
size_t fault_in_readable(const char __user *from, size_t bytes)
{
	const char *at = (const char __force *)from, *end = at + bytes;
	char c;

	for (; at < end; at = PTR_ALIGN(at + 1, PAGE_SIZE))
		if (linux_user_copy(&c, at, 1))
			return (size_t)(end - at);
	return 0;
}
EXPORT_SYMBOL(fault_in_readable);

/* Likewise, by writing what is there. */
size_t fault_in_writeable(char __user *to, size_t bytes)
{
	char *at = (char __force *)to, *end = at + bytes;
	char c;

	for (; at < end; at = PTR_ALIGN(at + 1, PAGE_SIZE))
		if (linux_user_copy(&c, at, 1) || linux_user_copy(at, &c, 1))
			return (size_t)(end - at);
	return 0;
}
EXPORT_SYMBOL(fault_in_writeable);

/* Access is by the page here. */
size_t fault_in_subpage_writeable(char __user *to, size_t bytes)
{
	return fault_in_writeable(to, bytes);
}
EXPORT_SYMBOL(fault_in_subpage_writeable);

/* No piece of memory is known so well that its limits could be checked. */
void __check_object_size(const void *ptr, unsigned long bytes, bool to_user)
{
	(void)ptr, (void)bytes, (void)to_user;
}
EXPORT_SYMBOL(__check_object_size);

#if LINUX_SINCE(6, 12)
/* Up to where addresses may be a program's, which are the caller's own here. */
unsigned long USER_PTR_MAX = DEFAULT_MAP_WINDOW - 1;
EXPORT_SYMBOL(USER_PTR_MAX);
#endif

/* Linux's inlined copies call one of these, by the CPU. */
#define COPY(name)                                                                                                     \
	unsigned long name(void *to, const void *from, unsigned len)                                                   \
	{                                                                                                              \
		return linux_user_copy(to, from, len);                                                                                              \
	}                                                                                                              \
	EXPORT_SYMBOL(name)

#if !LINUX_SINCE(6, 12)
COPY(copy_user_generic_unrolled);
COPY(copy_user_generic_string);
COPY(copy_user_enhanced_fast_string);
#endif

/* The compiler knows how large the object is, and Linux's code does not copy then. */
void __copy_overflow(int size, unsigned long bytes)
{
	struct trace t = { 0 };

	if (linux_watching)
		linux_trace_here(&t);
	if (t.cnt)
		linux_finding("overflow", 0, 0, &t);
	_printk(KERN_ERR "BUG: a copy of %lu bytes to or from an object of %d\n", bytes, size);
}
EXPORT_SYMBOL(__copy_overflow);
