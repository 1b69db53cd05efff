/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The watchdog over everything that waits for a domain: run by the domain's monitor, round by round. */
#include <poll.h>
#include <stdio.h>

#include "port/process/child.h"

#define WATCH_ROUNDS 4 /* as many make process_options' wait_ms; it takes at most one more */

void watch_link(struct child *c, struct watch *w)
{
	w->next = c->watches;
	w->prev = &c->watches;
	if (w->next)
		w->next->prev = &w->next;
	c->watches = w;
}

void watch_unlink(struct watch *w)
{
	*w->prev = w->next;
	if (w->next)
		w->next->prev = w->prev;
}

/* One round; @why: what has lasted too long. */
static void watch(struct child *c, char why[64])
{
	const struct tenon_module *late = NULL;
	const char *what = NULL;

	pthread_mutex_lock(&c->lock);
	channel_look(c);
	for (struct watch *w = c->watches; w; w = w->next)
		if (++w->rounds > WATCH_ROUNDS)
			late = w->module, what = "no thread became free";
	for (struct channel_end *e = c->channels; e < c->channels + CHANNEL_CNT; e++) {
		const struct tenon_module *m = atomic_load(&e->module);

		if (m && e->watched && atomic_fetch_add(&e->rounds, 1) >= WATCH_ROUNDS)
			late = m, what = "a call did not return";
	}
	if (late)
		snprintf(why, 64, "%.20s: %s within %u ms", tenon_module_name(late), what, child_host(c)->wait_ms);
	channel_looked(c);
	pthread_mutex_unlock(&c->lock);
}

void watch_process(struct child *c)
{
	struct pollfd p = { .fd = c->pidfd, .events = POLLIN };
	int round_ms = (int)(child_host(c)->wait_ms / WATCH_ROUNDS) + 1, cnt;
	char why[64];

	while ((cnt = poll(&p, 1, round_ms)) <= 0) {
		why[0] = 0;
		if (!cnt)
			watch(c, why);
		if (why[0])
			child_kill(c, why);
	}
}
