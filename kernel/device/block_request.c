// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Requests of block devices: tags, waiting, and what becomes of those that never end. */
#include "kernel/device/block_request.h"

#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/sched/timer.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define REQUEST_NS (30 * NS_PER_SECOND)
#define SUBMIT_NS (60 * NS_PER_SECOND) /* longer than a call into an isolated domain may take */

/* A free tag; UINT32_MAX: none. lock is held. */
static uint32_t free_tag(struct block_device *bd)
{
	uint32_t tag = 0;

	if (bd->used_cnt == bd->config.depth)
		return UINT32_MAX;
	while (bd->slot[tag].used)
		tag++;
	return tag;
}

/* Is there a tag, or no hope of one? */
static bool try_take(struct block_device *bd, uint32_t *tag, int *err)
{
	spin_lock(&bd->lock);
	*err = !bd->owner && !bd->waiting ? -TENON_ENODEV : bd->dead ? -TENON_EIO : 0;
	*tag = *err || !bd->owner ? UINT32_MAX : free_tag(bd);
	if (*tag != UINT32_MAX) {
		bd->slot[*tag] = (struct block_slot){ .used = true, .owner_cnt = bd->owner_cnt };
		bd->used_cnt++;
		bd->submits++; /* its call of submit is due */
	}
	spin_unlock(&bd->lock);
	return *err || *tag != UINT32_MAX;
}

void block_put_pages(struct block_slot *s)
{
	for (unsigned i = 0; i < s->page_cnt; i++)
		page_put(s->page[i]);
	s->page_cnt = 0;
}

/* The device gets the pages of a request, or gives them up. Return: 0, or what device_dma_map() says and it has none. */
static int map_pages(struct block_device *bd, struct block_slot *s, bool device_writes)
{
	int err = 0;

	while (bd->device.parent && !err && s->mapped < s->page_cnt) {
		err = device_dma_map(bd->device.parent, page_phys(s->page[s->mapped]), device_writes);
		s->mapped += !err;
	}
	return err;
}

static void unmap_pages(struct block_device *bd, struct block_slot *s)
{
	uint64_t phys[TENON_BLKDEV_SEGMENTS];

	for (unsigned i = 0; i < s->mapped; i++)
		phys[i] = page_phys(s->page[i]);
	if (s->mapped)
		device_dma_unmap(bd->device.parent, phys, s->mapped);
	s->mapped = 0;
}

void block_give_tag(struct block_device *bd, uint32_t tag)
{
	unmap_pages(bd, &bd->slot[tag]);
	block_put_pages(&bd->slot[tag]);
	spin_lock(&bd->lock);
	bd->slot[tag].used = false;
	bd->used_cnt--;
	spin_unlock(&bd->lock);
	wait_wake_all(&bd->changed);
}

static bool ended(struct block_device *bd, uint32_t tag)
{
	bool is;

	spin_lock(&bd->lock);
	is = bd->slot[tag].done || !bd->owner;
	spin_unlock(&bd->lock);
	return is;
}

/*
 * Wait for its end. Return: -TENON_ETIMEDOUT: it has none, its pages stay the device's as long as that can use memory;
 * -TENON_EOWNERDEAD: it is to be made again.
 */
static int finish(struct block_device *bd, uint32_t tag)
{
	struct block_slot *s = &bd->slot[tag];
	bool done, gone, lost, no_memory;

	wait_event(&bd->changed, ended(bd, tag), clock_ns() + REQUEST_NS, WAIT_DEADLINE);
	spin_lock(&bd->lock);
	done = s->done;
	lost = s->lost;
	no_memory = s->no_memory;
	gone = !bd->owner; /* block_stop() has seen to it that the device uses no memory */
	s->abandoned = !done && !gone;
	bd->dead |= s->abandoned;
	spin_unlock(&bd->lock);
	if (lost)
		return -TENON_EOWNERDEAD;
	if (done && s->result == TENON_BLKDEV_DONE)
		return 0;
	if (done || gone)
		return done && no_memory ? -TENON_ENOMEM : -TENON_EIO;
	log_err("%s: a request did not end; the device is used no more", bd->device.name);
	wait_wake_all(&bd->changed);
	return -TENON_ETIMEDOUT;
}

static bool has_left(struct block_device *bd, uint32_t owner_cnt)
{
	bool left;

	spin_lock(&bd->lock);
	left = bd->owner_cnt != owner_cnt;
	spin_unlock(&bd->lock);
	return left;
}

