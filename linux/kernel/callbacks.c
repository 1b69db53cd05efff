// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is still registered when a watched module has exited, whatever it is: everything that linux.ko and the other modules
 * keep, in their variables and their allocations, is searched for addresses in the module's image. What they allocated while
 * the module called is reported as a leak, if it is left. Stacks, what is per CPU and what is free are not searched.
 */
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/kernel/watch.h"
#include "linux/mm/mm.h"

#define HITS_MAX 32
#define NEAR_WORDS 24 /* around a place that something leads to: there the function is that it is about */
#define WORKER_BYTES 256ul

/* On the stack of who searches: the allocators' locks are held meanwhile. */
struct search {
	struct tenon_linux_watch image; /* only where the module was */
	unsigned long low, high;
	unsigned int hit_cnt;
	struct hit {
		unsigned long to, at;
	} hit[HITS_MAX];
};

static bool is_in(const struct tenon_linux_range *r, unsigned long address)
{
	return address >= r->start && address < r->end;
}

static bool is_data_of(const struct search *s, unsigned long address)
{
	bool is = false;

	for (unsigned int i = 0; i < TENON_LINUX_DATA_CNT; i++)
		is |= is_in(&s->image.data[i], address);
	return is;
}

static bool is_image(const struct search *s, unsigned long address)
{
	return address >= s->low && address < s->high &&
	       (is_in(&s->image.text, address) || is_in(&s->image.rodata, address) || is_data_of(s, address));
}

static void search(const void *start, size_t bytes, void *arg)
{
	struct search *s = arg;

	for (const unsigned long *at = start; (const void *)(at + 1) <= start + bytes; at++)
		if (is_image(s, *at) && !linux_watch_owns(at) && s->hit_cnt < HITS_MAX)
			s->hit[s->hit_cnt++] = (struct hit){ *at, (unsigned long)at };
}

/* ---- who may know of it for ever ---- */

static struct hit asked;
static bool is_a_workers;

/* A worker remembers the function of its last work. */
static void look_at_worker(struct task_struct *task)
{
	if (task->flags & PF_WQ_WORKER)
		is_a_workers |= asked.at - (unsigned long)kthread_data(task) < WORKER_BYTES;
}

static bool is_harmless(const struct hit *h)
{
	asked = *h;
	is_a_workers = false;
	linux_tasks_each(look_at_worker);
	return is_a_workers;
}

/* ---- what is said of it ---- */

static unsigned long function_near(const struct search *s, unsigned long at)
{
	for (unsigned long i = 0; i < 2 * NEAR_WORDS; i++) {
		unsigned long place = i < NEAR_WORDS ? at + 8 * i : at - 8 * (i - NEAR_WORDS + 1);
		unsigned long word;

		if (is_data_of(s, place) && !copy_from_kernel_nofault(&word, (void *)place, sizeof(word)) &&
		    is_in(&s->image.text, word))
			return word;
	}
	return 0;
}

static void report(const struct search *s, const struct hit *h)
{
	unsigned long fn = is_in(&s->image.text, h->to) ? h->to : function_near(s, ALIGN_DOWN(h->to, 8));
	const struct trace t = { .cnt = fn ? 1 : 0, .pc = { fn + 1 } };

	if (is_harmless(h) || (fn && linux_finding_names(fn + 1)))
		return;
	linux_finding_against("callback-left", h->to, &t, h->at);
}

static void span(struct search *s, const struct tenon_linux_range *r)
{
	if (r->start == r->end)
		return;
	s->low = min_t(unsigned long, s->low, r->start);
	s->high = max_t(unsigned long, s->high, r->end);
}

void linux_watch_gone(void)
{
	struct search *s;

	if (!linux_watching)
		return;
	s = lx_alloc(sizeof(*s));
	if (!s)
		return;
	s->low = ULONG_MAX;
	linux_watch_forget(&s->image);
	span(s, &s->image.text);
	span(s, &s->image.rodata);
	for (unsigned int i = 0; i < TENON_LINUX_DATA_CNT; i++)
		span(s, &s->image.data[i]);
	for (unsigned int i = 0; i < s->image.known_cnt; i++)
		for (unsigned int k = 0; k < TENON_LINUX_DATA_CNT; k++) {
			const struct tenon_linux_range *r = &s->image.known[i].data[k];

			search((void *)ALIGN(r->start, 8), r->end - ALIGN(r->start, 8), s);
		}
	linux_pieces_each(search, s);
	linux_objects_each(search, s);
	for (unsigned int i = 0; i < s->hit_cnt; i++)
		report(s, &s->hit[i]);
	lx_free(s);
}
