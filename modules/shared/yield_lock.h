/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A lock that is held for a few instructions, so whoever finds it taken lets the other go on. 0: free. */
#ifndef MODULES_SHARED_YIELD_LOCK_H
#define MODULES_SHARED_YIELD_LOCK_H

#include "tenon/module.h"

static inline void yield_lock(uint32_t *lock)
{
	while (__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE))
		tenon_yield();
}

static inline void yield_unlock(uint32_t *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

#endif
