// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Process groups and sessions (POSIX.1-2017, 3.296 and 3.343), and who is whose child. A group lives as long as it has
 * members, zombies among them; a session as long as it has groups. All with process_lock held.
 */
#include "kernel/mm/heap.h"
#include "kernel/process/types.h"
#include "tenon/errno.h"

int group_spare_make(struct group_spare *spare)
{
	spare->group = heap_alloc_zeroed(sizeof(*spare->group));
	spare->session = heap_alloc_zeroed(sizeof(*spare->session));
	if (spare->group && spare->session)
		return 0;
	group_spare_free(spare);
	return -TENON_ENOMEM;
}

void group_spare_free(struct group_spare *spare)
{
	heap_free(spare->group);
	heap_free(spare->session);
}

void group_join(struct process *p, struct process_group *g)
{
	p->group = g;
	p->group_next = g->members;
	p->group_link = &g->members;
	if (g->members)
		g->members->group_link = &p->group_next;
	g->members = p;
}

static void session_drop(struct session *s)
{
	if (--s->refs)
		return;
	id_set_session(s->id, NULL);
	heap_free(s);
}

void group_leave(struct process *p)
{
	struct process_group *g = p->group;

	*p->group_link = p->group_next;
	if (p->group_next)
		p->group_next->group_link = p->group_link;
	p->group = NULL;
	if (g->members)
		return;
	id_set_group(g->id, NULL);
	session_drop(g->session);
	heap_free(g);
}

void group_found(struct process *p, struct session *session, struct group_spare *spare)
{
	struct process_group *g = spare->group;

	spare->group = NULL;
	if (!session) {
		session = spare->session;
		spare->session = NULL;
		session->id = p->pid;
		id_set_session(p->pid, session);
	}
	session->refs++;
	g->id = p->pid;
	g->session = session;
	id_set_group(g->id, g);
	if (p->group)
		group_leave(p);
	group_join(p, g);
}

bool group_orphaned(const struct process_group *g)
{
	for (const struct process *p = g->members; p; p = p->group_next) {
		const struct process *parent = p->parent;

		if (p->state == PROCESS_ZOMBIE || !parent || !parent->group)
			continue;
		if (parent->group != g && parent->group->session == g->session)
			return false;
	}
	return true;
}

int group_move(struct process *by, struct process *p, int group, struct group_spare *spare)
{
	struct process_group *g = id_group(group);

	if (p != by && p->parent != by)
		return -TENON_ESRCH;
	if (p != by && p->group->session != by->group->session)
		return -TENON_EPERM;
	if (p != by && p->has_executed)
		return -TENON_EACCES;
	if (p->group->session->id == p->pid)
		return -TENON_EPERM;
	if (p->group->id == group)
		return 0;
	if (g) {
		if (g->session != p->group->session)
			return -TENON_EPERM;
		group_leave(p);
		group_join(p, g);
		return 0;
	}
	if (group != p->pid)
		return -TENON_EPERM;
	group_found(p, p->group->session, spare);
	return 0;
}

void process_set_parent(struct process *p, struct process *parent)
{
	if (p->parent) {
		*p->sibling_link = p->sibling;
		if (p->sibling)
			p->sibling->sibling_link = p->sibling_link;
	}
	p->parent = parent;
	if (!parent)
		return;
	p->sibling = parent->children;
	p->sibling_link = &parent->children;
	if (p->sibling)
		p->sibling->sibling_link = &p->sibling;
	parent->children = p;
}
