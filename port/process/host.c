/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Opening and closing the process host; its side of the port contract put together. */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "port/process/child.h"
#include "port/process/internal.h"

#define DEADLINE_MS 2000
#define WAIT_MS 30000 /* room for modules that load others in turn */
#define MALLOC_KEEP_BYTES (64 * 1024 * 1024)

/* There is one host in a process, and primitives and signal handlers have no context to find it by. */
static atomic_flag one_is_open = ATOMIC_FLAG_INIT;
struct process_host *process_host_here; /* set before any thread can enter a module, and not changed after that */

static void host_random(void *context, void *buf, size_t size)
{
	/* Up to 256 bytes come whole; every kernel that has what this host needs has this call. */
	if (getrandom(buf, size, 0) != (ssize_t)size)
		log_panic(context, "getrandom failed");
}

static const struct tenon_arch *own_arch(void)
{
#if defined(__x86_64__)
	return &tenon_arch_x86_64;
#elif defined(__aarch64__)
	return &tenon_arch_aarch64;
#else
	return &tenon_arch_riscv64;
#endif
}

static int keep_linked(void *context, struct tenon_module *m, const struct tenon_linked *linked, void **kept)
{
	const struct process_host *h = context;

	*kept = NULL;
	return h->linked ? h->linked(m, linked, h->linked_arg) : 0;
}

static void forget_linked(void *context, struct tenon_module *m, void *kept)
{
	(void)context, (void)m, (void)kept;
}

static void fill_contract(struct process_host *h)
{
	h->tenon = (struct tenon_host){
		.context = h,
		.page_size = (size_t)sysconf(_SC_PAGESIZE),
		.block_size = BLOCK_BYTES,
		.arch = own_arch(),
		.alloc = heap_alloc,
		.free = heap_free,
		.block_map = block_map,
		.block_unmap = block_unmap,
		.block_write = block_write,
		.protect = block_protect,
		.lock = sync_lock,
		.unlock = sync_unlock,
		.sync_cpus = sync_cpus,
		.now_ns = sync_now,
		.random = host_random,
		.log = log_line,
		.panic = log_panic,
		.wait = sync_wait,
		.wake = sync_wake,
		.thread = thread_record,
		.call = entry_call,
		.linked = keep_linked,
		.forget = forget_linked,
	};
	window_span(&h->window, &h->tenon.window_start, &h->tenon.window_size);
}

static int open_kernel_domain(struct process_host *h)
{
	struct process_domain *d = &h->kernel;
	int err;

	d->h = h;
	err = domain_memory_make(d, h->window.start, h->window.size / BLOCK_BYTES, 0, false);
	if (!err)
		err = kernel_pages_make(h);
	if (!err)
		err = tenon_kpi_domain_open(&d->kpi, false);
	return err ? err : tenon_domain_open(h->core, "kernel", TENON_DOMAIN_KERNEL, d, &d->kpi.core);
}

static int fill(struct process_host *h, const struct process_options *o)
{
	int err;

	process_host_here = h;
	h->kernel.memfd = -1;
	h->pages_fd = -1;
	h->deadline_ms = o->deadline_ms ? o->deadline_ms : DEADLINE_MS;
	h->wait_ms = o->wait_ms ? o->wait_ms : WAIT_MS;
	h->quota = o->quota;
	h->linked = o->linked;
	h->linked_arg = o->linked_arg;
	h->small_pages = o->small_pages;
	/* Files of many megabytes come and go: keep the memory instead of mapping and clearing it for each. */
	mallopt(M_MMAP_THRESHOLD, MALLOC_KEEP_BYTES);
	mallopt(M_TRIM_THRESHOLD, 2 * MALLOC_KEEP_BYTES);
	h->log = log_new(o->verbose);
	if (!h->log)
		return -TENON_ENOMEM;
	err = sync_init(h, o->no_membarrier);
	if (err)
		return err;
	err = window_reserve(&h->window);
	if (err)
		return err;
	fill_contract(h);
	err = native_init(h, o);
	if (err)
		return err;
	err = tenon_create(&h->tenon, &h->core);
	if (err)
		return err;
	tenon_kpi_open(&process_primitives, &h->tenon, h->core);
	tenon_explain_versions(h->core);
	err = native_policy(h);
	if (!err)
		err = open_kernel_domain(h);
	return err ? err : guard_init();
}

/* A module of the domain that can be unloaded, and was not. */
static int could_go(const struct tenon_module *m, void *arg)
{
	struct tenon_module_info info;

	tenon_module_info(m, &info);
	return tenon_module_domain(m) == arg && info.state != TENON_QUARANTINED &&
	       (info.refs || info.exit || !info.init);
}

int domain_close(struct process_domain *d)
{
	struct process_host *h = d->h;
	int err = tenon_domain_close(h->core, d->kpi.core);

	if (err != -TENON_EBUSY || tenon_for_each(h->core, could_go, d->kpi.core))
		return err;
	/* Only modules that can never be unloaded, like the runtime: they go with their domain. */
	tenon_domain_kill(h->core, d->kpi.core, NULL);
	return tenon_domain_close(h->core, d->kpi.core);
}

int process_open(const struct process_options *options, struct process_host **out)
{
	struct process_host *h;
	int err;

	if (atomic_flag_test_and_set(&one_is_open))
		return -TENON_EBUSY;
	h = calloc(1, sizeof(*h));
	err = h ? fill(h, options) : -TENON_ENOMEM;
	if (err && h)
		process_close(h);
	else if (err)
		atomic_flag_clear(&one_is_open);
	else
		*out = h;
	return err;
}

void process_close(struct process_host *h)
{
	guard_exit();
	quarantine_settle(h);
	child_close_all(h);
	if (h->kernel.kpi.core)
		domain_close(&h->kernel);
	tenon_kpi_domain_close(&h->kernel.kpi);
	made_threads_join(h, &h->kernel.kpi);
	devices_free();
	if (h->core) {
		thread_forget_all(h);
		tenon_destroy(h->core);
	}
	tenon_kpi_close();
	kernel_pages_free(h);
	domain_memory_free(&h->kernel);
	if (h->window.size)
		window_release(&h->window);
	native_exit(h);
	log_free(h->log);
	free(h);
	process_host_here = NULL;
	atomic_flag_clear(&one_is_open);
}

struct tenon *process_core(struct process_host *h)
{
	return h->core;
}

const struct tenon_host *process_contract(struct process_host *h)
{
	return &h->tenon;
}

struct tenon_domain *process_kernel(struct process_host *h)
{
	return h->kernel.kpi.core;
}
