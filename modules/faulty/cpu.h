/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Instructions that C has no words for, on each CPU: one that is illegal, and Linux's system call exit_group. */
#ifndef FAULTY_CPU_H
#define FAULTY_CPU_H

#if defined(__x86_64__)

#define CPU_ILLEGAL "ud2"

static inline void cpu_exit_group(long status)
{
	long nr = 231;

	__asm__ volatile("syscall" : "+a"(nr) : "D"(status) : "rcx", "r11", "memory");
}

#elif defined(__aarch64__)

#define CPU_ILLEGAL ".inst 0" /* UDF #0 */

static inline void cpu_exit_group(long status)
{
	register long x0 __asm__("x0") = status;
	register long x8 __asm__("x8") = 94;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8) : "memory");
}

#elif defined(__riscv)

#define CPU_ILLEGAL ".2byte 0"

static inline void cpu_exit_group(long status)
{
	register long a0 __asm__("a0") = status;
	register long a7 __asm__("a7") = 94;

	__asm__ volatile("ecall" : "+r"(a0) : "r"(a7) : "memory");
}

#elif defined(__arm__)

#define CPU_ILLEGAL "udf #0"

/* r7 holds the number, and is also the frame pointer of Thumb code. */
static inline void cpu_exit_group(long status)
{
	register long r0 __asm__("r0") = status;

	__asm__ volatile("mov r12, r7\n\tmov r7, #248\n\tsvc #0\n\tmov r7, r12" : "+r"(r0) : : "r12", "memory");
}

#endif

#endif
