/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A module that tests the interface from inside: each test is one control call of the device "selftest". */
#ifndef TESTS_PORT_SELFTEST_H
#define TESTS_PORT_SELFTEST_H

/* X(name): what it tests. The number of the control call is its place in this list. */
#define SELFTESTS(X) \
	X(memory) X(memory_reuse) X(arena) X(arena_bad) X(buffer) \
	X(event) X(event_timeout) X(mutex) X(mutex_contended) X(mutex_owner_dead) X(bad_handles) \
	X(thread) X(thread_stop) X(thread_join) X(sleep) X(timer_once) X(timer_stop) X(timer_far) X(clock) X(random) \
	X(log) X(text) X(vcpu) X(vcpu_wait) X(trap_access) X(trap_kinds) X(trap_refused) X(module)

enum selftest {
#define SELFTEST_ENUM(name) SELFTEST_##name,
	SELFTESTS(SELFTEST_ENUM)
#undef SELFTEST_ENUM
	    SELFTEST_CNT
};

/* Not in the list: what ends its domain. */
enum { SELFTEST_BAD_FREE = 1000, SELFTEST_BAD_SELF, SELFTEST_SOCKET };

#endif
