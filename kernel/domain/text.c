// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Instructions of modules that are changed while they may be executed (kpi/text.def), through another mapping of their
 * memory: the direct map for isolated domains, a window of one page for the kernel's own.
 */
#include "kernel/arch/x86_64/paging.h"
#include "kernel/domain/domain.h"
#include "kernel/domain/primitives.h"
#include "kernel/mm/page.h"
#include "kernel/module/block.h"
#include "kernel/sched/lock.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define WINDOW (ARENAS_START + ARENAS_BYTES) /* the page behind that of arenas */

struct mutex text_window_lock = MUTEX_INIT(LOCK_DOMAIN);

/* An aligned word in one store, so that another CPU never fetches half of it. */
static void store(uint8_t *to, const void *from, size_t bytes)
{
	size_t in_word = (uintptr_t)to & 7;
	uint64_t word;

	if (in_word + bytes > 8) {
		memcpy(to, from, bytes);
		return;
	}
	memcpy(&word, to - in_word, 8);
	memcpy((uint8_t *)&word + in_word, from, bytes);
	__atomic_store_n((uint64_t *)(void *)(to - in_word), word, __ATOMIC_RELEASE);
}

static int write_kernel(tenon_addr address, const void *code, size_t bytes)
{
	int err;

	mutex_lock(&text_window_lock);
	err = kernel_map(WINDOW, block_phys(address) & ~(PAGE_BYTES - 1), PTE_WRITE | PTE_NO_EXEC);
	if (!err) {
		store((uint8_t *)WINDOW + address % PAGE_BYTES, code, bytes);
		kernel_unmap(WINDOW);
		tlb_flush_kernel(); /* also an interrupt on every CPU, after which it fetches anew */
	}
	mutex_unlock(&text_window_lock);
	return err;
}

/* The kernel's own in pieces that lie in one page. */
int text_write(struct tenon_kpi_domain *k, tenon_addr address, const void *code, size_t bytes)
{
	struct domain *d = domain_isolated(k);
	const uint8_t *from = code;
	size_t done = 0, part;
	int err = 0;

	if (d)
		return domain_memory_write_text(d, address, code, bytes, store);
	for (; done < bytes && !err; done += part) {
		part = PAGE_BYTES - (address + done) % PAGE_BYTES;
		if (part > bytes - done)
			part = bytes - done;
		err = write_kernel(address + done, from + done, part);
	}
	return err;
}
