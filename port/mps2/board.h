/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * QEMU's mps2-an386: Cortex-M4, one CPU, no MMU, and the MPU is not used. Arm's Application Note AN386 has the memory
 * map: code in the RAM at 0, where -kernel puts it, the kernel's data in the RAM at 0x20000000, modules in the PSRAM
 * at 0x21000000, so far from the code that no branch reaches.
 */
#ifndef PORT_MPS2_BOARD_H
#define PORT_MPS2_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The program that the port starts. Its return value becomes QEMU's exit status. */
int main(void);

/* ---- interrupts: the only one is the tick ---- */

/** irq_save - forbid interrupts. Return: what irq_restore() needs to bring back the state before. Any context. */
static inline uint32_t irq_save(void)
{
	uint32_t before;

	__asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(before) : : "memory");
	return before;
}

static inline void irq_restore(uint32_t before)
{
	__asm__ volatile("msr primask, %0" : : "r"(before) : "memory");
}

/** in_interrupt - is an exception handler running? */
static inline bool in_interrupt(void)
{
	uint32_t ipsr;

	__asm__ volatile("mrs %0, ipsr" : "=r"(ipsr));
	return ipsr != 0;
}

/* ---- console.c: CMSDK UART 0 ---- */

void console_open(void);
/** console_write - send bytes, waiting while the UART is busy. Any context. */
void console_write(const char *text, size_t len);

/* ---- clock.c: a CMSDK timer counts, SysTick interrupts ---- */

#define TICK_NS 1000000u

/** clock_open - let time begin; @tick is called every TICK_NS, as an interrupt. */
void clock_open(void (*tick)(uint64_t now_ns));
/** clock_ns - Return: nanoseconds since clock_open(), right while somebody asks at least every 171 s. Any context. */
uint64_t clock_ns(void);
/** clock_sleep - return when @until_ns has come; interrupts go on. Context: thread. */
void clock_sleep(uint64_t until_ns);

/* ---- semihosting.c: what QEMU does for its guest ---- */

/** board_exit - end QEMU with this exit status. */
__attribute__((noreturn)) void board_exit(int status);
/**
 * board_random - bytes of the random generator of the machine that QEMU runs on; the board has none
 * Return: 0, or -TENON_EAGAIN if it could not be read
 */
int board_random(void *buf, size_t len);

#endif
