// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What /proc says about the system as a whole. proc(5) has the forms. */
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/boot.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/release.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/process/process.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/syscall/syscall.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/page_cache.h"
#include "kernel/vfs/proc.h"
#include "kernel/vfs/text.h"

#define TICKS_PER_SECOND 100 /* Linux's USER_HZ */
#define NS_PER_TICK (NS_PER_SECOND / TICKS_PER_SECOND)

typedef unsigned long long ull;

static int show_meminfo(struct text *t, void *data)
{
	const ull kib = PAGE_BYTES / 1024;
	struct page_totals pages;
	struct thread_totals threads;
	struct heap_totals heap;
	uint64_t cached, dirty;

	(void)data;
	cache_totals(&cached, &dirty);
	thread_totals(&threads);
	page_totals(&pages);
	heap_totals(&heap);
	text_printf(t, "MemTotal:       %8llu kB\nMemFree:        %8llu kB\n", pages.total * kib, pages.free * kib);
	text_printf(t, "MemAvailable:   %8llu kB\n", (pages.total - pages.promised) * kib);
	text_printf(t, "Buffers:        %8u kB\nCached:         %8llu kB\n", 0, cached * kib);
	text_printf(t,
		    "SwapCached:     %8u kB\nSwapTotal:      %8u kB\nSwapFree:       %8u kB\nShmem:          %8u kB\n",
		    0, 0, 0, 0);
	text_printf(t, "Dirty:          %8llu kB\n", dirty * kib);
	text_printf(t, "Slab:           %8llu kB\n", heap.pages * kib);
	text_printf(t, "KernelStack:    %8llu kB\n", (ull)threads.stacks_bytes / 1024);
	text_printf(t, "KernelTables:   %8llu kB\n", (ull)kernel_tables_bytes() / 1024);
	text_printf(t, "CommitLimit:    %8llu kB\nCommitted_AS:   %8llu kB\n", pages.total * kib, pages.promised * kib);
	return 0;
}

/*
 * Time that CPUs were not idle. The clock and the idle times are not read at one moment, but what is shown never falls.
 */
static ull busy_ticks(const struct thread_totals *threads)
{
	static _Atomic uint64_t shown;
	uint64_t all = clock_ns() * threads->cpus, busy = all > threads->idle_ns ? all - threads->idle_ns : 0;
	uint64_t last = atomic_load(&shown);

	while (last < busy && !atomic_compare_exchange_weak(&shown, &last, busy))
		;
	return (last > busy ? last : busy) / NS_PER_TICK;
}

static int show_stat(struct text *t, void *data)
{
	struct thread_totals threads;
	struct process_totals processes;

	(void)data;
	thread_totals(&threads);
	process_totals(&processes);
	text_printf(t, "cpu  %llu 0 0 %llu 0 0 0 0 0 0\n", busy_ticks(&threads), (ull)threads.idle_ns / NS_PER_TICK);
	text_printf(t, "intr 0\nctxt %llu\nbtime %llu\n", (ull)threads.switches,
		    (ull)clock_boot_time_ns() / NS_PER_SECOND);
	text_printf(t, "processes %llu\nprocs_running %u\nprocs_blocked 0\n", (ull)processes.forks + 1,
		    threads.runnable);
	return 0;
}

static void show_seconds(struct text *t, uint64_t ns)
{
	text_printf(t, "%llu.%02llu", (ull)(ns / NS_PER_SECOND), (ull)(ns % NS_PER_SECOND / (NS_PER_SECOND / 100)));
}

static int show_uptime(struct text *t, void *data)
{
	struct thread_totals threads;

	(void)data;
	thread_totals(&threads);
	show_seconds(t, clock_ns());
	text_add(t, " ", 1);
	show_seconds(t, threads.idle_ns);
	text_add(t, "\n", 1);
	return 0;
}

/* What runs now stands for the averages, which nobody keeps. */
static int show_loadavg(struct text *t, void *data)
{
	struct thread_totals threads;
	struct process_totals processes;

	(void)data;
	thread_totals(&threads);
	process_totals(&processes);
	text_printf(t, "%u.00 %u.00 %u.00 %u/%u %llu\n", threads.runnable, threads.runnable, threads.runnable,
		    threads.runnable, processes.task_cnt, (ull)processes.forks + 1);
	return 0;
}

static int show_filesystems(struct text *t, void *data)
{
	(void)data;
	filesystem_show_types(t);
	return 0;
}

static int show_devices(struct text *t, void *data)
{
	(void)data;
	chrdev_show(t);
	return 0;
}

static int show_cmdline(struct text *t, void *data)
{
	(void)data;
	text_printf(t, "%s\n", boot_command_line());
	return 0;
}

static int show_version(struct text *t, void *data)
{
	(void)data;
	text_printf(t, "Linux version " KERNEL_RELEASE " (Tenon)\n");
	return 0;
}

static int show_cpuinfo(struct text *t, void *data)
{
	unsigned i;

	(void)data;
	for (i = 0; i < cpu_cnt; i++)
		text_printf(t, "processor\t: %u\n\n", i);
	return 0;
}

/* Number and count of each call that programs made and that there is not. */
static int show_unknown_calls(struct text *t, void *data)
{
	uint64_t cnt;
	unsigned i;

	(void)data;
	for (i = 0; i <= SYSCALL_TABLE_CNT; i++) {
		cnt = syscall_unknown_cnt(i);
		if (cnt)
			text_printf(t, "%u %llu\n", i, (ull)cnt);
	}
	return 0;
}

int __init proc_system_init(struct node *root)
{
	static const struct attr files[] = {
		{ "meminfo", 0444, show_meminfo, NULL },         { "stat", 0444, show_stat, NULL },
		{ "uptime", 0444, show_uptime, NULL },           { "loadavg", 0444, show_loadavg, NULL },
		{ "filesystems", 0444, show_filesystems, NULL }, { "devices", 0444, show_devices, NULL },
		{ "cmdline", 0444, show_cmdline, NULL },         { "version", 0444, show_version, NULL },
		{ "cpuinfo", 0444, show_cpuinfo, NULL },         { "unknown-syscalls", 0444, show_unknown_calls, NULL },
	};
	unsigned i;
	int err;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		err = attr_file(root, &files[i], NULL);
		if (err)
			return err;
	}
	return attr_link(root, "mounts", "self/mounts");
}
