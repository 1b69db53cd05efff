/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Several threads load, enter and unload at once. Run under ThreadSanitizer, which also watches the core's own data.
 * The host of plain memory gets a real lock, real waiting and a record for each thread.
 */
#include <linux/membarrier.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/tap.h"
#include "tests/unit/playground.h"

#define EXPORTS(...) (const struct pg_export[]){ __VA_ARGS__, { .name = NULL } }
#define IMPORTS(...) (const struct pg_import[]){ __VA_ARGS__, { .name = NULL } }
#define THREAD_CNT 8

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed;
static _Thread_local struct tenon_thread self;

static void real_lock(void *context)
{
	(void)context;
	pthread_mutex_lock(&lock);
}

static void real_unlock(void *context)
{
	(void)context;
	pthread_mutex_unlock(&lock);
}

static uint64_t real_now_ns(void *context)
{
	struct timespec ts;

	(void)context;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

static _Atomic int waiting; /* threads in real_wait */

static int real_wait(void *context, uint64_t deadline_ns)
{
	struct timespec ts = { (time_t)(deadline_ns / 1000000000u), (long)(deadline_ns % 1000000000u) };

	(void)context;
	waiting++;
	pthread_cond_timedwait(&changed, &lock, &ts);
	waiting--;
	return 0;
}

/* Until it is so: what must happen at once is waited for, not slept for. Gives up after a minute. */
static void wait_until(_Atomic int *number, int least)
{
	for (int ms = 0; *number < least && ms < 60000; ms++)
		usleep(1000);
}

static void real_wake(void *context)
{
	(void)context;
	pthread_cond_broadcast(&changed);
}

static struct tenon_thread *real_thread(void *context)
{
	(void)context;
	return &self;
}

static void real_sync_cpus(void *context)
{
	(void)context;
	syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

/* malloc is safe by itself; the model's counters are not. */
static void *real_alloc(void *context, size_t size)
{
	(void)context;
	return malloc(size);
}

static void real_free(void *context, void *p, size_t size)
{
	(void)context;
	(void)size;
	free(p);
}

static void nothing_log(void *context, enum tenon_log_level level, const char *text, size_t len)
{
	(void)context, (void)level, (void)text, (void)len;
}

static _Atomic int init_cnt, meeting_cnt, crossing_cnt; /* meeting: requests that are to wait for init of slow */
static _Atomic int64_t init_result;
static _Atomic int cross_err[2];
static struct tenon_diag cross_diag[2];

/* init of slow takes until others wait for it; inits of cross0 and cross1 each ask for the other when both run. */
static int threads_call(void *context, struct tenon_module *m, uint64_t address, uint64_t arg, int64_t *result,
			char why[64])
{
	struct model_host *mh = context;
	struct pg *pg = mh->call_arg;
	const char *name = tenon_module_name(m);
	struct tenon_module_info i;

	(void)arg, (void)why;
	tenon_module_info(m, &i);
	*result = 0;
	if (address != i.init)
		return 0;
	if (!strcmp(name, "slow")) {
		init_cnt++;
		wait_until(&waiting, meeting_cnt);
		*result = init_result;
	} else if (!strncmp(name, "cross", 5)) {
		int n = name[5] - '0';
		struct tenon_request req = { .name = n ? "cross0" : "cross1", .domain = pg->d };

		crossing_cnt++;
		wait_until(&crossing_cnt, 2);
		cross_err[n] = tenon_load(pg->t, &req, NULL, &cross_diag[n]);
	}
	return 0;
}

static void threads_open(struct pg *pg)
{
	struct tenon_host *h = &pg->mh.host;
	pthread_condattr_t attr;

	memset(pg, 0, sizeof(*pg));
	model_host_init(&pg->mh, &tenon_arch_x86_64, 0x60000000, 64 << 10);
	pg->mh.call_arg = pg;
	pg->mh.lockless = true; /* it does not know of threads */
	h->lock = real_lock;
	h->unlock = real_unlock;
	h->now_ns = real_now_ns;
	h->wait = real_wait;
	h->wake = real_wake;
	h->thread = real_thread;
	h->sync_cpus = real_sync_cpus;
	h->alloc = real_alloc;
	h->free = real_free;
	h->log = nothing_log;
	h->call = threads_call;
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&changed, &attr);
	syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0);
	if (tenon_create(h, &pg->t) || tenon_accept(pg->t, &tenon_native, PG_VERMAGIC, NULL) ||
	    tenon_domain_open(pg->t, "kernel", TENON_DOMAIN_KERNEL, NULL, &pg->d))
		abort();
}

