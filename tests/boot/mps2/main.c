/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The program of the image: what every port must do, then the examples. */
#include <string.h>

#include "port/mps2/board.h"
#include "tests/boot/mps2/mps2_test.h"
#include "tests/port/conformance.h"
#include "tests/port/stack.h"
#include "tests/tap.h"

struct tenon_diag diagnosis;

/* docs/porting.md: of a load, with init and the tick; -Os. */
#define STACK_MOST 3328
static size_t stack_peak;
static bool measuring = true; /* not where time is, too */

/* Why a load or unload failed, for the reader. */
static int told(int err)
{
	char text[256];

	if (err) {
		tenon_diag_format(&diagnosis, text, sizeof(text));
		diag("%d: %s", err, text);
	}
	return err;
}

int load(const char *name, const char *params)
{
	const struct tenon_request req = { .name = name, .domain = mps2_kernel.core, .params = params };

	uintptr_t low = measuring ? stack_paint() : 0;
	size_t used;
	int err;

	mps2_log_clear();
	err = tenon_load(mps2_core, &req, NULL, &diagnosis);
	used = measuring ? stack_used(low) : 0;
	if (used > stack_peak)
		stack_peak = used;
	return told(err);
}

int unload(const char *name)
{
	return told(tenon_unload(mps2_core, NULL, name, 0, &diagnosis));
}

bool logged(const char *text)
{
	size_t len = strlen(text);

	for (const char *at = mps2_log_text(); (at = strstr(at, text)); at++)
		if (at[len] == '\n' && (at == mps2_log_text() || at[-1] == '\n'))
			return true;
	diag("the log has no line: %s", text);
	return false;
}

bool all_examples(void)
{
	static const char *const names[EXAMPLE_CNT] = { "hello", "params", "export_a", "export_b", "timer", "chardev" };
	bool good = true;

	for (int i = 0; i < EXAMPLE_CNT; i++)
		good &= !load(names[i], NULL);
	for (int i = EXAMPLE_CNT; i-- > 0;)
		good &= !unload(names[i]);
	return good;
}

struct balance balance_now(void)
{
	struct tenon_stats s;

	tenon_stats(mps2_core, &s);
	return (struct balance){ mps2_heap.used, s.heap_bytes, mps2_modules.used, s.block_cnt, s.used_bytes };
}

bool balance_is(const struct balance *want)
{
	struct balance now = balance_now();

	if (!memcmp(&now, want, sizeof(now)))
		return true;
	diag("heap %zu, was %zu; core's %zu, was %zu; module memory %zu, was %zu; blocks %zu, was %zu; used %zu, was "
	     "%zu",
	     now.heap, want->heap, now.core_heap, want->core_heap, now.module_memory, want->module_memory, now.blocks,
	     want->blocks, now.used, want->used);
	return false;
}

void refused(const char *name, const char *params, enum tenon_reason reason, const char *what)
{
	struct balance before = balance_now();

	ok(load(name, params) < 0 && diagnosis.reason == reason, "%s: refused with %s", what,
	   tenon_reason_name(reason));
	ok(!tenon_get(mps2_core, NULL, name) && balance_is(&before), "%s: everything is as it was", what);
}

int main(void)
{
	struct port_under_test port = { .host = &mps2_host };
	struct balance start;

	if (!ok(!mps2_open(), "the core opens"))
		return tap_done();
	port.core = mps2_core;
	port.domain = mps2_kernel.core;
	start = balance_now();
	test_contract(&port);
	test_heap(&port);
	test_blocks(&port);
	test_sync(&port);
	test_watched(&port);
	ok(balance_is(&start), "the conformance suite has left nothing behind");
	/* Once, for what grows with the first modules and stays: tables of the core's. */
	if (!ok(all_examples() && !unload("runtime"), "all examples at once, loaded and unloaded"))
		return tap_done();
	measuring = false;
	ok(stack_peak <= STACK_MOST && stack_peak * 2 > STACK_MOST, "a load takes %zu bytes of stack, at most %d",
	   stack_peak, STACK_MOST);
	start = balance_now();
	ok(!start.module_memory && !start.blocks && !start.used, "no module memory is in use");
	load("runtime", NULL);
	test_examples();
	test_chardev();
	test_refusals();
	test_left_behind();
	test_misuse();
	test_rounds();
	ok(!unload("runtime") && balance_is(&start), "in the end nothing is left");
	return tap_done();
}
