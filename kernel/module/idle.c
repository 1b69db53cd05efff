// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Modules that the kernel had loaded leave when nobody has entered or held them for a time, having been asked. A thread
 * looks at each when it is due: one that was used meanwhile is marked, and due after as long again. So a module leaves
 * after one to two times its idle time, and nothing is counted where modules are entered.
 */
#include "kernel/device/device.h"
#include "kernel/domain/domain.h"
#include "kernel/log.h"
#include "kernel/module/module.h"
#include "kernel/module/record.h"
#include "kernel/process/helper.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/module.h"
#include "tenon/runtime.h"

#define GRACE_NS NS_PER_SECOND   /* who has asked for a module uses it by then */

static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF); /* of all that follows, and of the records' */
static uint32_t all_ms = IDLE_MS_DEFAULT;
static bool watched;       /* the thread runs */
static unsigned held_cnt;  /* requests that are being carried out: nothing begins to leave */
static _Atomic bool going; /* one is just leaving */
static _Atomic uint32_t changes;
static struct wait_queue changed = WAIT_QUEUE_INIT, gone = WAIT_QUEUE_INIT;

/* ---- how long ---------------------------------------------------------------------------------------------------- */

/* 0: it stays. With the lock. */
static uint64_t idle_ns(const struct record *r)
{
	return (r->idle_own ? r->idle_ms : r->on_need ? all_ms : 0) * NS_PER_MS;
}

static int parse_ms(const char *text, size_t len, uint32_t *ms)
{
	uint64_t value;
	int err;

	if (len && text[len - 1] == '\n')
		len--;
	err = tenon_param_parse(TENON_PARAM_UINT, 4, text, len, &value);
	if (!err)
		*ms = (uint32_t)value;
	return err;
}

static int show_own(struct text *t, void *data)
{
	uint64_t ns;

	spin_lock(&lock);
	ns = idle_ns(data);
	spin_unlock(&lock);
	text_printf(t, "%llu\n", (unsigned long long)(ns / NS_PER_MS));
	return 0;
}

static int store_own(const char *text, size_t len, void *data)
{
	struct record *r = data;
	uint32_t ms;
	int err = parse_ms(text, len, &ms);

	if (err)
		return err;
	spin_lock(&lock);
	r->idle_own = true;
	r->idle_ms = ms;
	r->idle_due_ns = 0;
	spin_unlock(&lock);
	idle_begin();
	return 0;
}

static int show_all(struct text *t, void *data)
{
	(void)data;
	text_printf(t, "%u\n", __atomic_load_n(&all_ms, __ATOMIC_RELAXED));
	return 0;
}

static int store_all(const char *text, size_t len, void *data)
{
	uint32_t ms;
	int err = parse_ms(text, len, &ms);

	(void)data;
	if (err)
		return err;
	__atomic_store_n(&all_ms, ms, __ATOMIC_RELAXED);
	for (struct record *r = record_next(NULL); r; r = record_next(r)) {
		spin_lock(&lock);
		r->idle_due_ns = 0;
		spin_unlock(&lock);
	}
	idle_begin();
	return 0;
}

const struct attr idle_attr = { "idle_ms", 0644, show_own, store_own };
const struct attr idle_attr_all = { "idle_ms", 0644, show_all, store_all };

void idle_note(struct record *r, const struct tenon_linked *linked)
{
	const char *own;

	r->on_need = helper_why(r->asked);
	own = r->on_need ? tenon_linked_info(linked, "idle_ms") : NULL;
	r->idle_own = own && !parse_ms(own, strlen(own), &r->idle_ms);
}

/* ---- leaving ----------------------------------------------------------------------------------------------------- */

static int is_device(const struct tenon_owned *o, void *arg)
{
	(void)arg;
	return !strcmp(o->kind, "device") || !strcmp(o->kind, "mmio"); /* linux.ko is the driver for Linux's */
}

/* Has anybody used it since it was marked, or uses it now: other modules, open files, devices that it drives? */
static bool is_used(const struct tenon_module_info *info, struct tenon_module *m)
{
	return info->refs || info->users || !tenon_is_unused(m) ||
	       tenon_for_each_owned(module_core, m, is_device, NULL);
}

