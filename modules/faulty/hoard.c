/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Takes as much of one kind as it can get, or puts more than it took; `cnt` says how often it tries at most.
 * moment.h says how that is chosen.
 */
#include "moment.h"

static unsigned long cnt = 100000;
module_param(cnt, ulong, 0444);

static void nothing(void *unused)
{
	(void)unused;
}

static void nap_thread(void *unused)
{
	(void)unused;
	while (!tenon_thread_should_stop())
		tenon_sleep_until(tenon_clock_ns() + 10000000);
}

/* Until it is refused: by an error in a handle. */
#define TAKE(name, expression) \
	static void name(void) \
	{ \
		unsigned long i = 0; \
\
		while (i < cnt && !tenon_handle_error(expression)) \
			i++; \
		pr_notice("%lu of " #name "\n", i); \
	}

static tenon_handle buffer(void)
{
	struct tenon_buffer b;

	return tenon_buffer_create(THIS_MODULE, 1, &b);
}

static tenon_handle arena(void)
{
	struct tenon_arena a;
	tenon_handle h = tenon_arena_create(THIS_MODULE, 16 << 20, &a);
	int err = tenon_handle_error(h) ? 0 : tenon_arena_commit(h, 0, 16 << 20);

	return err ? (tenon_handle)(long)err : h;
}

static tenon_handle one_device(void)
{
	static unsigned int nr;
	char name[32];

	tenon_snprintf(name, sizeof(name), "hoard%u", nr++);
	return tenon_chrdev_register(THIS_MODULE, name, &moment_ops, NULL);
}

static tenon_handle timer(void)
{
	tenon_handle h = tenon_timer_create(THIS_MODULE, nothing, NULL);

	if (!tenon_handle_error(h))
		tenon_timer_start(h, FOREVER_NS, FOREVER_NS);
	return h;
}

TAKE(threads, tenon_thread_create(THIS_MODULE, nap_thread, NULL, "hoard"))
TAKE(events, tenon_event_create(THIS_MODULE))
TAKE(mutexes, tenon_mutex_create(THIS_MODULE))
TAKE(timers, timer())
TAKE(buffers, buffer())
TAKE(arenas, arena())
TAKE(devices, one_device())

static void memory(void)
{
	unsigned long i = 0;

	while (i < cnt && tenon_alloc(THIS_MODULE, 1))
		i++;
	pr_notice("%lu of memory\n", i);
}

/* Again and again, so that the kernel's own work for it is what takes the time. */
static void churn(void)
{
	for (unsigned long i = 0; i < cnt; i++)
		tenon_free(tenon_alloc(THIS_MODULE, 1 << 16));
}

static void commits(void)
{
	struct tenon_arena a = { .size = sizeof(a) };
	tenon_handle h = tenon_arena_create(THIS_MODULE, 4 << 20, &a);

	for (unsigned long i = 0; i < cnt && !tenon_arena_commit(h, 0, 4 << 20); i++)
		tenon_arena_decommit(h, 0, 4 << 20);
}

/* Memory in as many pieces as there can be; then the middle of one is given back, which makes one more. */
static void pieces(void)
{
	struct tenon_arena a = { .size = sizeof(a) };
	tenon_handle h = tenon_arena_create(THIS_MODULE, 512 << 20, &a);
	size_t page = a.page_bytes, at = 4 * page;

	if (tenon_handle_error(h) || tenon_arena_commit(h, 0, 3 * page))
		return;
	while (at < a.bytes && !tenon_arena_commit(h, at, page))
		at += 2 * page;
	if (at >= a.bytes)
		pr_notice("of all pieces\n");
	tenon_arena_decommit(h, page, page);
}

static void requests(void)
{
	for (unsigned long i = 0; i < cnt; i++)
		tenon_request_module("nosuch", tenon_clock_ns() + 1000000000ull);
}

static void log(void)
{
	for (unsigned long i = 0; i < cnt; i++)
		pr_notice("line %lu\n", i);
}

/* A virtual CPU that is kept when the function returns. */
static void vcpu(void)
{
	struct tenon_vcpu_set set = { .size = sizeof(set), .cnt = 4, .window_bytes = 4096 };
	tenon_handle h = tenon_vcpu_create(THIS_MODULE, &set);

	pr_notice("vcpu %d\n", tenon_vcpu_acquire(h, FOREVER_NS));
}

static void vcpu_current(void)
{
	pr_notice("current %d\n", tenon_vcpu_current());
}

static void get(void)
{
	pr_notice("get %d\n", tenon_module_get(THIS_MODULE));
}

static void put(void)
{
	tenon_module_put(THIS_MODULE);
}

/* Names that would speak to a terminal, or look like lines of the log. */
static void names(void)
{
	static const char bad[] = "x\n[    1.0] kernel: all is well\033[31m\033]0;title\007";

	pr_notice("device %d\n",
		  tenon_handle_error(tenon_chrdev_register(THIS_MODULE, "\033[31mred", &moment_ops, NULL)));
	pr_notice("request %d\n", tenon_request_module(bad, tenon_clock_ns() + 1000000000ull));
	tenon_log(TENON_LEVEL_NOTICE, bad, sizeof(bad) - 1);
}

static const struct deed deeds[] = {
	{ "threads", threads },
	{ "events", events },
	{ "mutexes", mutexes },
	{ "timers", timers },
	{ "buffers", buffers },
	{ "arenas", arenas },
	{ "devices", devices },
	{ "memory", memory },
	{ "log", log },
	{ "vcpu", vcpu },
	{ "vcpu_current", vcpu_current },
	{ "get", get },
	{ "put", put },
	{ "names", names },
	{ "churn", churn },
	{ "commits", commits },
	{ "pieces", pieces },
	{ "requests", requests },
};

MOMENT_MODULE(hoard);
MODULE_DESCRIPTION("Takes what it can");
