// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Volumes, and the thread that writes back what has been dirty for a while. */
#include "kernel/vfs/volume.h"

#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/sched/thread.h"
#include "kernel/sched/timer.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/page_cache_page.h"
#include "tenon/errno.h"

#define FLUSH_NS (5 * NS_PER_SECOND)
#define DIRTY_PART 8 /* of memory, that one volume may have dirty */

static struct mutex list_lock = MUTEX_INIT(LOCK_MODEL);
static struct volume *volumes; /* list_lock, as the next */
static bool flushing;          /* the thread runs */
static struct wait_queue changed = WAIT_QUEUE_INIT;

/* ---- bytes ------------------------------------------------------------------------------------------------------- */

static bool is_on(const struct volume *v, uint64_t offset, size_t bytes)
{
	return offset <= v->bytes && bytes <= v->bytes - offset;
}

int volume_read(struct volume *v, uint64_t offset, void *to, size_t bytes)
{
	struct io_segment segment;
	struct io io;
	size_t done;

	if (!is_on(v, offset, bytes))
		return -TENON_EINVAL;
	if (atomic_load(&v->closed))
		return -TENON_EIO;
	io_kernel(&io, &segment, to, bytes);
	return cache_read(&v->meta, &io, offset, bytes, v->bytes, &done);
}

int volume_write(struct volume *v, uint64_t offset, const void *from, size_t bytes)
{
	struct io_segment segment;
	struct io io;
	size_t done;

	if (!is_on(v, offset, bytes))
		return -TENON_EINVAL;
	if (atomic_load(&v->closed))
		return -TENON_EIO;
	if (atomic_load(&v->read_only) || atomic_load(&v->failed))
		return -TENON_EROFS;
	io_kernel(&io, &segment, (void *)(uintptr_t)from, bytes);
	return cache_write(&v->meta, &io, offset, bytes, v->bytes, &done);
}

/* ---- writing back ------------------------------------------------------------------------------------------------ */

/* The next file's cache with dirty pages; flush is held, so it stays. */
static struct page_cache *next_cache(struct volume *v)
{
	struct page_cache *c;

	spin_lock(&cache_lock);
	for (c = v->next_cache; c && (c == &v->meta || !c->dirty.cnt); c = c->next)
		;
	v->next_cache = c ? c->next : NULL;
	spin_unlock(&cache_lock);
	return c;
}

void volume_fail(struct volume *v)
{
	if (!atomic_exchange(&v->failed, true) && !atomic_load(&v->read_only))
		log_err("%s: nothing is written to it any more: what was not synchronised is lost",
			v->range.bd->device.name);
}

int volume_write_back(struct volume *v, bool all, bool flush)
{
	struct block_move empty = { .bytes = 0 };
	struct page_cache *c;
	int err;

	mutex_lock(&v->flush);
	spin_lock(&cache_lock);
	v->next_cache = v->caches;
	spin_unlock(&cache_lock);
	while ((c = next_cache(v)) != NULL)
		cache_write_back(c, all);
	cache_write_back(&v->meta, all);
	if (flush && v->range.bd->config.can_flush)
		block_transfer(v->range.bd, TENON_BLKDEV_FLUSH, &empty, 1);
	mutex_unlock(&v->flush);
	err = cache_error(&v->meta);
	return err ? err : empty.err;
}

bool volume_is_full(const struct volume *v)
{
	struct page_totals totals;

	page_totals(&totals);
	return atomic_load(&v->dirty_cnt) > totals.total / DIRTY_PART;
}

/* One of those that have not had their turn, which stays while it is being flushed. */
static struct volume *next_dirty(uint32_t round)
{
	struct volume *v;

	mutex_lock(&list_lock);
	for (v = volumes; v && (v->flush_round == round || !atomic_load(&v->dirty_cnt)); v = v->next)
		;
	if (v) {
		v->flush_round = round;
		atomic_store(&v->flushing, true);
	}
	mutex_unlock(&list_lock);
	return v;
}

static bool any(void)
{
	bool is;

	mutex_lock(&list_lock);
	is = volumes;
	flushing = is;
	mutex_unlock(&list_lock);
	return is;
}

