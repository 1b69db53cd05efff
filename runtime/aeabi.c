// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Functions that compilers for 32-bit ARM call implicitly (Run-time ABI for the Arm Architecture, 4.2 to 4.3.4). Division
 * is done by the compiler's own library (Kbuild); some compilers call the memory functions in place of C's.
 */
#include "tenon/module.h"

/* C cannot declare what these take and return: two 64-bit numbers in r0-r3, quotient and remainder in r0-r3. */
void __aeabi_ldivmod(void);
void __aeabi_uldivmod(void);
void __aeabi_ldiv0(void);

__attribute__((naked)) void __aeabi_ldivmod(void)
{
	__asm__("b libgcc_ldivmod");
}
EXPORT_SYMBOL(__aeabi_ldivmod);

__attribute__((naked)) void __aeabi_uldivmod(void)
{
	__asm__("b libgcc_uldivmod");
}
EXPORT_SYMBOL(__aeabi_uldivmod);

/* That library calls this for a division by zero. Other CPUs trap, so this does, too. */
void __aeabi_ldiv0(void)
{
	__builtin_trap();
}

void __aeabi_memcpy(void *dst, const void *src, size_t len);
void __aeabi_memmove(void *dst, const void *src, size_t len);
void __aeabi_memset(void *dst, size_t len, int byte);
void __aeabi_memclr(void *dst, size_t len);

void __aeabi_memcpy(void *dst, const void *src, size_t len)
{
	memcpy(dst, src, len);
}
EXPORT_SYMBOL(__aeabi_memcpy);

void __aeabi_memmove(void *dst, const void *src, size_t len)
{
	memmove(dst, src, len);
}
EXPORT_SYMBOL(__aeabi_memmove);

/* Its arguments are in another order than memset's. */
void __aeabi_memset(void *dst, size_t len, int byte)
{
	memset(dst, byte, len);
}
EXPORT_SYMBOL(__aeabi_memset);

void __aeabi_memclr(void *dst, size_t len)
{
	memset(dst, 0, len);
}
EXPORT_SYMBOL(__aeabi_memclr);
