/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What every port must do, as a test suite for any of them: fill in a struct port_under_test and call
 * port_conformance(). It needs nothing but tests/tap.h, and prints TAP.
 */
#ifndef TESTS_PORT_CONFORMANCE_H
#define TESTS_PORT_CONFORMANCE_H

#include "tenon/core.h"

struct port_under_test {
	const struct tenon_host *host;
	struct tenon *core;
	struct tenon_domain *domain; /* of the kernel's kind: blocks are mapped here */
	/* Start a thread, and wait until it has returned. Both NULL where there is only one. */
	void *(*thread_start)(void (*fn)(void *arg), void *arg);
	void (*thread_join)(void *thread);
	/* Does this access trap? NULL where memory is not protected. */
	bool (*write_traps)(uint64_t address);
	bool (*execute_traps)(uint64_t address);
};

/* Run all. Return: exit status, 0 if everything passed. */
int port_conformance(const struct port_under_test *port);

/* Its parts. */
void test_contract(const struct port_under_test *port);
void test_heap(const struct port_under_test *port);
void test_blocks(const struct port_under_test *port);
void test_sync(const struct port_under_test *port);
void test_watched(const struct port_under_test *port);

#endif
