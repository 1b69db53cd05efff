/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Blocks of module memory. Each is a range of its domain's memfd, seen at most twice by the host: at its run address
 * with the access of its kind, and for the time it is open at another address, writable. No mapping is ever writable
 * and executable, and none that is executable ever becomes writable.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "port/process/child.h"
#include "port/process/internal.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 */
#endif

static const int prot_of[TENON_MEM_COUNT] = {
	[TENON_MEM_TEXT] = PROT_READ | PROT_EXEC,           [TENON_MEM_RODATA] = PROT_READ,
	[TENON_MEM_RO_AFTER_INIT] = PROT_READ | PROT_WRITE, [TENON_MEM_DATA] = PROT_READ | PROT_WRITE,
	[TENON_MEM_INIT_TEXT] = PROT_READ | PROT_EXEC,      [TENON_MEM_INIT_DATA] = PROT_READ | PROT_WRITE,
};

static struct process_domain *domain_of(const struct tenon_block *b)
{
	return tenon_domain_host(b->domain);
}

static size_t offset_of(const struct tenon_block *b)
{
	return (size_t)(b->run - domain_of(b)->base);
}

/* Is the block written at its run address? Then there is nothing to open or to close. */
static bool written_in_place(const struct tenon_block *b)
{
	return !domain_of(b)->child && prot_of[b->kind] & PROT_WRITE;
}

/* ---- memory of a domain ---- */

