/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Tests that run in the kernel: an image of its own has them, which runs the one that the command line names
 * (test=NAME), prints TAP, and powers off.
 */
#ifndef TESTS_BOOT_KERNEL_TEST_H
#define TESTS_BOOT_KERNEL_TEST_H

#include <stdbool.h>
#include <stdint.h>

#include "tenon/compiler.h"

TENON_PRINTF(2, 3) void ok(bool pass, const char *fmt, ...);

/* Run @fn on @cnt threads at once, each with its number as argument, and wait for all. */
void run_threads(unsigned cnt, void (*fn)(void *number));

/* Numbers that look random, the same in every run. */
uint32_t pseudo_random(uint32_t *state);

void test_memory(void);
void test_paging(void);
void test_tables(void);
void test_threads(void);
void test_waits(void);
void test_timers(void);
void test_stress(void);
void test_gates(void);

/* These end in a panic, whose words tests/boot/kernel.sh knows. */
void test_panic(const char *name);

#endif