/* Has the owner of that time died, or left already? Whatever came of it comes of that. Waits until it has left. */
static bool lost_owner(struct block_device *bd, uint32_t owner_cnt)
{
	bool dead;

	spin_lock(&bd->lock);
	dead = bd->owner_cnt != owner_cnt || (bd->owner && bd->ops->dead && bd->ops->dead(bd->owner));
	spin_unlock(&bd->lock);
	return dead && !wait_event(&bd->changed, has_left(bd, owner_cnt), clock_ns() + SUBMIT_NS, WAIT_DEADLINE);
}

/* ---- a batch: requests that are given to the driver in one call ---- */

struct batch {
	struct block_device *bd;
	uint32_t op;
	struct block_move *first, *end; /* that were added and not waited for */
	struct tenon_blkdev_request *r;
	struct block_move *of[BLOCK_BATCH];
	unsigned cnt, room;
};

/* Their calls of submit are over, or will not be. */
static void submit_ends(struct block_device *bd, unsigned cnt)
{
	spin_lock(&bd->lock);
	bd->submits -= cnt;
	spin_unlock(&bd->lock);
	wait_wake_all(&bd->changed);
}

void *block_call_begins(struct block_device *bd)
{
	void *owner;

	spin_lock(&bd->lock);
	owner = bd->owner;
	bd->submits += owner != NULL;
	spin_unlock(&bd->lock);
	return owner;
}

void block_call_ends(struct block_device *bd)
{
	submit_ends(bd, 1);
}

/* Give it to the driver. If that is dead, or has left meanwhile, the requests are lost as those under way are. */
static void batch_submit(struct batch *b)
{
	struct block_device *bd = b->bd;
	void *owner = bd->owner; /* stays valid while submits is not 0, and no other comes until then */
	unsigned cnt = b->cnt;
	uint32_t owner_cnt;
	int err;

	if (!cnt)
		return;
	owner_cnt = bd->slot[b->of[0]->tag].owner_cnt;
	err = owner ? bd->ops->submit(owner, b->r, cnt) : -TENON_EOWNERDEAD;
	submit_ends(bd, cnt);
	b->cnt = 0;
	if (err && err != -TENON_EOWNERDEAD)
		log_warn("%s: the driver does not take %u requests: error %d", bd->device.name, cnt, -err);
	for (unsigned i = 0; err && i < cnt; i++)
		block_give_tag(bd, b->of[i]->tag);
	if (err != -TENON_EOWNERDEAD || !lost_owner(bd, owner_cnt))
		err = err ? -TENON_EIO : 0;
	for (unsigned i = 0; err && i < cnt; i++) {
		b->of[i]->begun = false;
		b->of[i]->err = err;
	}
}

/* Wait for all that were added. */
static void batch_finish(struct batch *b)
{
	batch_submit(b);
	for (; b->first < b->end; b->first++) {
		struct block_move *m = b->first;

		if (!m->begun)
			continue;
		m->err = finish(b->bd, m->tag);
		if (m->err != -TENON_ETIMEDOUT)
			block_give_tag(b->bd, m->tag);
		if (m->err && m->err != -TENON_ENOMEM && m->err != -TENON_EOWNERDEAD)
			m->err = -TENON_EIO;
	}
}

/* Whoever waits for a tag has none: two that had some would wait for each other. */
static int take_tag(struct batch *b, uint32_t *tag)
{
	struct block_device *bd = b->bd;
	int err, late;

	if (try_take(bd, tag, &err))
		return err;
	batch_finish(b);
	late = wait_event(&bd->changed, try_take(bd, tag, &err), clock_ns() + REQUEST_NS, WAIT_DEADLINE);
	return late ? -TENON_EIO : err;
}

/* The request that @m is, with a tag. */
static void describe(const struct block_move *m, struct block_slot *s, struct tenon_blkdev_request *r)
{
	for (size_t at = m->start, end = m->start + m->bytes; at < end;) {
		struct page *page = m->page[at / PAGE_BYTES];
		size_t in_page = at % PAGE_BYTES, room = PAGE_BYTES - in_page;

		r->address[r->segment_cnt] = page_phys(page) + in_page;
		r->bytes[r->segment_cnt] = (uint32_t)(end - at < room ? end - at : room);
		at += r->bytes[r->segment_cnt++];
		page_get(page);
		s->page[s->page_cnt++] = page;
	}
}

