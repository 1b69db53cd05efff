// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the watched module has allocated and is not guarded: pages, per-CPU variables, and what finds no room among guarded
 * allocations. Where it was asked for is kept until it is freed.
 */
#include <linux/mm.h>
#include <linux/sched.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/kernel/watch.h"
#include "linux/mm/mm.h"

#define TRACKED_MAX 1024 /* at a time; what comes after is not looked after */
#define SLOT_CNT 256

static arch_spinlock_t lock = __ARCH_SPIN_LOCK_UNLOCKED;

/* All lock held. Numbers of the table are 1 and the index; 0: none. */
static struct tracked {
	unsigned long start, size;
	u16 next; /* in its slot, or of those that are free */
	bool used;
	struct trace by;
} * table;
static u16 slots[SLOT_CNT], free_first, table_cnt;

/* Not a variable: see callbacks.c. */
int linux_tracks_start(void)
{
	if (!table)
		table = lx_alloc(TRACKED_MAX * sizeof(*table));
	return table ? 0 : -ENOMEM;
}

static u16 *slot_of(unsigned long start)
{
	return &slots[(start * 0x9e3779b97f4a7c15ul) >> 56];
}

static u16 take_free(void)
{
	u16 number = free_first;

	if (number)
		free_first = table[number - 1].next;
	else if (table_cnt < TRACKED_MAX)
		number = ++table_cnt;
	return number;
}

void linux_track(const void *start, size_t size, const struct trace *by)
{
	u16 *slot = slot_of((unsigned long)start), number;

	if (!by->cnt)
		return;
	arch_spin_lock(&lock);
	number = take_free();
	if (number) {
		table[number - 1] = (struct tracked){ (unsigned long)start, size, *slot, true, *by };
		*slot = number;
	}
	arch_spin_unlock(&lock);
}

void linux_untrack(const void *start)
{
	u16 number;

	arch_spin_lock(&lock);
	for (u16 *at = slot_of((unsigned long)start); *at; at = &table[*at - 1].next) {
		struct tracked *t = &table[*at - 1];

		if (t->start != (unsigned long)start)
			continue;
		number = *at;
		*at = t->next;
		t->next = free_first;
		free_first = number;
		t->used = false;
		break;
	}
	arch_spin_unlock(&lock);
}

/* ---- pages that are somebody's who came by them while the module was calling ---- */

static const struct page *wanted;
static bool is_a_tasks;

/* A task keeps a page for what it sends. */
static void look_at_task(struct task_struct *task)
{
	is_a_tasks |= task->task_frag.page == wanted;
}

/* Pages of files are their inodes'. */
static bool is_kept(const void *start)
{
	if (!linux_pages_have(__pa(start), PAGE_SIZE))
		return false;
	wanted = virt_to_page(start);
	is_a_tasks = false;
	linux_tasks_each(look_at_task);
	return is_a_tasks || wanted->mapping;
}

void linux_tracked_each(void (*fn)(void *p, size_t size, const struct trace *by))
{
	for (unsigned int i = 0; i < table_cnt; i++)
		if (table[i].used && !is_kept((void *)table[i].start))
			fn((void *)table[i].start, table[i].size, &table[i].by);
}