static bool none(void)
{
	return !__atomic_load_n(&volumes, __ATOMIC_ACQUIRE);
}

static void flush_work(void *arg)
{
	struct volume *v;
	uint32_t round = 0;

	(void)arg;
	while (any()) {
		wait_event(&changed, none(), clock_ns() + FLUSH_NS, WAIT_DEADLINE);
		for (round++; (v = next_dirty(round)) != NULL;) {
			volume_write_back(v, false, false);
			atomic_store(&v->flushing, false);
			wait_wake_all(&changed);
		}
	}
}

/* ---- opening and closing ----------------------------------------------------------------------------------------- */

static bool overlaps(const struct block_range *a, const struct block_range *b)
{
	return a->bd == b->bd && a->first < b->first + b->sector_cnt && b->first < a->first + a->sector_cnt;
}

/* Into the list, unless what is on it is another's. */
static int list_add(struct volume *v)
{
	struct thread *t = NULL;
	struct volume *other;
	int err = 0;

	mutex_lock(&list_lock);
	for (other = volumes; other && !overlaps(&other->range, &v->range); other = other->next)
		;
	if (other)
		err = -TENON_EBUSY;
	else if (!flushing)
		err = thread_make("flush", flush_work, NULL, &t);
	if (!err) {
		flushing = true;
		v->next = volumes;
		volumes = v;
	}
	mutex_unlock(&list_lock);
	if (t)
		thread_start(t);
	return err;
}

static void list_remove(struct volume *v)
{
	struct volume **at = &volumes;

	mutex_lock(&list_lock);
	while (*at != v)
		at = &(*at)->next;
	__atomic_store_n(at, v->next, __ATOMIC_RELEASE);
	mutex_unlock(&list_lock);
	wait_wake_all(&changed);
}

static int volume_make(struct volume *v, uint32_t number)
{
	int err = block_range_get(number, &v->range);

	if (err)
		return err;
	v->unit_bytes = v->range.bd->config.block_bytes;
	v->bytes = v->range.sector_cnt * TENON_BLKDEV_SECTOR_BYTES;
	v->read_only = v->range.bd->config.read_only;
	v->bucket = heap_alloc_array(1u << VOLUME_BUCKET_BITS, sizeof(struct cache_page *));
	atomic_init(&v->refs, 1);
	mutex_init(&v->flush, LOCK_FLUSH);
	cache_init(&v->meta, v, LOCK_VOLUME);
	err = !v->bucket ? -TENON_ENOMEM : v->bytes / v->unit_bytes >= UNIT_NONE ? -TENON_EFBIG : list_add(v);
	if (err) {
		heap_free(v->bucket);
		block_range_put(&v->range);
	}
	return err;
}

int volume_open(uint32_t number, struct volume **out)
{
	struct volume *v = heap_alloc_zeroed(sizeof(*v));
	int err = v ? volume_make(v, number) : -TENON_ENOMEM;

	if (err)
		heap_free(v);
	else
		*out = v;
	return err;
}

void volume_set_unit(struct volume *v, uint32_t unit_bytes)
{
	cache_cut(&v->meta, 0);
	v->unit_bytes = v->meta.block_bytes = unit_bytes;
	v->bytes &= ~(uint64_t)(unit_bytes - 1);
}

struct volume *volume_get(struct volume *v)
{
	atomic_fetch_add(&v->refs, 1);
	return v;
}

void volume_close(struct volume *v)
{
	list_remove(v);
	wait_event(&changed, !atomic_load(&v->flushing), DEADLINE_NONE, WAIT_DEADLINE);
	atomic_store(&v->closed, true); /* a module that still has a handle gets errors */
	cache_cut(&v->meta, 0);
	cache_free_spare();
	block_range_close(&v->range);
	volume_put(v);
}

void volume_put(struct volume *v)
{
	if (atomic_fetch_sub(&v->refs, 1) != 1)
		return;
	cache_cut(&v->meta, 0);
	heap_free(v->bucket);
	device_put(&v->range.bd->device);
	heap_free(v);
}
