/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * User memory. Its addresses are integers, so that nothing of the kernel follows one by mistake: these functions are
 * the only way to it. They check the range, then copy with user access open (SMAP); a fault that the address space
 * cannot serve ends the copy through the exception table.
 *
 * They may sleep (a page is read in, or waits for the space's lock): never call them with a spin lock held or from an
 * interrupt. What was copied before a fault stays copied.
 */
#ifndef KERNEL_MM_USER_H
#define KERNEL_MM_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t user_addr;

/*
 * User space is [USER_START, USER_END): the lower half but its last page, so that no instruction there ends beyond it.
 */
#define USER_START 0x10000ull
#define USER_END 0x00007ffffffff000ull

/* Do all @bytes at @addr lie in user space? 0 bytes do anywhere there, also at its end and at 0. */
static inline bool user_range_valid(user_addr addr, uint64_t bytes)
{
	return addr <= USER_END && bytes <= USER_END - addr;
}

/* Return: 0 or -TENON_EFAULT. */
int user_copy_in(void *dst, user_addr src, size_t bytes);
int user_copy_out(user_addr dst, const void *src, size_t bytes);
int user_clear(user_addr dst, size_t bytes);

/**
 * user_string_in - copy a string with its NUL
 * @size: of @dst, at least 1
 *
 * Return: its length without NUL, -TENON_EFAULT, or -TENON_ENAMETOOLONG: no NUL in the first @size bytes.
 */
long user_string_in(char *dst, user_addr src, size_t size);

/*
 * Atomic operations on an aligned 32-bit word, for futexes.
 * Return: 0, -TENON_EFAULT, or -TENON_EINVAL if @addr is not aligned.
 */
int user_load32(user_addr addr, uint32_t *value);
int user_compare_exchange32(user_addr addr, uint32_t *expected, uint32_t desired);

#endif
