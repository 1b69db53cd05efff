// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The port contract of the module core: include/tenon/host.h. */
#include "kernel/arch/x86_64/paging.h"
#include "kernel/domain/domain.h"
#include "kernel/domain/primitives.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/module/block.h"
#include "kernel/module/find.h"
#include "kernel/module/module.h"
#include "kernel/module/record.h"
#include "kernel/module/request.h"
#include "kernel/module/thread.h"
#include "kernel/policy/policy.h"
#include "kernel/random.h"
#include "kernel/sched/lock.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"
#include "kernel/trust/trust.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"
#include "tenon/vermagic.h"

#define INTERRUPTED_NS 1000000ull

struct tenon *module_core;
struct tenon_kpi_domain module_kernel;

static struct mutex lock = MUTEX_INIT(LOCK_CORE);
static struct wait_queue changed = WAIT_QUEUE_INIT;

static void *host_alloc(void *context, size_t size)
{
	(void)context;
	return heap_alloc(size);
}

static void host_free(void *context, void *p, size_t size)
{
	(void)context;
	(void)size;
	heap_free(p);
}

/* ---- memory of modules: by the kind of their domain -------------------------------------------------------------- */

static bool is_isolated(const struct tenon_block *b)
{
	return tenon_domain_kind(b->domain) == TENON_DOMAIN_ISOLATED;
}

static int host_block_map(void *context, struct tenon_block *b)
{
	return is_isolated(b) ? domain_memory_block_map(b) : block_map(context, b);
}

static void host_block_unmap(void *context, struct tenon_block *b)
{
	if (is_isolated(b))
		domain_memory_block_unmap(b);
	else
		block_unmap(context, b);
}

static int host_block_write(void *context, struct tenon_block *b)
{
	return is_isolated(b) ? domain_memory_block_write(b) : block_write(context, b);
}

/* All of one plan, and so of one domain. */
static int host_protect(void *context, const struct tenon_range *ranges, size_t cnt)
{
	int err = 0;

	if (!cnt || !is_isolated(ranges->block))
		return block_protect(context, ranges, cnt);
	for (size_t i = 0; i < cnt && !err; i++)
		err = domain_memory_block_protect(&ranges[i]);
	return err;
}

/* ---- threads ----------------------------------------------------------------------------------------------------- */

static void host_lock(void *context)
{
	(void)context;
	/* Making a thread known takes the lock, so that must not come later, under it. */
	if (module_core)
		module_thread();
	mutex_lock(&lock);
}

static void host_unlock(void *context)
{
	(void)context;
	mutex_unlock(&lock);
}

/*
 * Somebody who was interrupted may have to wait all the same: for threads that are inside a module whose exit has run.
 */
static int host_wait(void *context, uint64_t deadline_ns)
{
	uint64_t soon = clock_ns() + INTERRUPTED_NS;
	struct waiter waiter;
	struct wait wait;
	int err;

	(void)context;
	wait_init(&wait);
	wait_add(&waiter, &wait, &changed);
	mutex_unlock(&lock);
	err = wait_sleep(&wait, deadline_ns, WAIT_SIGNAL);
	if (err == -TENON_EINTR)
		wait_sleep(&wait, deadline_ns < soon ? deadline_ns : soon, WAIT_DEADLINE);
	wait_remove(&waiter);
	mutex_lock(&lock);
	return err == -TENON_EINTR ? err : 0;
}

static void host_wake(void *context)
{
	(void)context;
	wait_wake_all(&changed);
}

static void host_sync_cpus(void *context)
{
	(void)context;
	tlb_flush_kernel(); /* an interrupt on every CPU */
}

static uint64_t host_now_ns(void *context)
{
	(void)context;
	return clock_ns();
}

static void host_random(void *context, void *buf, size_t size)
{
	(void)context;
	random_bytes(buf, size);
}

