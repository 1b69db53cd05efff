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
#define BEFORE_WORDS 32 /* around a place that something leads to: there the functions are that it is about, */
#define AFTER_WORDS 64
#define TABLE_WORDS 32 /* or tables of them */
#define ASIDE_MAX (TRACE_MAX / 2) /* of them before, and as many after */
#define WORKER_BYTES 256ul

/* On the stack of who searches: the allocators' locks are held meanwhile. */
struct search {
	struct tenon_linux_watch image;
	const struct module *mod; /* its own structure, which says nothing of what others do */
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
		if (!(*at & 7) && is_image(s, *at) && !linux_watch_owns(at) && s->hit_cnt < HITS_MAX)
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

/* A word of the module's memory, or 0. */
static unsigned long word_at(const struct search *s, unsigned long place)
{
	unsigned long word;

	if ((!is_in(&s->image.rodata, place) && !is_data_of(s, place)) ||
	    place - (unsigned long)s->mod < sizeof(*s->mod) ||
	    copy_from_kernel_nofault(&word, (void *)place, sizeof(word)))
		return 0;
	return word;
}

/* The first function of a table, or 0. */
static unsigned long function_in(const struct search *s, unsigned long table)
{
	for (unsigned long at = table; at < table + 8 * TABLE_WORDS; at += 8) {
		unsigned long word = word_at(s, at);

		if (is_in(&s->image.text, word))
			return word;
	}
	return 0;
}

/*
 * Functions near a place, and where each stands. How far the variable goes that this is in is not known here: who reads the
 * finding knows.
 */
struct near {
	struct trace functions;
	unsigned long place[TRACE_MAX];
};

static void add_near(const struct search *s, struct near *n, unsigned long at)
{
	unsigned long word = word_at(s, at);

	if (is_in(&s->image.rodata, word) && !(word & 7))
		word = function_in(s, word);
	if (!is_in(&s->image.text, word) || word == (unsigned long)s->mod->exit)
		return;
	n->place[n->functions.cnt] = at;
	n->functions.pc[n->functions.cnt++] = word + 1;
}

static void find_near(const struct search *s, struct near *n, unsigned long at)
{
	for (unsigned long i = 0; i < AFTER_WORDS && n->functions.cnt < ASIDE_MAX; i++)
		add_near(s, n, at + 8 * i);
	for (unsigned long i = 1; i <= BEFORE_WORDS && n->functions.cnt < TRACE_MAX; i++)
		add_near(s, n, at - 8 * i);
}

/* Is what leads there a link of a list, for the way back is there, too? */
static bool is_linked(const struct search *s, const struct hit *h)
{
	return word_at(s, h->to) == h->at - 8 || word_at(s, h->to + 8) == h->at;
}

static void report(const struct search *s, const struct hit *h)
{
	struct near n = { .functions = { .cnt = 0 } };
	bool linked = is_linked(s, h);

	if (is_harmless(h))
		return;
	if (is_in(&s->image.text, h->to)) {
		n.functions = (struct trace){ 1, { h->to + 1 } };
		n.place[0] = h->to;
	} else {
		find_near(s, &n, h->to);
	}
	for (unsigned int i = 0; i < n.functions.cnt; i++)
		if (linux_finding_names(n.functions.pc[i]))
			return;
	linux_finding_held("callback-left", h->to, linked, &n.functions, h->at, n.place);
}

static void span(struct search *s, const struct tenon_linux_range *r)
{
	if (r->start == r->end)
		return;
	s->low = min_t(unsigned long, s->low, r->start);
	s->high = max_t(unsigned long, s->high, r->end);
}

void linux_watch_gone(const struct module *mod)
{
	struct search *s;

	if (!linux_watching || !linux_watched_data((unsigned long)mod))
		return;
	s = lx_alloc(sizeof(*s));
	if (!s)
		return;
	s->mod = mod;
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
