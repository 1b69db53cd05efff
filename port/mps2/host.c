/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The contract. */
#include "port/mps2/board.h"
#include "port/mps2/mps2.h"
#include "tenon/kpi_host.h"
#include "tenon/runtime.h"
#include "tenon/vermagic.h"

/* Of image.ld. */
extern char heap_start[], heap_end[], modules_start[], modules_end[];

struct tenon *mps2_core;
struct tenon_kpi_domain mps2_kernel;
struct pool mps2_heap, mps2_modules;

struct mps2_thread mps2_threads[2]; /* the thread, the interrupt */
static uint32_t irq_before;         /* what it was when the lock was taken */

static void *host_alloc(void *context, size_t size)
{
	(void)context;
	return pool_alloc(&mps2_heap, size);
}

static void host_free(void *context, void *p, size_t size)
{
	(void)context;
	pool_free(&mps2_heap, p, size);
}

static int host_block_map(void *context, struct tenon_block *b)
{
	void *mem = pool_alloc(&mps2_modules, b->size);

	(void)context;
	if (!mem)
		return -TENON_ENOMEM;
	memset(mem, 0, b->size);
	b->run = (uintptr_t)mem;
	b->host = mem;
	return 0;
}

static void host_block_unmap(void *context, struct tenon_block *b)
{
	(void)context;
	pool_free(&mps2_modules, b->host, b->size);
}

/* Memory is always readable, writable and executable. */
static int host_block_write(void *context, struct tenon_block *b)
{
	(void)context;
	b->write = b->host;
	return 0;
}

/* A Cortex-M4 has no caches, but it may have fetched instructions ahead (DDI 0403, A3.7.3: DSB, then ISB). */
static int host_protect(void *context, const struct tenon_range *ranges, size_t cnt)
{
	(void)context, (void)ranges, (void)cnt;
	__asm__ volatile("dsb\n\tisb" : : : "memory");
	return 0;
}

static void host_lock(void *context)
{
	uint32_t before = irq_save();

	(void)context;
	irq_before = before;
}

static void host_unlock(void *context)
{
	(void)context;
	irq_restore(irq_before);
}

/* There is one CPU, and it sees its own writes in order. */
static void host_sync_cpus(void *context)
{
	(void)context;
	__asm__ volatile("" : : : "memory");
}

static uint64_t host_now_ns(void *context)
{
	(void)context;
	return clock_ns();
}

void mps2_panic(void *context, const char *why)
{
	mps2_log(context, TENON_LOG_ERR, "panic:", 6);
	mps2_log(context, TENON_LOG_ERR, why, strlen(why));
	board_exit(1);
}

struct tenon_thread *mps2_thread(void *context)
{
	(void)context;
	return &mps2_threads[in_interrupt()].core;
}

const struct tenon_host mps2_host = {
	.page_size = MPS2_PAGE_BYTES,
	.block_size = MPS2_BLOCK_BYTES,
	.arch = &tenon_arch_arm,
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
	.log = mps2_log,
	.panic = mps2_panic,
	.thread = mps2_thread,
	.find = mps2_find,
};

static void tick(uint64_t now_ns)
{
	(void)now_ns;
	tenon_kpi_tick(&mps2_kernel);
}

int mps2_open(void)
{
	struct tenon *core;
	int err;

	pool_init(&mps2_heap, heap_start, heap_end, 16);
	pool_init(&mps2_modules, modules_start, modules_end, MPS2_PAGE_BYTES);
	err = tenon_create(&mps2_host, &core);
	if (err)
		return err;
	tenon_explain_versions(core);
	tenon_thread_add(core, &mps2_threads[0].core, "main");
	tenon_thread_add(core, &mps2_threads[1].core, "tick");
	mps2_threads[1].core.atomic = 1;
	tenon_kpi_open(&mps2_primitives, &mps2_host, core);
	for (unsigned int i = 0; i < 2; i++)
		tenon_kpi_thread_begin(&mps2_threads[i].kpi, &mps2_threads[i].core, i + 1);
	/* The runtime is a module as everywhere, of the same bytes; what the kernel uses of it is linked in besides. */
	err = tenon_accept(core, &tenon_native, TENON_VERMAGIC("arm"), "runtime");
	if (!err)
		err = tenon_kpi_domain_open(&mps2_kernel, false);
	if (!err)
		err = tenon_domain_open(core, "kernel", TENON_DOMAIN_KERNEL, &mps2_kernel, &mps2_kernel.core);
	if (!err)
		err = tenon_provide(core, NULL, kpi_exports, kpi_export_cnt, NULL);
	mps2_core = core;
	clock_open(tick);
	return err;
}
