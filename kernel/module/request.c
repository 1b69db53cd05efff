// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/module/request.h"

#include <stdarg.h>

#include "kernel/domain/domain.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/module/module.h"
#include "kernel/module/record.h"
#include "kernel/policy/policy.h"
#include "kernel/process/helper.h"
#include "kernel/process/process.h"
#include "kernel/process/types.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/filesystem.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define MODPROBE "/sbin/modprobe"
#define NAME_BYTES 128
#define REQUEST_MAX 32
#define REQUEST_STACK_BYTES 6656 /* what a load takes, or what begins a program */

struct request {
	struct request *next;
	uint32_t refs; /* those who wait for it */
	bool done;
	int result;
	char name[NAME_BYTES];
};

static struct mutex lock = MUTEX_INIT(LOCK_OBJECT); /* of all requests */
static struct request *requests;
static unsigned request_cnt; /* that are being carried out */
static struct wait_queue answered = WAIT_QUEUE_INIT;

/* "ALIAS, for NAME (PID)": the log has it, and what is loaded remembers it. */
static void describe(const char *name, char why[HELPER_WHY_BYTES])
{
	struct process_info asker = { .name = "kernel" };

	if (task_current())
		process_info(task_current()->process, &asker);
	tenon_snprintf(why, HELPER_WHY_BYTES, "%.*s, for %s (%d)", HELPER_WHY_BYTES - 40, name, asker.name, asker.pid);
}

static void log_failure(const char *why, int err, int status)
{
	if (err)
		log_line(LOG_WARNING, "module %s: " MODPROBE " cannot be run, error %d", why, -err);
	else if (!status) /* it is there already, or modprobe is told not to */
		log_line(LOG_INFO, "module %s: " MODPROBE " has loaded nothing", why);
	else /* mostly there is none of the name, which is no fault; why one could not be loaded is in the log before */
		log_line(LOG_INFO, "module %s: " MODPROBE " ended with status %d", why,
			 status >> 8 ? status >> 8 : status);
}

/* @isolated: a parameter that says which domain, NULL: the kernel's own. */
static int carry_out(const char *name, const char *isolated, uint64_t deadline_ns)
{
	const char *const argv[] = { MODPROBE, "-q", "--", name, isolated, NULL };
	uint64_t loads = atomic_load(&module_load_cnt);
	char why[HELPER_WHY_BYTES];
	int status = 0, err;

	idle_hold();
	describe(name, why);
	err = helper_run(argv, why, deadline_ns, &status);
	if (err || status || loads == atomic_load(&module_load_cnt))
		log_failure(why, err, status);
	idle_resume();
	return err ? err : status ? -TENON_ENOENT : 0;
}

/* With the lock. */
static void put(struct request *r)
{
	struct request **at = &requests;

	if (--r->refs)
		return;
	while (*at != r)
		at = &(*at)->next;
	*at = r->next;
	heap_free(r);
}

/* One that is being carried out, or a new one (*mine), with a reference. */
static int join(const char *name, struct request **out, bool *mine)
{
	struct request *r = requests;

	while (r && (r->done || strcmp(r->name, name)))
		r = r->next;
	*mine = !r;
	if (!r) {
		if (request_cnt == REQUEST_MAX)
			return -TENON_EAGAIN;
		r = heap_alloc_zeroed(sizeof(*r));
		if (!r)
			return -TENON_ENOMEM;
		strscpy(r->name, name, sizeof(r->name));
		r->next = requests;
		requests = r;
		request_cnt++;
	} else if (helper_runs()) {
		return -TENON_ELOOP; /* what it waits for may wait for it */
	}
	r->refs++;
	*out = r;
	return 0;
}

static int request(const char *name, uint64_t until_ns)
{
	uint64_t deadline_ns = clock_ns() + MODULE_REQUEST_NS;
	struct request *r;
	bool mine;
	int err;

	if (tenon_modules_disabled(module_core))
		return -TENON_EPERM;
	err = policy_request(name);
	if (err)
		return err;
	if (until_ns < deadline_ns)
		deadline_ns = until_ns;
	mutex_lock(&lock);
	err = join(name, &r, &mine);
	mutex_unlock(&lock);
	if (err)
		return err;
	if (mine)
		err = carry_out(name, NULL, deadline_ns);
	else
		err = wait_event(&answered, __atomic_load_n(&r->done, __ATOMIC_ACQUIRE), deadline_ns, WAIT_SIGNAL);
	mutex_lock(&lock);
	if (mine) {
		r->result = err;
		__atomic_store_n(&r->done, true, __ATOMIC_RELEASE);
		request_cnt--;
		wait_wake_all(&answered);
	} else if (!err) {
		err = r->result;
	}
	put(r);
	mutex_unlock(&lock);
	return err;
}

static bool ask(const char *alias)
{
	return !module_request("%s", alias);
}

static int ask_filesystem(const char *name)
{
	return module_request("fs-%s", name);
}

void __init module_request_init(void)
{
	chrdev_ask = ask;
	filesystem_request = ask_filesystem;
	chrdev_leaving = idle_wait;
}

int module_request(const char *fmt, ...)
{
	char name[NAME_BYTES];
	va_list args;
	int len;

	va_start(args, fmt);
	len = tenon_vsnprintf(name, sizeof(name), fmt, args);
	va_end(args);
	if (len < 0 || (size_t)len >= sizeof(name) || !tenon_name_valid(name, sizeof(name)))
		return -TENON_EINVAL;
	return request(name, UINT64_MAX);
}

/* Into a domain, which is as many runs as there are requests: there are few. */
static int request_isolated(const char *domain, const char *name, uint64_t deadline_ns)
{
	char isolated[TENON_NAME_BYTES + sizeof("isolated=")];

	tenon_snprintf(isolated, sizeof(isolated), "isolated=%s", domain);
	return carry_out(name, isolated, deadline_ns);
}

int module_request_into(const char *domain, const char *alias)
{
	return domain ? request_isolated(domain, alias, clock_ns() + MODULE_REQUEST_NS) : request(alias, UINT64_MAX);
}

int module_request_load(const struct tenon_request *req, struct tenon_diag *diag)
{
	struct domain *d = domain_isolated(tenon_domain_host(req->domain));
	struct tenon_request now = *req;
	bool helped = helper_runs();
	int err;

	/* A module asks that others have called, which have called others. */
	if (thread_stack_left() < REQUEST_STACK_BYTES) {
		diag->reason = TENON_R_ENTRY_DEPTH;
		diag->want = thread_current()->module.core.depth;
		return -TENON_ELOOP;
	}
	if (helped)
		now.deadline_ns = 1; /* whoever loads it may be waiting for the program that asks here */
	err = tenon_load(module_core, &now, NULL, diag);
	if (err == -TENON_ETIMEDOUT && helped)
		return -TENON_ELOOP;
	if (diag->reason != TENON_R_NOT_FOUND || strlen(req->name) >= NAME_BYTES)
		return err;
	err = d ? request_isolated(d->name, req->name, req->deadline_ns) : request(req->name, req->deadline_ns);
	return err == -TENON_EAGAIN ? -TENON_ENOMEM : err == -TENON_EINTR ? -TENON_ETIMEDOUT : err;
}
