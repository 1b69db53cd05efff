/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The record of the locks that a thread holds, by rank: debug builds only. What is against the order is a panic. */
#ifndef KERNEL_SCHED_HELD_H
#define KERNEL_SCHED_HELD_H

#include <stdbool.h>
#include <stdint.h>

#ifdef KERNEL_DEBUG

/* @second: one of the same rank may be held. */
void held_add(uint8_t rank, bool second, const void *lock);
void held_remove(uint8_t rank);

#else

static inline void held_add(uint8_t rank, bool second, const void *lock)
{
	(void)rank;
	(void)second;
	(void)lock;
}

static inline void held_remove(uint8_t rank)
{
	(void)rank;
}

#endif

#endif
