// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Life and death of isolated domains. A domain that dies is marked, which anybody can do anywhere; its threads see that
 * at their next step and come back with an error. One thread of the kernel, "domains", then takes its modules out, and
 * closes it when nobody refers to them any more.
 */
#include "kernel/domain/domain.h"

#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/arch/x86_64/user_table.h"
#include "kernel/domain/trap.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/module/module.h"
#include "kernel/module/record.h"
#include "kernel/module/report.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/vfs/attr.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define MEMORY_PART 4 /* of all memory that one domain may have */
#define NAME_TRIES 1000
#define LEAVE_NS (60 * NS_PER_SECOND) /* a thread may be in a module of the kernel's own domain, which nothing ends */

struct wait_queue domains_changed = WAIT_QUEUE_INIT;

static struct mutex domains_lock = MUTEX_INIT(LOCK_DOMAINS); /* the list, and who opens and closes */
static struct domain *domains;
static _Atomic bool work;                                   /* for the thread */
static struct spinlock why_lock = SPINLOCK_INIT(LOCK_WAIT); /* taken under those of kpi/impl/ */

void domain_list_lock(void)
{
	mutex_lock(&domains_lock);
}

void domain_list_unlock(void)
{
	mutex_unlock(&domains_lock);
}

void domain_each(void (*fn)(struct domain *d, void *arg), void *arg)
{
	domain_list_lock();
	for (struct domain *d = domains; d; d = d->next)
		fn(d, arg);
	domain_list_unlock();
}

/* ---- dying ------------------------------------------------------------------------------------------------------- */

void domains_sweep(void)
{
	atomic_store(&work, true);
	wait_wake_all(&domains_changed);
}

void domain_module_put(struct tenon_module *m, const char *why)
{
	tenon_put(m, why);
	domains_sweep();
}

/* A CPU that runs in it takes an interrupt, and sees on the way back that it is dead. */
static void interrupt_cpus(const struct domain *d)
{
	uint32_t mask = user_table_cpus(d->table);

	for (unsigned i = 0; i < cpu_cnt; i++)
		if (mask >> i & 1)
			apic_send(cpus[i].apic_id, APIC_FIXED | VECTOR_RESCHEDULE);
}

void domain_kill(struct domain *d, const char *why)
{
	bool first;

	spin_lock(&why_lock);
	first = !atomic_load(&d->dead);
	if (first)
		strscpy(d->why, why, sizeof(d->why));
	atomic_store(&d->dead, true);
	if (first) {
		atomic_fetch_add(&d->slot_waiters, 1);
		interrupt_cpus(d);
	}
	spin_unlock(&why_lock);
	if (!first)
		return;
	module_threads_interrupt(THREAD_LEAVE);
	domains_sweep();
}

void domain_why(struct domain *d, char why[64])
{
	spin_lock(&why_lock);
	memcpy(why, d->why, sizeof(d->why));
	spin_unlock(&why_lock);
}

bool domain_must_leave(const struct module_thread *t)
{
	for (const struct level *l = t->level; l; l = l->outer)
		if (atomic_load(&l->domain->dead))
			return true;
	return false;
}

/* ---- closing ----------------------------------------------------------------------------------------------------- */

static void free_domain(struct domain *d)
{
	watch_end();
	tenon_kpi_domain_close(&d->kpi);
	domain_memory_free(d);
	restart_drop(d->restarts);
	heap_free(d);
}

static void log_report(const char *line)
{
	log_line(LOG_ERR, "  %s", line);
}

static void report(const struct domain *d)
{
	for (struct record *r = record_next(NULL); r; r = record_next(r))
		if (r->domain == d->kpi.core && r->module)
			report_module(r, log_report);
}

static bool all_left(struct domain *d)
{
	return atomic_load(&d->slots) == UINT64_MAX;
}

/* Its threads are on their way out. What they still wait for ends, for their waits do. */
static void bury(struct domain *d)
{
	char why[64];

	if (wait_event(&domains_changed, all_left(d), clock_ns() + LEAVE_NS, WAIT_DEADLINE)) {
		log_err("%s: a thread does not come back out of the domain; it is kept", d->name);
		domain_list_lock();
		d->killed = false;
		d->late = true;
		domain_list_unlock();
		return;
	}
	domain_why(d, why);
	if (why[0])
		report(d);
	tenon_domain_kill(module_core, d->kpi.core, why[0] ? why : NULL);
	module_views_update();
	domain_memory_empty(d);
}

