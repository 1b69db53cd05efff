// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Access to user memory is open (AC is set) for single instructions only, each of which is in the exception table. */
#include "kernel/mm/user.h"

#include "kernel/arch/x86_64/trap.h"
#include "tenon/errno.h"

/* In words and what is left over. Return: 0; otherwise not all was copied. */
static size_t copy(void *dst, const void *src, size_t bytes)
{
	size_t left = bytes / 8;

	__asm__ volatile("stac\n1:\trep movsq\n\tmovl %[rest], %%ecx\n2:\trep movsb\n3:\tclac\n" EXCEPTION_ASM("1b",
													       "3b")
			     EXCEPTION_ASM("2b", "3b")
			 : "+D"(dst), "+S"(src), "+c"(left)
			 : [rest] "r"((uint32_t)(bytes % 8))
			 : "memory", "rdx");
	return left;
}

int user_copy_in(void *dst, user_addr src, size_t bytes)
{
	return user_range_valid(src, bytes) && !copy(dst, (const void *)src, bytes) ? 0 : -TENON_EFAULT;
}

int user_copy_out(user_addr dst, const void *src, size_t bytes)
{
	return user_range_valid(dst, bytes) && !copy((void *)dst, src, bytes) ? 0 : -TENON_EFAULT;
}

int user_clear(user_addr dst, size_t bytes)
{
	if (!user_range_valid(dst, bytes))
		return -TENON_EFAULT;
	__asm__ volatile("stac\n1:\trep stosb\n2:\tclac\n" EXCEPTION_ASM("1b", "2b")
			 : "+D"(dst), "+c"(bytes)
			 : "a"(0)
			 : "memory", "rdx");
	return bytes ? -TENON_EFAULT : 0;
}

/* The next bytes until the end of a page: a string may end right before memory that is not there. */
static size_t page_rest(user_addr addr, size_t most)
{
	size_t rest = 4096 - addr % 4096;

	return rest < most ? rest : most;
}

#define STRING_PART 64 /* bytes that are copied before they are looked at: most strings are shorter */

long user_string_in(char *dst, user_addr src, size_t size)
{
	for (size_t done = 0; done < size;) {
		size_t left = size - done, part = page_rest(src + done, left < STRING_PART ? left : STRING_PART);

		if (user_copy_in(dst + done, src + done, part))
			return -TENON_EFAULT;
		for (size_t end = done + part; done < end; done++)
			if (!dst[done])
				return (long)done;
	}
	return -TENON_ENAMETOOLONG;
}

int user_load32(user_addr addr, uint32_t *value)
{
	if (addr % 4)
		return -TENON_EINVAL;
	return user_copy_in(value, addr, 4);
}

int user_compare_exchange32(user_addr addr, uint32_t *expected, uint32_t desired)
{
	int err = -TENON_EFAULT;

	if (addr % 4)
		return -TENON_EINVAL;
	if (!user_range_valid(addr, 4))
		return -TENON_EFAULT;
	__asm__ volatile(
	    "stac\n1:\tlock cmpxchgl %[desired], (%[addr])\n\txorl %[err], %[err]\n2:\tclac\n" EXCEPTION_ASM("1b", "2b")
	    : "+a"(*expected), [err] "+r"(err)
	    : [addr] "r"(addr), [desired] "r"(desired)
	    : "memory", "rdx", "cc");
	return err;
}
