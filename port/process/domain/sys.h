/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* System calls without a C library. Each returns what the kernel did: negative errno values are errors. */
#ifndef PORT_PROCESS_DOMAIN_SYS_H
#define PORT_PROCESS_DOMAIN_SYS_H

#include <sys/syscall.h>

static inline long sys6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static inline long sys3(long nr, long a, long b, long c)
{
	return sys6(nr, a, b, c, 0, 0, 0);
}

_Noreturn static inline void sys_exit_all(int status)
{
	for (;;)
		sys3(SYS_exit_group, status, 0, 0);
}

#endif