int domain_memory_make(struct process_domain *d, uint64_t base, size_t slots, size_t extra, bool map_view)
{
	size_t size = slots * BLOCK_BYTES + extra;

	d->base = base;
	d->slot_cnt = slots;
	d->size = size;
	d->slot_used = calloc(slots, 1);
	d->memfd = memfd_create("tenon", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	d->view = window_reserve_any(size);
	if (!d->slot_used || d->memfd < 0 || !d->view || ftruncate(d->memfd, (off_t)size))
		goto err;
	/* A domain that shrank the file would make the host's own accesses fault. */
	if (fcntl(d->memfd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL))
		goto err;
	if (map_view && mmap(d->view, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED | MAP_NORESERVE, d->memfd,
			     0) == MAP_FAILED)
		goto err;
	return 0;
err:
	domain_memory_free(d);
	return -TENON_ENOMEM;
}

void domain_memory_free(struct process_domain *d)
{
	if (d->view)
		munmap(d->view, d->size);
	if (d->memfd >= 0)
		close(d->memfd);
	free(d->slot_used);
	d->view = NULL;
	d->memfd = -1;
	d->slot_used = NULL;
}

/* First fit: low places are used first, so that the program's functions stay near. Return: slot_cnt if none is free. */
static size_t find_slots(const struct process_domain *d, size_t cnt)
{
	size_t run = 0;

	for (size_t i = 0; i < d->slot_cnt; i++) {
		run = d->slot_used[i] ? 0 : run + 1;
		if (run == cnt)
			return i + 1 - cnt;
	}
	return d->slot_cnt;
}

static void mark_slots(struct process_domain *d, size_t first, size_t cnt, bool used)
{
	for (size_t i = first; i < first + cnt; i++)
		d->slot_used[i] = used;
}

/* ---- mappings of the host itself ---- */

/*
 * One page table entry for 2 MiB, also in views mapped later, unless the kernel has no such pages for shared memory:
 * then ask only once. Collapsing wants a page to start from in each. What init alone needs is gone too soon to be worth
 * it.
 */
static void use_large_pages(struct process_domain *d, const struct tenon_block *b)
{
	char *at = (char *)(uintptr_t)b->run;

	if (d->h->small_pages || b->kind == TENON_MEM_INIT_TEXT || b->kind == TENON_MEM_INIT_DATA)
		return;
	for (size_t i = 0; i < b->size; i += BLOCK_BYTES)
		*(volatile const char *)(at + i);
	if (madvise(at, b->size, MADV_COLLAPSE) && errno == EINVAL)
		d->h->small_pages = true;
}

static bool map_shared(const struct tenon_block *b, void *at, int prot)
{
	return mmap(at, b->size, prot, MAP_SHARED | MAP_FIXED, domain_of(b)->memfd, (off_t)offset_of(b)) != MAP_FAILED;
}

static bool unmap_shared(void *at, size_t size)
{
	return mmap(at, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0) != MAP_FAILED;
}

static bool change_access(struct process_domain *d, uint64_t run, size_t size, int prot)
{
	atomic_fetch_add_explicit(&d->h->permission_changes, 1, memory_order_relaxed);
	if (d->child)
		return !child_protect(d, run, size, prot);
	return !mprotect((void *)(uintptr_t)run, size, prot);
}

/* ---- the contract ---- */

int block_map(void *context, struct tenon_block *b)
{
	struct process_host *h = context;
	struct process_domain *d = domain_of(b);
	size_t cnt = b->size / BLOCK_BYTES, slot;
	int err;

	if (fail_point(h))
		return -TENON_ENOMEM;
	slot = find_slots(d, cnt);
	if (slot == d->slot_cnt)
		return -TENON_ENOSPC;
	b->run = d->base + slot * BLOCK_BYTES;
	b->host = NULL;
	b->write = NULL;
	if (d->child)
		err = child_map(d, b->run, b->size, prot_of[b->kind]);
	else if (!map_shared(b, (void *)(uintptr_t)b->run, prot_of[b->kind]))
		err = -TENON_ENOMEM;
	else
		err = 0;
	if (err)
		return err;
	if (!d->child)
		use_large_pages(d, b);
	mark_slots(d, slot, cnt, true);
	d->blocks++;
	return 0;
}

void block_unmap(void *context, struct tenon_block *b)
{
	struct process_host *h = context;
	struct process_domain *d = domain_of(b);
	size_t offset = offset_of(b);
	bool gone;

	if (d->child)
		gone = child_unmap(d, b->run, b->size);
	else
		gone = unmap_shared((void *)(uintptr_t)b->run, b->size) &&
		       (!b->write || written_in_place(b) || unmap_shared(b->write, b->size));
	b->write = NULL;
	d->blocks--;
	/* The next block here must be zero-filled. If that fails the place stays taken; nothing else is harmed. */
	if (!gone || fallocate(d->memfd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, (off_t)b->size))
		process_log(h, TENON_LOG_WARNING, "block at %#llx could not be unmapped; its place stays taken",
			    (unsigned long long)b->run);
	else
		mark_slots(d, offset / BLOCK_BYTES, b->size / BLOCK_BYTES, false);
}

int block_write(void *context, struct tenon_block *b)
{
	struct process_host *h = context;
	struct process_domain *d = domain_of(b);

	if (fail_point(h))
		return -TENON_ENOMEM;
	if (b->write)
		return 0;
	if (written_in_place(b)) {
		b->write = (uint8_t *)(uintptr_t)b->run;
		return 0;
	}
	if (!d->child && !map_shared(b, d->view + offset_of(b), PROT_READ | PROT_WRITE))
		return -TENON_ENOMEM;
	atomic_fetch_add_explicit(&h->alias_opens, !d->child, memory_order_relaxed);
	b->write = d->view + offset_of(b);
	return 0;
}

/* Instructions may have been fetched already. An isolated domain does this itself, when all is written. */
static bool make_code_visible(struct process_domain *d, const struct tenon_range *r)
{
	char *start = (char *)(uintptr_t)(r->block->run + r->offset);

	if (d->child)
		return true;
#ifndef __x86_64__
	/* An emulator that translates ahead notices a change of access, but not a write through another mapping. */
	char *page = (char *)((uintptr_t)start & ~(d->h->tenon.page_size - 1));

	if (mprotect(page, (size_t)(start + r->size - page), PROT_READ) ||
	    mprotect(page, (size_t)(start + r->size - page), PROT_READ | PROT_EXEC))
		return false;
#endif
	__builtin___clear_cache(start, start + r->size);
	return true;
}

/* The part that can fail, for one range. @undo: back to what it was. */
static bool set_access(const struct tenon_range *r, bool undo)
{
	struct process_domain *d = domain_of(r->block);
	bool read_only = (r->access == TENON_ACCESS_READ) != undo;

	if (r->access == TENON_ACCESS_KIND)
		return undo || !(prot_of[r->block->kind] & PROT_EXEC) || make_code_visible(d, r);
	return change_access(d, r->block->run + r->offset, r->size, read_only ? PROT_READ : PROT_READ | PROT_WRITE);
}

/* Every CPU that may run the domain's code forgets what it fetched. */
static bool sync_domain(struct process_host *h, const struct tenon_range *ranges, size_t cnt)
{
	struct process_domain *d = domain_of(ranges[0].block);

	for (size_t i = 1; i < cnt; i++)
		if (domain_of(ranges[i].block) != d)
			log_panic(h, "one plan in two domains");
	if (d->child)
		return !child_sync_code(d);
	sync_code(h);
	return true;
}

static void close_block(struct process_host *h, struct tenon_block *b)
{
	struct process_domain *d = domain_of(b);

	if (!b->write)
		return;
	if (!written_in_place(b) && !d->child && !unmap_shared(b->write, b->size))
		log_panic(h, "cannot unmap the writable view of module memory");
	b->write = NULL;
}

int block_protect(void *context, const struct tenon_range *ranges, size_t cnt)
{
	struct process_host *h = context;
	bool code = false;
	struct process_domain *d;
	size_t i;

	if (fail_point(h))
		return -TENON_EFAULT;
	for (i = 0; i < cnt; i++) {
		if (!set_access(&ranges[i], false))
			goto err;
		code |= ranges[i].access == TENON_ACCESS_KIND && prot_of[ranges[i].block->kind] & PROT_EXEC;
	}
	if (code && !sync_domain(h, ranges, cnt))
		goto err;
	for (i = 0; i < cnt; i++)
		if (ranges[i].close)
			close_block(h, ranges[i].block);
	return 0;
err:
	while (i--)
		set_access(&ranges[i], true);
	d = domain_of(ranges[0].block);
	return d->child && atomic_load(&d->child->dead) ? -TENON_EOWNERDEAD : -TENON_EFAULT;
}
