/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Load any bytes as a module of whatever CPU they name, and unload it: all stages but init. F-12: an error or a module,
 * no access outside the file and the module's memory, and nothing left afterwards.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/elf_mutator.h"
#include "tests/unit/model_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct tenon_arch *arch_of(const uint8_t *data, size_t size)
{
	static const struct tenon_arch *const archs[] = { &tenon_arch_x86_64, &tenon_arch_aarch64, &tenon_arch_riscv64,
							  &tenon_arch_arm };
	/* The low bits of e_machine (62, 183, 243, 40) tell them apart; anything else is as good. */
	uint16_t machine = size > 19 ? data[18] : 0;

	return machine == EM_AARCH64 ? archs[1] :
	       machine == EM_RISCV   ? archs[2] :
	       machine == EM_ARM     ? archs[3] :
				       archs[0];
}

/* A machine with 8 MiB of memory for modules. */
static int (*map_any)(void *context, struct tenon_block *b);

static int map_small(void *context, struct tenon_block *b)
{
	return b->size > (8 << 20) ? -TENON_ENOSPC : map_any(context, b);
}

static int stop_at_first(const struct tenon_module *m, void *arg)
{
	memcpy(arg, tenon_module_name(m), strlen(tenon_module_name(m)) + 1);
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct tenon_export exports[] = {
		{ .name = "one", .value = 0x61000000, .crc = 5 },
		{ .name = "printk", .value = 0x61000010, .flags = TENON_EXPORT_GPL }
	};
	struct tenon_source src = model_source(data, size, false);
	struct tenon_request req = { .source = &src, .flags = TENON_LOAD_NO_START, .params = "on=y array=1,2" };
	char name[TENON_NAME_BYTES];
	struct tenon_domain *d;
	struct model_host mh;
	struct tenon *t;

	model_host_init(&mh, arch_of(data, size), 0x60000000, 4096);
	/* Two runs in three, branches may need stubs. */
	if (size % 3) {
		mh.host.window_start = 0x60000000;
		mh.host.window_size = 16 << 20;
	}
	map_any = mh.host.block_map;
	mh.host.block_map = map_small;
	if (tenon_create(&mh.host, &t) || tenon_accept(t, &tenon_native, NULL, NULL) ||
	    tenon_accept(t, &tenon_linux, NULL, NULL) ||
	    tenon_domain_open(t, "kernel", TENON_DOMAIN_KERNEL, NULL, &d) || tenon_provide(t, d, exports, 2, NULL))
		abort();
	req.domain = d;
	if (!tenon_load(t, &req, NULL, NULL) &&
	    (!tenon_for_each(t, stop_at_first, name) || tenon_unload(t, d, name, 0, NULL)))
		abort();
	if (tenon_domain_close(t, d))
		abort();
	tenon_destroy(t);
	if (!model_host_clean(&mh))
		abort();
	return 0;
}