static void host_log(void *context, enum tenon_log_level level, const char *text, size_t len)
{
	(void)context;
	log_line((int)level, "%.*s", (int)len, text);
}

static void host_panic(void *context, const char *why)
{
	(void)context;
	panic("module core: %s", why);
}

static struct tenon_thread *host_thread(void *context)
{
	(void)context;
	return &module_thread()->core;
}

/* Init and exit. */
static int host_call(void *context, struct tenon_module *m, tenon_addr address, tenon_addr arg, int64_t *result,
		     char why[64])
{
	const struct tenon_kpi_code code = { .module = m, .address = address };
	const uint64_t args[KPI_ARGS_MAX] = { arg };
	int err;

	(void)context;
	err = domain_call(tenon_domain_host(tenon_module_domain(m)), &code, args, result, why);
	return err ? -TENON_EFAULT : 0;
}

static int host_verify(void *context, const void *data, size_t size, const void *message, size_t message_size)
{
	if (thread_stack_left() < TRUST_STACK_BYTES)
		return -TENON_ELOOP;
	return trust_verify(context, data, size, message, message_size);
}

const struct tenon_host module_host = {
	.page_size = PAGE_BYTES,
	.block_size = BLOCK_BYTES,
	.isolated_block_size = DOMAIN_BLOCK_BYTES,
	.window_start = IMAGE_BASE,
	.window_size = MODULES_END - IMAGE_BASE,
	.arch = &tenon_arch_x86_64,
	.alloc = host_alloc,
	.free = host_free,
	.block_map = host_block_map,
	.block_unmap = host_block_unmap,
	.block_write = host_block_write,
	.protect = host_protect,
	.lock = host_lock,
	.unlock = host_unlock,
	.sync_cpus = host_sync_cpus,
	.now_ns = host_now_ns,
	.log = host_log,
	.panic = host_panic,
	.wait = host_wait,
	.wake = host_wake,
	.thread = host_thread,
	.find = module_find,
	.verify = host_verify,
	.call = host_call,
	.bind = domain_bind,
	.random = host_random,
	.event = record_event,
	.linked = record_linked,
	.forget = record_forget,
};

int module_read(struct tenon_domain *d, void *to, tenon_addr from, size_t bytes)
{
	if (d != module_kernel.core)
		return domain_primitives.copy_in(tenon_domain_host(d), to, from, bytes);
	memcpy(to, (const void *)from, bytes);
	return 0;
}

int module_write(struct tenon_domain *d, tenon_addr to, const void *from, size_t bytes)
{
	if (d != module_kernel.core)
		return domain_primitives.copy_out(tenon_domain_host(d), to, from, bytes);
	memcpy((void *)to, from, bytes);
	return 0;
}

void __init module_init(void)
{
	struct tenon *core;
	int err;

	block_init();
	err = tenon_create(&module_host, &core);
	if (err)
		panic("no module core: error %d", -err);
	module_core = core;
	tenon_kpi_open(&domain_primitives, &module_host, core);
	module_kernel.pages = ARENAS_START;
	module_kernel.pages_bytes = ARENAS_BYTES;
	err = tenon_accept(core, &tenon_native, TENON_VERMAGIC("x86_64"), MODULE_BASE);
	/* linux.ko knows which kernel's modules fit, by the checksums that all of them carry. */
	if (!err)
		err = tenon_accept(core, &tenon_linux, NULL, MODULE_LINUX_BASE);
	if (!err)
		err = tenon_kpi_domain_open(&module_kernel, false);
	if (!err)
		err = tenon_domain_open(core, "kernel", TENON_DOMAIN_KERNEL, &module_kernel, &module_kernel.core);
	if (!err)
		err = tenon_provide(core, NULL, kpi_exports, kpi_export_cnt, NULL);
	if (err)
		panic("modules cannot be had: error %d", -err);
	module_sig_mode_init();
	module_views_init();
	module_request_init();
	policies_init();
	domains_init();
}
