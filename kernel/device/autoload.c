// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/device/autoload.h"

#include "kernel/device/block.h"
#include "kernel/device/device.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/module/request.h"
#include "kernel/process/helper.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/chrdev.h"

static _Atomic bool settled, unserved = true;
static struct wait_queue settling = WAIT_QUEUE_INIT, wanting = WAIT_QUEUE_INIT;

/* Not what loads them, which the others would wait for. */
static void settle(void)
{
	if (!helper_runs())
		wait_event(&settling, atomic_load(&settled), clock_ns() + MODULE_REQUEST_NS, WAIT_SIGNAL);
}

static void settled_now(void)
{
	partitions_settle();
	atomic_store(&settled, true);
	__atomic_store_n(&chrdev_settle, NULL, __ATOMIC_RELEASE);
	wait_wake_all(&settling);
}

/* Whoever adds a device may be what the module would wait for: so it is this thread that asks. Failures are in the log. */
static void work(void *arg)
{
	struct device *dev;

	(void)arg;
	for (;;) {
		wait_event(&wanting, atomic_exchange(&unserved, false), DEADLINE_NONE, WAIT_DEADLINE);
		while ((dev = device_unserved()) != NULL) {
			module_request_into(dev->bus->domain, dev->modalias);
			device_put(dev);
		}
		if (!atomic_load(&settled))
			settled_now();
	}
}

static void ask(void)
{
	atomic_store(&unserved, true);
	wait_wake_all(&wanting);
}

void __init device_autoload_start(void)
{
	struct thread *t;

	device_set_request(ask);
	if (thread_make("autoload", work, NULL, &t)) {
		log_warn("no memory for the thread that has drivers loaded");
		return;
	}
	__atomic_store_n(&chrdev_settle, settle, __ATOMIC_RELEASE);
	thread_start(t);
}