/* Nothing leaves while requests are carried out. */
static bool may_begin(void)
{
	bool may;

	spin_lock(&lock);
	may = !held_cnt;
	atomic_store(&going, may);
	spin_unlock(&lock);
	return may;
}

/* @d: as module_unload_from(). */
static void leave(const struct record *r, struct domain *d)
{
	int err = module_unload_from(d, r->name, tenon_unload_unused, PASSING_NS, NULL);

	atomic_store(&going, false);
	wait_wake_all(&gone);
	if (err)
		driver_retry();
	else
		log_line(LOG_INFO, "%s: unloaded, was idle", r->name);
}

/* It is due. */
static void look_at(struct record *r)
{
	struct tenon_module_info info;
	struct tenon_module *m = record_info(r, &info) ? record_hold(r) : NULL;
	struct domain *d = NULL;
	bool used, goes;

	if (!m)
		return;
	used = is_used(&info, m);
	if (used)
		tenon_mark_unused(m);
	goes = !used && tenon_kpi_may_go(m) && may_begin();
	if (goes)
		d = domain_get(r->domain); /* not by its name: other domains may have one of that name */
	domain_module_put(m, "idle");
	if (goes)
		leave(r, d);
}

/* Return: when the next module is due; DEADLINE_NONE: none will ever leave. */
static uint64_t look_at_all(void)
{
	uint64_t now = clock_ns(), next = DEADLINE_NONE;

	for (struct record *r = record_next(NULL); r; r = record_next(r)) {
		bool due = false;

		spin_lock(&lock);
		if (idle_ns(r) && atomic_load(&r->state) == TENON_LIVE) {
			due = r->idle_due_ns && now >= r->idle_due_ns;
			if (due || !r->idle_due_ns) {
				r->idle_due_ns = now + idle_ns(r);
				r->idle_graced = false;
			}
			if (r->idle_due_ns < next)
				next = r->idle_due_ns;
		}
		spin_unlock(&lock);
		if (due)
			look_at(r);
	}
	return next;
}

static void watch(void *arg)
{
	bool ends = false;

	(void)arg;
	while (!ends) {
		uint32_t seen = atomic_load(&changes);
		uint64_t next = look_at_all();

		spin_lock(&lock);
		ends = next == DEADLINE_NONE && seen == atomic_load(&changes);
		watched = !ends;
		spin_unlock(&lock);
		if (!ends)
			wait_event(&changed, atomic_load(&changes) != seen, next, WAIT_DEADLINE);
	}
}

void idle_begin(void)
{
	struct thread *t;
	bool mine;

	spin_lock(&lock);
	atomic_fetch_add(&changes, 1);
	mine = !watched;
	watched = true;
	spin_unlock(&lock);
	wait_wake_all(&changed);
	if (!mine)
		return;
	if (!thread_make("idle", watch, NULL, &t)) {
		thread_start(t);
		return;
	}
	log_warn("no memory for the thread that lets modules leave");
	spin_lock(&lock);
	watched = false;
	spin_unlock(&lock);
}

/* ---- requests ---------------------------------------------------------------------------------------------------- */

void idle_wait(void)
{
	wait_event(&gone, !atomic_load(&going), clock_ns() + PASSING_NS, WAIT_DEADLINE);
}

void idle_hold(void)
{
	spin_lock(&lock);
	held_cnt++;
	spin_unlock(&lock);
	idle_wait();
}

/* What was found loaded has its grace, once for each time that it is looked at: requests without end keep nothing. */
void idle_resume(void)
{
	uint64_t soon = clock_ns() + GRACE_NS;

	for (struct record *r = record_next(NULL); r; r = record_next(r)) {
		spin_lock(&lock);
		if (r->idle_due_ns < soon && !r->idle_graced) {
			r->idle_due_ns = soon;
			r->idle_graced = true;
		}
		spin_unlock(&lock);
	}
	spin_lock(&lock);
	held_cnt--;
	spin_unlock(&lock);
}
