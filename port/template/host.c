/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The contract, put together: pass template_host to tenon_create(). */
#include "port/template/template.h"

const struct tenon_host template_host = {
	.context = NULL,     /* handed to every function below */
	.page_size = 4096,   /* the granule of protection; 64 where nothing is protected */
	.block_size = 65536, /* how much is mapped at a time: 2 MiB if your CPU has pages of that size */
	.window_start = 0,   /* where modules and your exported functions lie, so that branches reach without stubs */
	.window_size = 0,
	.arch = &tenon_arch_aarch64, /* the CPU */

	.alloc = template_alloc,
	.free = template_free,
	.block_map = template_block_map,
	.block_unmap = template_block_unmap,
	.block_write = template_block_write,
	.protect = template_protect,
	.lock = template_lock,
	.unlock = template_unlock,
	.sync_cpus = template_sync_cpus,
	.now_ns = template_now_ns,
	.log = template_log,
	.panic = template_panic,

	/*
	 * Each of these when it is written; NULL until then: wait with wake, thread, find, verify, bind, call, event.
	 */
};