/* Take it out of the list, if nobody refers to its modules any more. domains_lock held. */
static bool close_domain(struct domain *d)
{
	struct domain **link = &domains;

	if (d->users || tenon_domain_close(module_core, d->kpi.core))
		return false;
	while (*link != d)
		link = &(*link)->next;
	*link = d->next;
	return true;
}

/* One that is dead and still to be taken down, or dead and not referred to. NULL: none. domains_lock held. */
static struct domain *next_dead(bool killed)
{
	struct domain *d = domains;

	while (d && !(atomic_load(&d->dead) && d->killed == killed && (!d->late || all_left(d))))
		d = d->next;
	return d;
}

static void bury_all(void)
{
	struct domain *d;

	for (;;) {
		domain_list_lock();
		d = next_dead(false);
		if (d)
			d->killed = true;
		domain_list_unlock();
		if (!d)
			return;
		bury(d);
	}
}

static void close_all(void)
{
	struct domain *d, *next;

	domain_list_lock();
	for (d = domains; d; d = next) {
		next = d->next;
		if (d->killed && close_domain(d))
			free_domain(d);
	}
	domain_list_unlock();
}

/* ---- modules of the kernel's own domain that faulted: not contained, but taken back what they have ---------------- */

struct reclaim {
	struct reclaim *next;
	struct tenon_module *module;
};

static struct reclaim *reclaims; /* why_lock */

void domain_quarantine(struct tenon_module *m, const char *why)
{
	struct reclaim *r;

	if (!tenon_quarantine(m, why))
		return;
	r = heap_alloc(sizeof(*r));
	if (!r) {
		log_err("%s: no memory to take back what it owns", tenon_module_name(m));
		return;
	}
	r->module = m;
	spin_lock(&why_lock);
	r->next = reclaims;
	reclaims = r;
	spin_unlock(&why_lock);
	domains_sweep();
}

static void reclaim_all(void)
{
	struct reclaim *r, *next;

	spin_lock(&why_lock);
	r = reclaims;
	reclaims = NULL;
	spin_unlock(&why_lock);
	for (; r; r = next) {
		next = r->next;
		tenon_reclaim(r->module);
		heap_free(r);
		module_views_update();
	}
}

/* ---- anew -------------------------------------------------------------------------------------------------------- */

/* What a domain that died is to be made anew with, once for each death. NULL: none is. */
static struct domain_restart *take_restarts(char name[TENON_NAME_BYTES])
{
	struct domain_restart *list = NULL;

	domain_list_lock();
	for (struct domain *d = domains; d && !list; d = d->next)
		if (d->killed) {
			list = restart_take(d);
			strscpy(name, d->name, TENON_NAME_BYTES);
		}
	domain_list_unlock();
	return list;
}

static void restart_all(void)
{
	char name[TENON_NAME_BYTES];
	struct domain_restart *list;

	while ((list = take_restarts(name))) {
		close_all(); /* so that its name is free, if nobody holds it any more */
		restart_load(name, list);
	}
}

static void look_after(void *unused)
{
	(void)unused;
	for (;;) {
		wait_event(&domains_changed, atomic_exchange(&work, false), DEADLINE_NONE, WAIT_DEADLINE);
		reclaim_all();
		bury_all();
		restart_all();
		close_all();
	}
}

void __init domains_init(void)
{
	struct thread *t;

	gates_init();
	watch_init();
	if (domain_procfs_init(procfs_root()) || syscall_procfs_init(procfs_root()) ||
	    thread_make("domains", look_after, NULL, &t))
		panic("no memory for the thread of domains");
	thread_start(t);
}

/* ---- opening ----------------------------------------------------------------------------------------------------- */