struct worker {
	struct pg *pg;
	pthread_t thread;
	int number, err;
	enum tenon_reason reason;
	const char *name;
	void (*run)(struct worker *w);
};

static void *worker_main(void *arg)
{
	struct worker *w = arg;

	tenon_thread_add(w->pg->t, &self, "worker");
	w->run(w);
	tenon_thread_remove(w->pg->t, &self);
	return NULL;
}

static void run_workers(struct pg *pg, struct worker *w, int cnt, void (*run)(struct worker *w))
{
	for (int i = 0; i < cnt; i++) {
		w[i].pg = pg;
		w[i].number = i;
		w[i].run = run;
		pthread_create(&w[i].thread, NULL, worker_main, &w[i]);
	}
	for (int i = 0; i < cnt; i++)
		pthread_join(w[i].thread, NULL);
}

static void load_slow(struct worker *w)
{
	struct tenon_request req = { .name = w->name, .domain = w->pg->d, .flags = TENON_LOAD_FRESH };
	struct tenon_diag diag;

	w->err = tenon_load(w->pg->t, &req, NULL, &diag);
	w->reason = diag.reason;
}

static void test_identical(struct pg *pg)
{
	struct worker w[THREAD_CNT] = { 0 };
	struct tenon_stats before, after;
	bool equal = true;

	for (int i = 0; i < THREAD_CNT; i++)
		w[i].name = "slow";
	tenon_stats(pg->t, &before);
	meeting_cnt = THREAD_CNT - 1;
	init_cnt = 0;
	init_result = 0;
	run_workers(pg, w, THREAD_CNT, load_slow);
	tenon_stats(pg->t, &after);
	for (int i = 0; i < THREAD_CNT; i++)
		equal &= w[i].err == 0;
	ok(equal, "F-04 eight identical requests get the same answer");
	ok(init_cnt == 1 && after.loads == before.loads + 1, "F-04 from one load");
	tenon_unload(pg->t, NULL, "slow", 0, NULL);

	init_cnt = 0;
	init_result = -19;
	run_workers(pg, w, THREAD_CNT, load_slow);
	equal = true;
	for (int i = 0; i < THREAD_CNT; i++)
		equal &= w[i].err == -19 && w[i].reason == TENON_R_INIT_FAILED;
	ok(equal, "F-05 when it fails every waiter is woken with the same answer");
	ok(init_cnt == 1, "F-05 of %d load", init_cnt);
	init_result = 0;
	meeting_cnt = 0;
}

static void load_params(struct worker *w)
{
	struct tenon_request req = { .name = "slow", .domain = w->pg->d, .params = w->name };
	struct tenon_diag diag;

	w->err = tenon_load(w->pg->t, &req, NULL, &diag);
	w->reason = diag.reason;
}

static void test_params(struct pg *pg)
{
	struct worker w[2] = { { .name = "count=1" }, { .name = "count=2" } };

	meeting_cnt = 1;
	run_workers(pg, w, 2, load_params);
	meeting_cnt = 0;
	ok(!w[0].err && !w[1].err && w[0].reason + w[1].reason == TENON_R_LOADED_PARAMS,
	   "F-04, F-10 of two requests with different parameters one learns that it came too late");
	tenon_unload(pg->t, NULL, "slow", 0, NULL);
}

static _Atomic int stage;

/* One is inside "a", one unloads it in vain, one asks for it meanwhile. */
static void in_vain(struct worker *w)
{
	struct tenon_request req = { .name = "a", .domain = w->pg->d };
	struct tenon_module *m;

	if (w->number == 0) {
		m = tenon_get(w->pg->t, NULL, "a");
		tenon_enter(&self, m);
		tenon_put(m, "in_vain");
		stage = 1;
		wait_until(&stage, 2);
		tenon_leave(&self);
	} else if (w->number == 1) {
		wait_until(&stage, 1);
		w->err = tenon_unload(w->pg->t, NULL, "a", real_now_ns(NULL) + 300000000, NULL);
		stage = 2;
	} else {
		wait_until(&stage, 1);
		wait_until(&waiting, 1); /* the unload, for the thread inside */
		w->err = tenon_load(w->pg->t, &req, NULL, NULL);
	}
}

