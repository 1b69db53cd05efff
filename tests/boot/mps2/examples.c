/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The examples, one after the other: what they say and what stays when they have gone. */
#include <string.h>

#include "port/mps2/board.h"
#include "tenon/kpi.h"
#include "tests/boot/mps2/mps2_test.h"
#include "tests/tap.h"

#define MS 1000000ull

static void test_hello(void)
{
	struct balance before = balance_now();

	ok(!load("hello", NULL) && logged("hello: loaded"), "hello: loads and says so");
	ok(unload("runtime") == -TENON_EBUSY && diagnosis.reason == TENON_R_IN_USE_BY, "hello: holds the runtime");
	ok(!unload("hello") && logged("hello: unloaded"), "hello: unloads and says so");
	ok(balance_is(&before), "hello: leaves nothing behind");
}

/*
 * The runtime calls tenon_log with a bl, which reaches 16 MiB; a stub of the core's must carry it on:
 * ldr.w pc, [pc, #0] and the address. That it works, hello has shown.
 */
static void test_far_call(void)
{
	const uint32_t stub[] = { 0xf000f8df, (uint32_t)(uintptr_t)tenon_log };
	struct tenon_module *m = tenon_get(mps2_core, NULL, "runtime");
	struct tenon_module_info info;
	const uint8_t *text;
	bool found = false;

	if (!ok(m, "runtime: it is there, as the base of all"))
		return;
	tenon_module_info(m, &info);
	text = (const uint8_t *)(uintptr_t)info.address[TENON_MEM_TEXT];
	ok(info.address[TENON_MEM_TEXT] - (uintptr_t)tenon_log > 16u << 20, "runtime: no branch reaches the kernel");
	for (size_t at = 0; at + sizeof(stub) <= info.size[TENON_MEM_TEXT]; at += 4)
		found |= !memcmp(text + at, stub, sizeof(stub));
	ok(found, "runtime: it has a stub for tenon_log");
	tenon_put(m, "test_far_call");
}

static void test_params(void)
{
	struct balance before = balance_now();

	ok(!load("params", "enabled hidden=y small=255 shorty=-32768 ushorty=65535 number=-5 count=7 mask=0xbeef "
			   "big=-2147483648 ubig=4294967295 huge=18446744073709551615 word=hello label=seven77 "
			   "list=1,2,-3 names=a,bc"),
	   "params: loads with one of each type");
	ok(logged("params: enabled=1 hidden=1"), "params: truth values");
	ok(logged("params: small=255 shorty=-32768 ushorty=65535 number=-5 count=7 mask=0xbeef"),
	   "params: small numbers");
	ok(logged("params: big=-2147483648 ubig=4294967295 huge=18446744073709551615"), "params: large numbers");
	ok(logged("params: word=hello label=seven77"), "params: text");
	ok(logged("params: list has 3 values") && logged("params: list[2]=-3") && logged("params: names[1]=bc"),
	   "params: lists");
	ok(!unload("params") && balance_is(&before), "params: leaves nothing behind");
}

static void test_exports(void)
{
	struct balance before = balance_now();

	ok(!load("export-b", NULL), "export-b: brings export_a with it");
	ok(logged("export_b: double of 21 is 42, the sum is (31, 42), 2 calls"),
	   "export-b: calls what export-a exports");
	ok(unload("export_a") == -TENON_EBUSY && diagnosis.reason == TENON_R_IN_USE_BY &&
	       !strcmp(diagnosis.name, "export_b"),
	   "export-a: is not unloaded while export_b uses it");
	ok(!unload("export_b") && !unload("export_a") && balance_is(&before), "exports: both leave nothing behind");
}

/* The number in the line "timer: N ticks" of the log, or -1. */
static int ticks_logged(void)
{
	const char *at = strstr(mps2_log_text(), "timer: a tick every 5 ms\ntimer: ");
	int n = 0;

	if (!at)
		return -1;
	for (at = strrchr(at, ':') + 2; *at >= '0' && *at <= '9'; at++)
		n = n * 10 + (*at - '0');
	return n;
}

/* Ten periods of 5 ms; a callback comes with the tick of 1 ms after it is due. */
static void test_timer(void)
{
	struct balance before = balance_now();
	int n;

	ok(!load("timer", "period_ms=5"), "timer: loads");
	clock_sleep(clock_ns() + 52 * MS);
	ok(!unload("timer"), "timer: unloads");
	n = ticks_logged();
	ok(n == 10, "timer: the interrupt has called it %d times in 52 ms", n);
	clock_sleep(clock_ns() + 10 * MS);
	ok(balance_is(&before), "timer: leaves nothing behind, and nothing runs on");
}

void test_examples(void)
{
	test_hello();
	test_far_call();
	test_params();
	test_exports();
	test_timer();
}
