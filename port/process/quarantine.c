/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Modules of the kernel domain that faulted in a callback. What they own is reclaimed by a thread for each: the one that
 * noticed may be inside a callback that the reclaiming waits for.
 */
#include <stdlib.h>

#include "port/process/internal.h"

struct reclaim {
	struct reclaim *next;
	struct tenon_module *m;
	pthread_t id;
};

static void *run(void *arg)
{
	tenon_reclaim(((struct reclaim *)arg)->m);
	return NULL;
}

void quarantine(struct process_host *h, struct tenon_module *m, const char *why)
{
	struct reclaim *r;

	if (!tenon_quarantine(m, why))
		return;
	r = malloc(sizeof(*r));
	if (r)
		r->m = m;
	if (!r || pthread_create(&r->id, NULL, run, r)) {
		process_log(h, TENON_LOG_ERR, "%s: out of memory; what it owns stays", tenon_module_name(m));
		free(r);
		return;
	}
	pthread_mutex_lock(&h->domains_lock);
	r->next = h->reclaims;
	h->reclaims = r;
	pthread_mutex_unlock(&h->domains_lock);
}

void quarantine_settle(struct process_host *h)
{
	struct reclaim *r, *next;

	pthread_mutex_lock(&h->domains_lock);
	r = h->reclaims;
	h->reclaims = NULL;
	pthread_mutex_unlock(&h->domains_lock);
	for (; r; r = next) {
		next = r->next;
		pthread_join(r->id, NULL);
		free(r);
	}
}
