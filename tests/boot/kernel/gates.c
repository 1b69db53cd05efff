// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A domain ends while a thread is inside each of its gates: of all functions that the interface has, for the module
 * faulty/visit must know each. Inside its gate the thread also calls a module of another domain, and while it is inside
 * a gate of that one, too, either ends, or both. Everybody who called gets an error or an answer, and what there was
 * before is there after it.
 *
 * Modules come from the image's archive, which QEMU is given as the initrd.
 */
#include "test.h"

#include <stdatomic.h>

#include "kernel/device/device.h"
#include "kernel/domain/domain.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/module/find.h"
#include "kernel/module/module.h"
#include "kernel/process/terminal.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/vfs/vfs.h"
#include "tenon/errno.h"
#include "tenon/kpi_device.h"
#include "tenon/runtime.h"

#define PATIENCE_NS 20000000000ull
#define INSIDE_NS 2000000ull /* after which a thread that waits in a gate does so */

/* When the domain of the visited gate ends, and which. */
enum ending {
	AT_ENTRY,    /* before the function does anything */
	WHILE_THERE, /* by another thread, when it had time to begin to wait; others compute in the domain */
	UPPER_DIES,  /* while the thread is in a gate of another domain, which it called */
	LOWER_DIES,  /* then the other one */
	BOTH_DIE,
	ENDING_CNT,
};

struct file_bytes {
	void *bytes;
	size_t size;
};

static struct file_bytes visit, queue;
static struct domain *upper, *lower;
static struct tenon_file *lower_file;

static enum ending ending;
static uint32_t wanted;         /* gate of the upper domain */
static _Atomic unsigned visits; /* of it; 0: what happens is not about it */
static _Atomic int64_t lower_result;
static int visit_result;
static struct wait_queue visited = WAIT_QUEUE_INIT;

/* ---- in a gate --------------------------------------------------------------------------------------------------- */

static void end_from_lower(void)
{
	if (ending == UPPER_DIES || ending == BOTH_DIE)
		domain_kill(upper, "ended by the test, from below");
	if (ending == LOWER_DIES || ending == BOTH_DIE)
		domain_kill(lower, "ended by the test, below another");
}

/* The thread has no lock. */
static void in_gate(struct domain *d, uint32_t index)
{
	if (d == lower && atomic_load(&visits))
		end_from_lower();
	if (d != upper || index != wanted || atomic_fetch_add(&visits, 1))
		return;
	if (ending == AT_ENTRY)
		domain_kill(upper, "ended by the test");
	else if (ending != WHILE_THERE)
		atomic_store(&lower_result, tenon_device_poll(lower_file));
	atomic_fetch_add(&visits, 1);
	wait_wake_all(&visited);
}

/* ---- domains ----------------------------------------------------------------------------------------------------- */

static int read_module(const char *name, struct file_bytes *f)
{
	struct tenon_source source;
	int err = module_find(NULL, NULL, name, &source);

	if (err)
		return err;
	f->size = (size_t)source.size;
	f->bytes = heap_alloc(f->size);
	ASSERT(f->bytes && source.read_at(&source, 0, f->bytes, f->size) == (int64_t)f->size);
	source.close(&source);
	return 0;
}

static void count_domain(struct domain *d, void *cnt)
{
	(void)d;
	++*(unsigned *)cnt;
}

static unsigned domain_cnt(void)
{
	unsigned cnt = 0;

	domain_each(count_domain, &cnt);
	return cnt;
}

/* Until there are so many. Return: whether there are. */
static bool domains_are(unsigned cnt)
{
	uint64_t end = clock_ns() + PATIENCE_NS;

	while (domain_cnt() != cnt && clock_ns() < end)
		sleep_until(clock_ns() + NS_PER_MS, WAIT_DEADLINE);
	return domain_cnt() == cnt;
}

static bool open_lower(void)
{
	if (lower)
		return true;
	if (domain_open("lower", &lower) || module_load_into(lower, queue.bytes, queue.size, ""))
		return false;
	return !tenon_device_open("queue", TENON_CHRDEV_READ | TENON_CHRDEV_WRITE, &lower_file);
}

static void close_lower(void)
{
	tenon_device_close(lower_file);
	domain_kill(lower, "");
	domain_put(lower);
	lower = NULL;
	domains_sweep();
}

/* ---- one visit --------------------------------------------------------------------------------------------------- */

static void visit_it(void)
{
	char params[64];

	tenon_snprintf(params, sizeof(params), "function=%s cnt=%u threads=%u", kpi_calls[wanted].name,
		       ending == WHILE_THERE ? 1u << 30 : 1, ending == WHILE_THERE ? 2 : 0);
	visit_result = module_load_into(upper, visit.bytes, visit.size, params);
}

/* What waits in the gate, or comes there again and again, ends only by this. */
static void end_it(void)
{
	if (ending != WHILE_THERE && ending != LOWER_DIES)
		return;
	if (wait_event(&visited, atomic_load(&visits) > 1, clock_ns() + PATIENCE_NS, WAIT_DEADLINE))
		return;
	sleep_until(clock_ns() + INSIDE_NS, WAIT_DEADLINE);
	if (!atomic_load(&upper->dead))
		domain_kill(upper, "ended by the test");
	else
		atomic_store(&visits, 0); /* it should have lived until now */
}

static void member(void *number)
{
	if (number)
		end_it();
	else
		visit_it();
}

static bool is_right(void)
{
	int64_t answer = atomic_load(&lower_result);

	if (!atomic_load(&visits) || !atomic_load(&upper->dead))
		return false;
	if (ending != LOWER_DIES && !visit_result)
		return false;
	switch (ending) {
	case UPPER_DIES:
		return answer >= 0 && !atomic_load(&lower->dead);
	case LOWER_DIES:
	case BOTH_DIE:
		return answer == -TENON_EOWNERDEAD;
	default:
		return true;
	}
}

/* Return: whether all became of it that must. */
static bool visited_well(uint32_t index)
{
	bool well;

	if (!open_lower() || domain_open("upper", &upper))
		return false;
	wanted = index;
	run_threads(2, member);
	well = is_right();
	if (!well)
		log_err("%s: result %d, below %lld, %u visits", kpi_calls[index].name, visit_result,
			(long long)atomic_load(&lower_result), atomic_load(&visits));
	atomic_store(&visits, 0);
	domain_put(upper);
	upper = NULL;
	if (atomic_load(&lower->dead))
		close_lower();
	return domains_are(lower ? 1 : 0) && well;
}

static void __init prepare(void)
{
	struct fdtable *files;
	struct fs_context *fs;

	vfs_init();
	module_init();
	device_model_init();
	terminal_start();
	ASSERT(!vfs_prepare(&files, &fs));
	ASSERT(!read_module("faulty/visit", &visit) && !read_module("char/queue", &queue));
	domain_gate_entered = in_gate;
}

void __init test_gates(void)
{
	static const char *const names[ENDING_CNT] = {
		"at its entry",
		"while threads wait in it or come again, and others compute",
		"while it has called another domain",
		"when that one has ended",
		"together with that one",
	};

	if (!visit.bytes)
		prepare();
	for (ending = 0; ending < ENDING_CNT; ending++) {
		unsigned bad = 0;

		for (uint32_t i = 0; i < kpi_call_cnt; i++)
			bad += !visited_well(i);
		ok(!bad, "a domain ends inside each of %u gates, %s", kpi_call_cnt, names[ending]);
	}
	if (lower)
		close_lower();
	ok(domains_are(0), "no domain is left");
}
