// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Functions that compilers for 32-bit ARM call unasked (Run-time ABI for the Arm Architecture, 4.2 and 4.3.4). Division
 * comes from the compiler's own library (Kbuild); the memory functions are called by some compilers in place of C's.
 */
#include "tenon/module.h"

/* Their results come back in four registers, which C cannot declare; only their names are needed here. */
void __aeabi_ldivmod(void);
void __aeabi_uldivmod(void);
EXPORT_SYMBOL(__aeabi_ldivmod);
EXPORT_SYMBOL(__aeabi_uldivmod);

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
