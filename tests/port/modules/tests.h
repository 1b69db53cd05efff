/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* One function for each test. Return: 0, or the line of the check that failed. */
#ifndef TESTS_PORT_MODULES_TESTS_H
#define TESTS_PORT_MODULES_TESTS_H

#include "selftest.h"
#include "tenon/module.h"

#define SELFTEST_FUNCTION(name) int test_##name(void);
SELFTESTS(SELFTEST_FUNCTION)
#undef SELFTEST_FUNCTION

#define CHECK(condition)                                                                                               \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			return __LINE__;                                                                               \
	} while (0)

#define MS 1000000ull
#define FOREVER (~0ull) /* for what must come, however busy the machine is */

static inline uint64_t in_ms(uint64_t ms)
{
	return tenon_clock_ns() + ms * MS;
}

#endif
