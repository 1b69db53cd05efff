// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The boot, as a list. */
#include "tenon/errno.h"
#include "kernel/arch/x86_64/cpu.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/paging.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/boot.h"
#include "kernel/console.h"
#include "kernel/device/autoload.h"
#include "kernel/device/block.h"
#include "kernel/device/device.h"
#include "kernel/device/iommu.h"
#include "kernel/device/pci.h"
#include "kernel/device/platform.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/mm/page.h"
#include "kernel/module/module.h"
#include "kernel/net/netdev.h"
#include "kernel/net/socket.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/process/process.h"
#include "kernel/process/terminal.h"
#include "kernel/sched/run.h"
#include "kernel/sched/thread.h"
#include "kernel/trust/policy.h"
#include "kernel/vfs/page_cache.h"
#include "kernel/vfs/vfs.h"

#define SERIAL_IRQ 4
#define OPTION_BYTES 256

/* init=PATH on the command line says which program is first. */
static void __init start_init(void)
{
	static const char *const envp[] = { "HOME=/", "TERM=linux", "PATH=/sbin:/usr/sbin:/bin:/usr/bin", NULL };
	static char path[OPTION_BYTES] = "/sbin/init";
	const char *const argv[] = { path, NULL };
	struct fdtable *files;
	struct fs_context *fs;
	int err = vfs_prepare(&files, &fs);

	if (err == -TENON_ENOENT)
		machine_refuse("the boot loader gave no archive (initrd) with programs");
	if (err == -TENON_ENOSPC || err == -TENON_ENOMEM)
		machine_refuse("this machine has too little memory for what the archive (initrd) has in it");
	if (err)
		machine_refuse("the archive (initrd) cannot be unpacked: error %d", -err);
	policy_init();
	boot_option("init", path, sizeof(path));
	err = process_start_init(path, argv, envp, files, fs);
	if (err)
		machine_refuse("the first program, %s, cannot be started: error %d", path, -err);
}

static void __init route_serial(void)
{
	apic_route_isa(SERIAL_IRQ, VECTOR_SERIAL);
}

static void __init run_tests(void)
{
	if (boot_tests)
		boot_tests();
}

static void __init use_page_cache(void)
{
	page_reclaim = cache_reclaim;
}

typedef void step_fn(void);

/* The rest of the boot, in the first thread there is. */
static step_fn *const __initconst steps[] = {
	cpus_start,       iommu_init,    route_serial,      watchdog_init,      run_tests,    vfs_init,
	use_page_cache,   module_init,   device_model_init, block_devices_init, netdevs_init, sockets_init,
	pci_init,         platform_init, terminal_start,    status_init,        start_init,   device_autoload_start,
	paging_free_init, NULL,
};

static void start(void *arg)
{
	for (step_fn *const *step = arg; *step; step++)
		(*step)();
}

/* On CPU 0's idle thread, with all that a CPU needs. */
static void __init idle(void)
{
	struct thread *t;

	if (thread_make("start", start, (void *)steps, &t))
		machine_refuse("this machine has too little memory");
	thread_start(t);
	run_idle();
}

/* Entered by boot.S, interrupts off, on the boot's own stack and page table. */
_Noreturn void kernel_main(uint32_t info_phys, uint32_t magic);
_Noreturn void __init kernel_main(uint32_t info_phys, uint32_t magic)
{
	struct thread *t;

	clock_start();
	serial_init();
	boot_read(magic, info_phys);
	log_set_console_level((int)boot_number("loglevel", LOG_CONSOLE_DEFAULT));
	cpu_check_features();
	cpu_number(&cpus[0], 0);
	cpu_init(&cpus[0]);
	paging_init();
	page_init();
	acpi_init(boot_rsdp());
	power_init();
	apic_init();
	clock_init();
	cpus[0].apic_id = apic_id();
	cpu_make_stacks(&cpus[0]);
	if (thread_make("idle", NULL, NULL, &t))
		machine_refuse("this machine has too little memory");
	run_become_idle(&cpus[0], t, idle);
}
