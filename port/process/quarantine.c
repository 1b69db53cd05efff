/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Modules of the kernel domain that faulted in a callback. What they own is reclaimed by a thread for each: the one
 * that noticed may be inside a callback that the reclaiming waits for.
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

/* Note and start the reclaiming of a module that is quarantined. reclaims_lock held. */
static bool start_reclaim(struct process_host *h, struct tenon_module *m)
{
	struct reclaim *r = malloc(sizeof(*r));

	if (!r)
		return false;
	r->m = m;
	if (pthread_create(&r->id, NULL, run, r)) {
		free(r);
		return false;
	}
	r->next = h->reclaims;
	h->reclaims = r;
	return true;
}

void quarantine(struct process_host *h, struct tenon_module *m, const char *why)
{
	/*
	 * The lock is taken before the module is seen to be quarantined, so that who sees it and settles waits for all.
	 */
	pthread_mutex_lock(&h->reclaims_lock);
	if (tenon_quarantine(m, why) && !start_reclaim(h, m))
		process_log(h, TENON_LOG_ERR, "%s: out of memory; what it owns is not reclaimed", tenon_module_name(m));
	pthread_mutex_unlock(&h->reclaims_lock);
}

void quarantine_settle(struct process_host *h)
{
	struct reclaim *r, *next;

	/* Who comes while another waits has to wait for the same. */
	pthread_mutex_lock(&h->settle_lock);
	pthread_mutex_lock(&h->reclaims_lock);
	r = h->reclaims;
	h->reclaims = NULL;
	pthread_mutex_unlock(&h->reclaims_lock);
	for (; r; r = next) {
		next = r->next;
		pthread_join(r->id, NULL);
		free(r);
	}
	pthread_mutex_unlock(&h->settle_lock);
}