static void test_in_vain(struct pg *pg)
{
	struct tenon_request req = { .name = "a", .domain = pg->d };
	struct worker w[3] = { 0 };

	tenon_load(pg->t, &req, NULL, NULL);
	stage = 0;
	run_workers(pg, w, 3, in_vain);
	ok(w[1].err == -TENON_EBUSY && w[2].err == 0, "who asks for a module during an unload that fails gets it");
	tenon_unload(pg->t, NULL, "a", 0, NULL);
}

static void test_cross(struct pg *pg)
{
	struct worker w[2] = { { .name = "cross0" }, { .name = "cross1" } };

	crossing_cnt = 0;
	run_workers(pg, w, 2, load_slow);
	ok(w[0].err == 0 && w[1].err == 0, "F-07 two inits that ask for each other both end");
	ok((cross_err[0] == -TENON_EDEADLK && cross_diag[0].reason == TENON_R_DEADLOCK) ||
	       (cross_err[1] == -TENON_EDEADLK && cross_diag[1].reason == TENON_R_DEADLOCK),
	   "F-07 one of them gets the deadlock reported");
	tenon_unload(pg->t, NULL, "cross0", 0, NULL);
	tenon_unload(pg->t, NULL, "cross1", 0, NULL);
}

static _Atomic int inside[4], torn;

static void enter_some(struct worker *w, const char *name, int n)
{
	struct tenon_module *m = tenon_get(w->pg->t, NULL, name);

	if (!m)
		return;
	if (tenon_enter(&self, m)) {
		inside[n]++;
		torn += tenon_module_state(m) != TENON_LIVE;
		inside[n]--;
		tenon_leave(&self);
	}
	tenon_put(m, "worker");
}

static void storm(struct worker *w)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	unsigned int seed = (unsigned int)w->number;

	for (int i = 0; i < 400; i++) {
		int n = rand_r(&seed) % 4;
		struct tenon_request req = { .name = names[n], .domain = w->pg->d };

		switch (rand_r(&seed) % 3) {
		case 0:
			w->err |= tenon_load(w->pg->t, &req, NULL, NULL);
			break;
		case 1:
			tenon_unload(w->pg->t, NULL, names[n], real_now_ns(NULL) + 1000000, NULL);
			break;
		default:
			enter_some(w, names[n], n);
		}
	}
}

static void test_storm(struct pg *pg)
{
	struct worker w[THREAD_CNT] = { 0 };
	int errs = 0, rest;

	run_workers(pg, w, THREAD_CNT, storm);
	for (int i = 0; i < THREAD_CNT; i++)
		errs |= w[i].err;
	ok(!errs, "every load in a storm of loads, entries and unloads succeeds");
	ok(!torn, "F-11 nobody was in a module that was not live");
	for (rest = 0; rest < 8; rest++) {
		static const char *const names[] = { "d", "c", "b", "a" };

		tenon_unload(pg->t, NULL, names[rest % 4], 0, NULL);
	}
}

int main(void)
{
	struct pg pg;

	threads_open(&pg);
	tenon_thread_add(pg.t, &self, "main");
	pg_file(&pg, &(struct pg_module){ .name = "a", .exports = EXPORTS({ .name = "fa" }) });
	pg_file(&pg, &(struct pg_module){ .name = "b",
					  .depends = "a",
					  .imports = IMPORTS({ .name = "fa" }),
					  .exports = EXPORTS({ .name = "fb" }) });
	pg_file(&pg, &(struct pg_module){
			 .name = "c", .depends = "b,a", .imports = IMPORTS({ .name = "fb" }, { .name = "fa" }) });
	pg_file(&pg, &(struct pg_module){ .name = "d", .ro_after_init_bytes = 16 });
	pg_file(&pg, &(struct pg_module){ .name = "slow", .params = true });
	pg_file(&pg, &(struct pg_module){ .name = "cross0" });
	pg_file(&pg, &(struct pg_module){ .name = "cross1" });
	test_identical(&pg);
	test_params(&pg);
	test_in_vain(&pg);
	test_cross(&pg);
	test_storm(&pg);
	tenon_thread_remove(pg.t, &self);
	ok(!tenon_domain_close(pg.t, pg.d), "nothing is left");
	tenon_destroy(pg.t);
	while (pg.image_cnt)
		free(pg.images[--pg.image_cnt]);
	return tap_done();
}
