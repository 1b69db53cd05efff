/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A host around another one that watches how the core calls it: with or without the core's lock, and in which context,
 * as host.h promises for each function. Needs no C library. Give contract_watch()'s host to tenon_create(), use the
 * core, and look at `broken`.
 */
#ifndef TESTS_PORT_CONTRACT_H
#define TESTS_PORT_CONTRACT_H

#include "tenon/core.h"

/* The functions, in the order of host.h. */
enum contract_function {
	CONTRACT_ALLOC,
	CONTRACT_FREE,
	CONTRACT_BLOCK_MAP,
	CONTRACT_BLOCK_UNMAP,
	CONTRACT_BLOCK_WRITE,
	CONTRACT_PROTECT,
	CONTRACT_LOCK,
	CONTRACT_UNLOCK,
	CONTRACT_SYNC_CPUS,
	CONTRACT_NOW_NS,
	CONTRACT_LOG,
	CONTRACT_PANIC,
	CONTRACT_WAIT,
	CONTRACT_WAKE,
	CONTRACT_THREAD,
	CONTRACT_FIND,
	CONTRACT_VERIFY,
	CONTRACT_BIND,
	CONTRACT_CALL,
	CONTRACT_RANDOM,
	CONTRACT_EVENT,
	CONTRACT_CNT
};

struct contract {
	struct tenon_host host; /* for tenon_create() */
	const struct tenon_host *inner;
	const struct tenon_thread *holder; /* of the lock; only its own thread finds itself here */
	bool held;
	bool interrupt;     /* set it while calling what core.h allows in any context */
	const char *broken; /* the first function that was called as host.h excludes, or NULL */
	unsigned long calls[CONTRACT_CNT], locked[CONTRACT_CNT]; /* in all; with the lock held */
};

/* Watch @inner, which must stay. Its `thread`, if it has one, tells who holds the lock. */
void contract_watch(struct contract *c, const struct tenon_host *inner);
const char *contract_name(enum contract_function f);

#endif
