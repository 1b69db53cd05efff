/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* How much stack a call takes at most: the stack below the caller is painted before, and looked at afterwards. */
#ifndef TESTS_PORT_STACK_H
#define TESTS_PORT_STACK_H

#include <stddef.h>
#include <stdint.h>

#define STACK_PAINTED_BYTES 12288
#define STACK_PAINT 0xa5

/* Return: the lowest painted address, for stack_used() in the same function. */
static __attribute__((noinline)) uintptr_t stack_paint(void)
{
	volatile uint8_t below[STACK_PAINTED_BYTES];

	for (size_t i = 0; i < sizeof(below); i++)
		below[i] = STACK_PAINT;
	return (uintptr_t)below;
}

/* Return: bytes, STACK_PAINTED_BYTES if it was more than could be seen. */
static __attribute__((noinline)) size_t stack_used(uintptr_t low)
{
	const volatile uint8_t *p = (const volatile uint8_t *)low;
	size_t unused = 0;

	while (unused < STACK_PAINTED_BYTES && p[unused] == STACK_PAINT)
		unused++;
	return STACK_PAINTED_BYTES - unused;
}

#endif
