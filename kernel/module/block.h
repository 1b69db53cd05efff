/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Memory for modules of the kernel's own domain: frames of 2 MiB, which are in the direct map no more. They come from a
 * reserve that is taken and zeroed at boot, and when that is empty from page_alloc().
 *
 * All under the core's lock, which sleeps: so they may wait for other CPUs' TLBs.
 */
#ifndef KERNEL_MODULE_BLOCK_H
#define KERNEL_MODULE_BLOCK_H

#include "kernel/mm/page.h"
#include "tenon/host.h"

#define BLOCK_BYTES (2ul << 20)

/* Take the reserve. Once, before the first block. */
void block_init(void);

/* Where the bytes of a block at @address are. */
phys_addr block_phys(tenon_addr address);

/* The port contract's four functions about memory: include/tenon/host.h. */
int block_map(void *context, struct tenon_block *b);
void block_unmap(void *context, struct tenon_block *b);
int block_write(void *context, struct tenon_block *b);
int block_protect(void *context, const struct tenon_range *ranges, size_t cnt);

#endif