static int batch_add(struct batch *b, struct block_move *m)
{
	struct tenon_blkdev_request *r;
	struct block_slot *s;
	int err = take_tag(b, &m->tag);

	if (err)
		return err;
	r = &b->r[b->cnt];
	*r = (struct tenon_blkdev_request){ .size = sizeof(*r), .tag = m->tag, .op = b->op, .sector = m->sector };
	s = &b->bd->slot[m->tag];
	describe(m, s, r);
	s->op = b->op;
	s->start = m->start;
	s->bytes = m->bytes;
	err = map_pages(b->bd, s, b->op == TENON_BLKDEV_READ);
	if (err) {
		uint32_t owner_cnt = s->owner_cnt;

		submit_ends(b->bd, 1);
		block_give_tag(b->bd, m->tag);
		/* What the dead had for DMA may be gone before its device is. */
		return err == -TENON_ENOMEM ? err : lost_owner(b->bd, owner_cnt) ? -TENON_EOWNERDEAD : -TENON_EIO;
	}
	m->begun = true;
	b->of[b->cnt++] = m;
	return 0;
}

static bool any_lost(const struct block_move *m, unsigned cnt)
{
	while (cnt && m[cnt - 1].err != -TENON_EOWNERDEAD)
		cnt--;
	return cnt;
}

/* A request that is lost again and again ends when its driver has been loaded as often as it may be. */
void block_transfer(struct block_device *bd, uint32_t op, struct block_move *m, unsigned cnt)
{
	struct tenon_blkdev_request one, *many = cnt > 1 ? heap_alloc(BLOCK_BATCH * sizeof(*many)) : NULL;
	struct batch b = { .bd = bd, .op = op, .r = many ? many : &one };

	b.room = many ? BLOCK_BATCH : 1; /* without memory one by one */
	for (unsigned i = 0; i < cnt; i++)
		m[i].err = -TENON_EOWNERDEAD;
	do {
		for (b.first = b.end = m; b.end < m + cnt; b.end++) {
			b.end->begun = false;
			if (b.end->err == -TENON_EOWNERDEAD)
				b.end->err = batch_add(&b, b.end);
			if (b.cnt == b.room)
				batch_submit(&b);
		}
		batch_finish(&b);
	} while (any_lost(m, cnt));
	heap_free(many);
}

int block_complete(struct block_device *bd, uint32_t tag, uint32_t result)
{
	bool fits;

	spin_lock(&bd->lock);
	fits = tag < bd->config.depth && bd->slot[tag].used && !bd->slot[tag].done && result <= TENON_BLKDEV_UNKNOWN;
	if (fits) {
		bd->slot[tag].result = result;
		bd->slot[tag].done = true;
	}
	spin_unlock(&bd->lock);
	if (fits)
		wait_wake_all(&bd->changed);
	return fits ? 0 : -TENON_EINVAL;
}

static bool none_submits(struct block_device *bd)
{
	bool none;

	spin_lock(&bd->lock);
	none = !bd->submits;
	spin_unlock(&bd->lock);
	return none;
}

static void lose(struct block_slot *s)
{
	if (s->used && !s->done)
		s->done = s->lost = true;
}

/* The pages of requests that nobody waits for go with the block device itself, block.c, or block_wait.c takes them back. */
int block_stop(struct block_device *bd, bool waits)
{
	struct device *parent = bd->device.parent;
	bool pending;
	int err;

	spin_lock(&bd->lock);
	pending = bd->owner && bd->used_cnt;
	spin_unlock(&bd->lock);
	if (pending && parent && parent->bus && parent->bus->set_dma)
		parent->bus->set_dma(parent, false);
	spin_lock(&bd->lock);
	bd->owner_cnt += bd->owner != NULL;
	bd->owner = NULL;
	bd->waiting = waits;
	for (uint32_t tag = 0; waits && tag < bd->config.depth; tag++)
		lose(&bd->slot[tag]);
	spin_unlock(&bd->lock);
	wait_wake_all(&bd->changed);
	err = wait_event(&bd->changed, none_submits(bd), clock_ns() + SUBMIT_NS, WAIT_DEADLINE);
	if (err)
		log_err("%s: a call of its driver does not come back", bd->device.name);
	return err;
}
