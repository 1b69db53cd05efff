// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What the native interface needs of this kernel, put together: struct tenon_kpi_host. */
#include "kernel/domain/primitives.h"

#include "kernel/arch/x86_64/user.h"
#include "kernel/domain/domain.h"
#include "kernel/mm/heap.h"
#include "kernel/module/request.h"
#include "kernel/module/thread.h"
#include "kernel/random.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"

static void release(void *memory, size_t bytes)
{
	(void)bytes;
	heap_free(memory);
}

static struct tenon_kpi_thread *self(void)
{
	return &module_thread()->kpi;
}

struct start {
	void (*fn)(void *arg);
	void *arg;
};

static void begin(void *arg)
{
	struct start start = *(struct start *)arg;

	heap_free(arg);
	module_thread(); /* made known to the core here, where no lock is held */
	start.fn(start.arg);
}

static int make_thread(struct tenon_kpi_domain *d, void (*fn)(void *arg), void *arg, const char *name)
{
	struct start *start = heap_alloc(sizeof(*start));
	struct thread *t;
	int err;

	(void)d;
	if (!start)
		return -TENON_ENOMEM;
	*start = (struct start){ .fn = fn, .arg = arg };
	err = thread_make(name, begin, start, &t);
	if (err)
		heap_free(start);
	else
		thread_start(t);
	return err;
}

static int random(void *to, size_t bytes)
{
	random_bytes(to, bytes);
	return 0;
}

/* GS: a program's own until the thread has a virtual CPU, and afterwards. */
static void set_base(struct tenon_kpi_thread *k, tenon_addr base)
{
	const struct user_context *here = thread_current()->context;
	struct module_thread *t = module_thread();
	bool has = t->has_base == here; /* what it got inside of a domain ended there */

	(void)k; /* always of the thread that runs */
	if (base && !has)
		t->program_base = user_gs_base();
	else if (!base && !has)
		return;
	user_set_gs_base(base ? base : t->program_base);
	t->has_base = base ? here : NULL;
}

static uint64_t realtime_ns(void)
{
	return (uint64_t)clock_boot_time_ns() + clock_ns();
}

const struct tenon_kpi_host domain_primitives = {
	.alloc = heap_alloc_zeroed,
	.free = release,
	.lock_init = sleep_lock_init,
	.lock = sleep_lock,
	.unlock = sleep_unlock,
	.wait = sleep_wait,
	.wake = sleep_wake,
	.self = self,
	.call = domain_upcall,
	.fault = domain_fault,
	.thread_make = make_thread,
	.interrupt = sleep_interrupt,
	.thread_lives = module_thread_lives,
	.yield = thread_yield,
	.commit = pages_commit,
	.decommit = pages_decommit,
	.copy_in = domain_memory_copy_in,
	.copy_out = domain_memory_copy_out,
	.device_add = device_node_add,
	.device_remove = device_node_remove,
	.device_wake = device_node_wake,
	.syscall_add = syscall_node_add,
	.syscall_remove = syscall_node_remove,
	.program_read = syscall_program_read,
	.program_write = syscall_program_write,
	.request = module_request_load,
	.random = random,
	.realtime_ns = realtime_ns,
	.write_text = text_write,
	.set_base = set_base,
};
