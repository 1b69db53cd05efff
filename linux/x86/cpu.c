// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processor as Linux describes it: no more than every x86-64 has. Features are what code may use, and registers of
 * vectors and instructions of the system are not for modules here, so none is listed.
 */
#include <asm/fpu/api.h>
#include <asm/processor.h>

#include "linux/versions.h"
#include "linux/export.h"

struct cpuinfo_x86 boot_cpu_data = {
	.x86 = 6,
	.x86_vendor = X86_VENDOR_UNKNOWN,
	.x86_clflush_size = 64,
	.x86_cache_alignment = 64,
	.x86_virt_bits = 48,
	.x86_phys_bits = 46,
#if !LINUX_SINCE(6, 12)
	.x86_max_cores = 1,
#endif
};
EXPORT_SYMBOL(boot_cpu_data);

/* Of registers that are saved between users, none is offered. */
int cpu_has_xfeatures(u64 wanted, const char **name)
{
	if (name)
		*name = wanted ? "vector registers" : NULL;
	return !wanted;
}
EXPORT_SYMBOL_GPL(cpu_has_xfeatures);
