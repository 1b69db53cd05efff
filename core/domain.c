/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Domains: the address spaces that modules live in. */
#include "core/string.h"

#include "core/context.h"
#include "core/fail.h"
#include "core/owner.h"
#include "core/start.h"
#include "core/thread.h"

#define LEAVE_NS 30000000000ull /* one that was cut off in a module may be inside another one's init */

/* Lock held. */
static struct tenon_domain *find(struct tenon *t, const char *name)
{
	struct tenon_domain *d = t->domains;

	while (d && strcmp(d->name, name))
		d = d->next;
	return d;
}

struct tenon_domain *tenon_domain_find(struct tenon *t, const char *name)
{
	struct tenon_domain *d;

	core_lock(t);
	d = find(t, name);
	core_unlock(t);
	return d;
}

int tenon_domain_open(struct tenon *t, const char *name, enum tenon_domain_kind kind, void *host,
		      struct tenon_domain **out)
{
	struct tenon_domain *d, *taken;

	if (strlen(name) >= TENON_NAME_BYTES)
		return -TENON_ENAMETOOLONG;
	d = mem_alloc(t, sizeof(*d));
	if (!d)
		return -TENON_ENOMEM;
	diag_copy(d->name_text, sizeof(d->name_text), name);
	d->t = t;
	d->kind = kind;
	d->host = host;
	d->name = d->name_text;
	core_lock(t);
	taken = find(t, name);
	if (!taken) {
		d->next = t->domains;
		t->domains = d;
	}
	core_unlock(t);
	if (taken) {
		mem_free(t, d, sizeof(*d));
		return -TENON_EEXIST;
	}
	*out = d;
	return 0;
}

/* Is @d unused? Lock held. Return: 0, -TENON_EAGAIN (only threads are inside, on their way out) or -TENON_EBUSY. */
static int check_unused(const struct tenon *t, const struct tenon_domain *d)
{
	int err = d->busy || d->modules.cnt ? -TENON_EBUSY : 0;

	for (struct tenon_module *m = t->newest; m && err != -TENON_EBUSY; m = m->older) {
		if (m->domain != d)
			continue;
		if (m->plan || (module_refs(m) & REFS_COUNT))
			err = -TENON_EBUSY;
		else if (module_executing(m, true))
			err = -TENON_EAGAIN;
	}
	return err;
}

/* Wait for threads that were inside when the domain died. Lock held. Return: as check_unused(). */
static int wait_until_unused(struct tenon *t, const struct tenon_domain *d)
{
	uint64_t deadline_ns = t->host->now_ns(t->host->context) + LEAVE_NS;
	int err;

	threads_sync(t);
	do
		err = check_unused(t, d);
	while (err == -TENON_EAGAIN && threads_wait(t, deadline_ns) != -TENON_ETIMEDOUT);
	return err;
}

/* Nobody refers to the quarantined modules of @d any more, and no thread is inside. Lock held. */
static void bury(struct tenon *t, struct tenon_domain *d)
{
	struct tenon_module *older;

	for (struct tenon_module *m = t->newest; m; m = older) {
		older = m->older;
		if (m->domain != d)
			continue;
		module_free_memory(m, false);
		module_delete(m);
	}
}

int tenon_domain_close(struct tenon *t, struct tenon_domain *d)
{
	struct tenon_domain **link = &t->domains;

	core_lock(t);
	if (wait_until_unused(t, d)) {
		core_unlock(t);
		return -TENON_EBUSY;
	}
	bury(t, d);
	while (*link != d)
		link = &(*link)->next;
	*link = d->next;
	core_unlock(t);
	table_free(t, &d->exports);
	table_free(t, &d->linux_exports);
	table_free(t, &d->modules);
	mem_free(t, d, sizeof(*d));
	return 0;
}

/* The next module of @d that has not been quarantined yet, or NULL. Lock held. */
static struct tenon_module *next_alive(struct tenon *t, const struct tenon_domain *d)
{
	for (struct tenon_module *m = t->newest; m; m = m->older)
		if (m->domain == d && m->state != TENON_QUARANTINED)
			return m;
	return NULL;
}

void tenon_domain_kill(struct tenon *t, struct tenon_domain *d, const char *why)
{
	struct tenon_diag diag = { 0 };
	struct tenon_module *m;

	fail_names(&diag, TENON_R_DOMAIN_DEAD, d->name, why ? why : "closed");
	if (why)
		core_log(t, TENON_LOG_ERR, d->name, "domain is dead: ", why);
	core_lock(t);
	d->dead = true;
	d->busy++;
	while ((m = next_alive(t, d))) {
		diag_module(&diag, m->name);
		module_quarantine(m, &diag);
		/* The plan that has it finds out at its next step, reclaims and frees. */
		if (m->plan)
			continue;
		core_unlock(t);
		tenon_reclaim(m);
		core_lock(t);
		module_free_memory(m, false);
	}
	d->busy--;
	core_unlock(t);
}

bool tenon_quarantine(struct tenon_module *m, const char *why)
{
	struct tenon_diag diag = { 0 };
	bool mine;

	diag_module(&diag, m->name);
	fail_name(&diag, TENON_R_CALL_FAULT, why);
	core_lock(m->t);
	module_note_fault(m, why);
	mine = m->state == TENON_LIVE && !m->plan;
	m->gate.closed = true;
	if (mine)
		module_quarantine(m, &diag);
	core_unlock(m->t);
	return mine;
}

void tenon_reclaim(struct tenon_module *m)
{
	char kinds[TENON_DIAG_NAME_BYTES];

	kinds[0] = '\0';
	module_reclaim(m, kinds);
}

const char *tenon_domain_name(const struct tenon_domain *d)
{
	return d->name;
}

enum tenon_domain_kind tenon_domain_kind(const struct tenon_domain *d)
{
	return d->kind;
}

void *tenon_domain_host(const struct tenon_domain *d)
{
	return d->host;
}