/* A name that is not in use: a dead domain whose modules somebody still refers to keeps its own. */
static int open_named(struct domain *d)
{
	char name[TENON_NAME_BYTES];
	int err = tenon_domain_open(module_core, d->name, TENON_DOMAIN_ISOLATED, d, &d->kpi.core);

	for (int i = 2; err == -TENON_EEXIST && i < NAME_TRIES; i++) {
		if (tenon_snprintf(name, sizeof(name), "%s~%d", d->name, i) >= (int)sizeof(name))
			return -TENON_ENAMETOOLONG;
		err = tenon_domain_open(module_core, name, TENON_DOMAIN_ISOLATED, d, &d->kpi.core);
	}
	return err;
}

static int prepare(struct domain *d)
{
	struct page_totals totals;
	int err = domain_memory_make(d);

	if (err)
		return err;
	page_totals(&totals);
	d->kpi.heap = DOMAIN_HEAP;
	d->kpi.heap_bytes = DOMAIN_PAGES - DOMAIN_HEAP;
	d->kpi.pages = DOMAIN_PAGES;
	d->kpi.pages_bytes = DOMAIN_END - DOMAIN_PAGES;
	d->kpi.quota.memory_bytes = totals.total * PAGE_BYTES / MEMORY_PART;
	d->kpi.quota.kernel_bytes = d->kpi.quota.memory_bytes / MEMORY_PART;
	d->kpi.quota.thread_end_ms = (uint32_t)(domain_wait_ns / NS_PER_MS);
	atomic_store(&d->slots, UINT64_MAX);
	return tenon_kpi_domain_open(&d->kpi, true);
}

static int make_domain(const char *name, struct domain **out)
{
	struct domain *d = heap_alloc_zeroed(sizeof(*d));
	int err;

	if (!d)
		return -TENON_ENOMEM;
	watch_begin();
	err = prepare(d);
	if (!err) {
		strscpy(d->name, name, sizeof(d->name));
		err = open_named(d);
	}
	if (!err) {
		d->next = domains;
		domains = d;
		*out = d;
	} else {
		free_domain(d);
	}
	return err;
}

int domain_open(const char *name, struct domain **out)
{
	struct domain *d;
	int err = 0;

	if (strlen(name) >= TENON_NAME_BYTES)
		return -TENON_ENAMETOOLONG;
	if (!strcmp(name, tenon_domain_name(module_kernel.core)))
		return -TENON_EEXIST;
	domain_list_lock();
	for (d = domains; d && (strcmp(d->name, name) || atomic_load(&d->dead));)
		d = d->next;
	if (d)
		*out = d;
	else
		err = make_domain(name, out);
	if (!err)
		(*out)->users++;
	domain_list_unlock();
	return err;
}

/* ---- holding ----------------------------------------------------------------------------------------------------- */

struct search {
	const char *name;
	struct tenon_domain *found;
};

/* As the core has it: '-' and '_' are the same. */
static bool same_name(const char *kept, const char *name)
{
	while (*kept && *kept == (*name == '-' ? '_' : *name)) {
		kept++;
		name++;
	}
	return !*kept && !*name;
}

static int is_named(const struct tenon_module *m, void *arg)
{
	struct search *s = arg;

	if (!same_name(tenon_module_name(m), s->name) || tenon_module_state(m) == TENON_QUARANTINED)
		return 0;
	s->found = tenon_module_domain(m);
	return s->found == module_kernel.core;
}

struct domain *domain_get(const struct tenon_domain *core)
{
	struct domain *d;

	domain_list_lock();
	for (d = domains; d && d->kpi.core != core;)
		d = d->next;
	if (d)
		d->users++;
	domain_list_unlock();
	return d;
}

struct domain *domain_of_module(const char *name)
{
	struct search s = { .name = name };

	tenon_for_each(module_core, is_named, &s);
	return domain_get(s.found);
}

/* A module that somebody loaded: the runtime comes by itself, and goes with the domain. */
static int keeps_open(const struct tenon_module *m, void *arg)
{
	return tenon_module_domain(m) == arg && tenon_module_state(m) != TENON_QUARANTINED &&
	       strcmp(tenon_module_name(m), MODULE_BASE);
}

void domain_put(struct domain *d)
{
	bool last;

	domain_list_lock();
	last = !--d->users;
	if (last && !tenon_for_each(module_core, keeps_open, d->kpi.core))
		domain_kill(d, "");
	domain_list_unlock();
	if (last)
		domains_sweep(); /* it may have died meanwhile */
}
