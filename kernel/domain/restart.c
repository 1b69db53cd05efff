// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Modules that are loaded anew when their domain has died. Their files are kept, since nobody can be asked for them then:
 * the program that loaded them is gone, and the file may be.
 */
#include "kernel/domain/domain.h"
#include "kernel/log.h"
#include "kernel/mm/heap.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

/* Of the heap, with copies of the file and the parameters. In a domain's list under domain_list_lock(). */
struct domain_restart {
	struct domain_restart *next;
	uint32_t left;
	char name[TENON_NAME_BYTES];
	char *params;
	void *file;
	size_t bytes;
};

static void drop(struct domain_restart *r)
{
	heap_free(r->params);
	heap_free(r->file);
	heap_free(r);
}

static void *copy(const void *from, size_t bytes)
{
	void *to = heap_alloc(bytes);

	if (to)
		memcpy(to, from, bytes);
	return to;
}

static void add_last(struct domain *d, struct domain_restart *r)
{
	struct domain_restart **link = &d->restarts;

	domain_list_lock();
	while (*link)
		link = &(*link)->next;
	r->next = NULL;
	*link = r;
	domain_list_unlock();
}

int restart_note(struct domain *d, const char *name, const void *file, size_t bytes, const char *params, uint32_t left)
{
	struct domain_restart *r = heap_alloc_zeroed(sizeof(*r));

	if (!r)
		return -TENON_ENOMEM;
	r->left = left;
	strscpy(r->name, name, sizeof(r->name));
	r->params = copy(params, strlen(params) + 1);
	r->file = copy(file, bytes);
	r->bytes = bytes;
	if (!r->params || !r->file) {
		drop(r);
		return -TENON_ENOMEM;
	}
	add_last(d, r);
	return 0;
}

void restart_forget(struct domain *d, const char *name)
{
	struct domain_restart **link = &d->restarts, *r;

	domain_list_lock();
	while (*link && strcmp((*link)->name, name))
		link = &(*link)->next;
	r = *link;
	if (r)
		*link = r->next;
	domain_list_unlock();
	if (r)
		drop(r);
}

bool restart_awaits(struct domain *d, const char *name)
{
	struct domain_restart *r;
	bool awaits;

	domain_list_lock();
	for (r = d->restarts; r && strcmp(r->name, name); r = r->next)
		;
	awaits = r && r->left && atomic_load(&d->dead);
	domain_list_unlock();
	return awaits;
}

struct domain_restart *restart_take(struct domain *d)
{
	struct domain_restart *list = d->restarts;

	d->restarts = NULL;
	return list;
}

void restart_drop(struct domain_restart *list)
{
	struct domain_restart *next;

	for (; list; list = next) {
		next = list->next;
		drop(list);
	}
}

/*
 * It is the domain's again before it is loaded, so that a domain that dies meanwhile is made anew, too. This thread is the
 * one that would take it from there.
 */
static void load(const char *domain, struct domain_restart *r)
{
	char name[TENON_NAME_BYTES]; /* once it is loaded somebody may unload it, and @r goes */
	struct domain *d;
	int err;

	strscpy(name, r->name, sizeof(name));
	if (!r->left) {
		log_err("%s: has been loaded anew as often as it may be", name);
		drop(r);
		return;
	}
	r->left--;
	if (domain_open(domain, &d)) {
		drop(r);
		return;
	}
	add_last(d, r);
	err = module_load_into(d, r->file, r->bytes, r->params);
	if (!err)
		log_line(LOG_NOTICE, "%s: loaded anew into the domain %s", name, domain);
	else if (!atomic_load(&d->dead))
		restart_forget(d, name);
	domain_put(d);
}

void restart_load(const char *domain, struct domain_restart *list)
{
	struct domain_restart *next;

	for (; list; list = next) {
		next = list->next;
		load(domain, list);
	}
}
