/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The resident module: made, listed, taken apart. Everything here runs with the core's lock held. */
#include "core/string.h"

#include "core/context.h"
#include "core/plan.h"
#include "core/reference.h"
#include "core/symbols.h"

struct tenon_module *module_new(struct tenon_plan *p, const char *name)
{
	struct tenon_module *m = mem_alloc(p->t, sizeof(*m));

	if (!m)
		return NULL;
	m->t = p->t;
	m->domain = p->domain;
	m->plan = p;
	m->no_start = p->req->flags & TENON_LOAD_NO_START;
	m->name = m->name_text;
	diag_copy(m->name_text, sizeof(m->name_text), name);
	return m;
}

int module_claim_name(struct tenon_module *m)
{
	int err = table_add(m->t, &m->domain->modules, &m->name, table_hash(m->t, m->name));

	m->in_table = !err;
	return err;
}

void module_publish(struct tenon_module *m)
{
	struct tenon *t = m->t;

	m->older = t->newest;
	if (m->older)
		m->older->newer = m;
	t->newest = m;
	m->in_list = true;
	module_set_state(m, TENON_COMING, NULL);
}

bool module_uses(const struct tenon_module *user, const struct tenon_module *m)
{
	for (uint32_t i = 0; i < user->import_cnt; i++)
		if (user->imports[i]->owner == m)
			return true;
	return false;
}

static void unbind_imports(struct tenon_module *m)
{
	uint32_t serial = ++m->t->bind_serial;

	for (uint32_t i = 0; i < m->import_cnt; i++) {
		struct tenon_module *owner = m->imports[i]->owner;

		if (owner && owner->bind_mark != serial) {
			owner->bind_mark = serial;
			owner->users--;
		}
	}
	mem_free_later(m->t, m->imports, m->import_cap * sizeof(*m->imports));
	m->imports = NULL;
	m->import_cnt = m->import_cap = 0;
}

void module_withdraw(struct tenon_module *m)
{
	if (m->exports_added)
		exports_remove(m->t, m->domain, m->exports, m->export_cnt);
	m->exports_added = false;
	/* Its providers may go now, even if it stays in quarantine: nothing of it is called any more. */
	unbind_imports(m);
	if (m->in_table)
		table_remove(m->t, &m->domain->modules, &m->name);
	m->in_table = false;
}

/* A stale pointer into freed text must trap, not run what is there next. A block that goes away traps by itself. */
static void poison_text(struct tenon_module *m)
{
	struct arena_region *r = &m->region[TENON_MEM_TEXT];
	uint32_t fill = m->t->host->arch->trap_fill;

	if (!r->block || r->block->used == r->size || arena_open(m->t, r))
		return;
	for (size_t i = 0; i + sizeof(fill) <= r->size; i += sizeof(fill))
		memcpy(arena_write(r) + i, &fill, sizeof(fill));
	arena_protect(m->t, r, TENON_ACCESS_KIND);
}

void module_free_memory(struct tenon_module *m, bool init_only)
{
	if (!init_only)
		poison_text(m);
	for (int mem = init_only ? TENON_MEM_INIT_TEXT : 0; mem < TENON_MEM_COUNT; mem++)
		arena_free(m->t, &m->region[mem]);
}

int module_seal(struct tenon_module *m)
{
	struct arena_region *r = &m->region[TENON_MEM_RO_AFTER_INIT];

	module_free_memory(m, true);
	if (!r->block)
		return 0;
	r->block->sealed = true;
	return arena_protect(m->t, r, TENON_ACCESS_READ);
}

void module_delete(struct tenon_module *m)
{
	struct tenon *t = m->t;

	if (m->kept && t->host->forget)
		t->host->forget(t->host->context, m, m->kept);
	if (m->in_list) {
		if (m->newer)
			m->newer->older = m->older;
		else
			t->newest = m->older;
		if (m->older)
			m->older->newer = m->newer;
	}
	mem_free_later(t, m->exports, m->export_cnt * sizeof(*m->exports));
	mem_free_later(t, m->export_names, m->export_names_bytes);
	mem_free_later(t, m->types, m->types_bytes);
	mem_free_later(t, m, sizeof(*m));
}

void module_set_state(struct tenon_module *m, enum tenon_module_state state, const struct tenon_diag *diag)
{
	__atomic_store_n(&m->state, state, __ATOMIC_RELEASE);
	core_event(m->t, m, diag);
}

void module_quarantine(struct tenon_module *m, const struct tenon_diag *diag)
{
	if (m->state == TENON_QUARANTINED)
		return;
	module_shut(m);
	m->taints |= TENON_TAINT_FAULTED;
	module_withdraw(m);
	module_set_state(m, TENON_QUARANTINED, diag);
}

struct tenon_module *module_find(struct tenon *t, struct tenon_domain *d, const char *name)
{
	uint32_t hash = table_hash(t, name);
	const void *item = NULL;

	for (struct tenon_domain *in = d ? d : t->domains; in && !item; in = d ? NULL : in->next)
		item = table_find(&in->modules, name, hash);
	return item ? module_of_item(item) : NULL;
}
