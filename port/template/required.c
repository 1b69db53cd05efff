/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The twelve functions that every port has. Copy the directory, rename template_ to your kernel's name, and replace the
 * bodies one after the other; docs/porting.md gives the order and tests/port tells what works already. Until then each
 * fails, or panics where the contract has no way to fail: nothing here pretends to have worked.
 */
#include "port/template/template.h"

/* 1. The last resort: print @why and stop the machine. Everything below needs it, so it comes first. */
void template_panic(void *context, const char *why)
{
	(void)context, (void)why;
	for (;;)
		;
}

/*
 * 2. Write one line to your console or log. Called in any context: it must not sleep nor take a lock that could be
 * held.
 */
void template_log(void *context, enum tenon_log_level level, const char *text, size_t len)
{
	(void)level, (void)text, (void)len;
	template_panic(context, "template_log is not written yet");
}

/*
 * 3. Your allocator: aligned for any object, need not be zeroed. @size can be that of a whole module file. Without an
 * allocator, take the memory from a static array. Now and then it is called with the core's lock held (host.h says
 * when).
 */
void *template_alloc(void *context, size_t size)
{
	(void)context, (void)size;
	return NULL;
}

/*
 * 4. Give it back, never with the core's lock held. The size is the one that was asked for, so that simple allocators
 * need not remember it.
 */
void template_free(void *context, void *p, size_t size)
{
	(void)p, (void)size;
	template_panic(context, "template_free: nothing was ever allocated");
}

/* 5. A clock that only goes forward: a cycle counter, or a tick count times its period. */
uint64_t template_now_ns(void *context)
{
	template_panic(context, "template_now_ns is not written yet");
	return 0;
}

/* 6, 7. One mutex. Where there is one thread and interrupts never call the core, two empty functions are right. */
void template_lock(void *context)
{
	template_panic(context, "template_lock is not written yet");
}

void template_unlock(void *context)
{
	template_panic(context, "template_unlock is not written yet");
}

/*
 * 8. Return when every other CPU has executed a full memory barrier: interrupt each and wait for its answer. On one
 * CPU, a compiler barrier is enough.
 */
void template_sync_cpus(void *context)
{
	template_panic(context, "template_sync_cpus is not written yet");
}

/*
 * 9. Find b->size bytes of address space for modules, within branch reach of your kernel's text if you gave a window;
 * map zeroed memory there with the access of b->kind (readable and executable for the two kinds of text, readable for
 * RODATA, else readable and writable); set b->run. Set b->host if you need to find the block again.
 * Without an MMU: take it from a pool, clear it, protect it with the MPU or not at all.
 */
int template_block_map(void *context, struct tenon_block *b)
{
	(void)context, (void)b;
	return -TENON_ENOSYS;
}

/* 10. Unmap it on all CPUs and free the memory. */
void template_block_unmap(void *context, struct tenon_block *b)
{
	(void)b;
	template_panic(context, "template_block_unmap: nothing was ever mapped");
}

/*
 * 11. Set b->write. Data is written where it runs. For the other kinds map the same pages at a second address, writable
 * and not executable; never make the address where it runs writable. Without an MMU: b->write is b->run.
 */
int template_block_write(void *context, struct tenon_block *b)
{
	(void)context, (void)b;
	return -TENON_ENOSYS;
}

/*
 * 12. For each range: KIND: writing has ended; for text clean the data cache and invalidate the instruction cache; with
 * `close` also unmap b->write and set it to NULL. READ and WRITE: change the access of these pages. Do first what can
 * fail, and undo it if a later range fails. Flush TLBs once, at the end.
 */
int template_protect(void *context, const struct tenon_range *ranges, size_t cnt)
{
	(void)context, (void)ranges, (void)cnt;
	return -TENON_ENOSYS;
}
