// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* /proc/domains: the isolated domains that there are; the name of one, written to it, ends that. */
#include "kernel/arch/x86_64/user.h"
#include "kernel/domain/domain.h"
#include "kernel/init.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/text.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

/* Threads that are in it. */
static unsigned inside(const struct domain *d)
{
	unsigned cnt = 0;

	for (uint64_t used = ~atomic_load(&d->slots); used; used &= used - 1)
		cnt++;
	return cnt;
}

static void show_one(struct domain *d, void *arg)
{
	bool dead = atomic_load(&d->dead);

	text_printf(arg, "%s %s inside=%u pages=%llu crossings=%llu\n", tenon_domain_name(d->kpi.core),
		    dead ? "dead" : "alive", inside(d), (unsigned long long)user_table_pages(d->table),
		    (unsigned long long)atomic_load(&d->crossings));
}

static int show(struct text *t, void *data)
{
	(void)data;
	domain_each(show_one, t);
	return 0;
}

struct ending {
	char name[TENON_NAME_BYTES];
	bool found;
};

static void end_one(struct domain *d, void *arg)
{
	struct ending *e = arg;

	if (atomic_load(&d->dead) || strcmp(tenon_domain_name(d->kpi.core), e->name))
		return;
	e->found = true;
	d->on_request = true;
	domain_kill(d, "ended on request");
}

static int store(const char *text, size_t len, void *data)
{
	struct ending e = { .found = false };

	(void)data;
	if (len && text[len - 1] == '\n')
		len--;
	if (!len || len >= sizeof(e.name))
		return -TENON_ENOENT;
	memcpy(e.name, text, len);
	domain_each(end_one, &e);
	return e.found ? 0 : -TENON_ENOENT;
}

int __init domain_procfs_init(struct node *root)
{
	static const struct attr file = { "domains", 0644, show, store };

	return attr_file(root, &file, NULL);
}
