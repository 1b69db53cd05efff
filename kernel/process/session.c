// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What terminals and /proc ask and tell about groups and sessions: the calls of process.h, which take the lock. */
#include "kernel/process/types.h"
#include "tenon/errno.h"

int process_pid(const struct process *p)
{
	return p->pid;
}

int process_group_id(const struct process *p)
{
	int id;

	spin_lock(&process_lock);
	id = p->group ? p->group->id : 0;
	spin_unlock(&process_lock);
	return id;
}

int process_session_id(const struct process *p)
{
	int id;

	spin_lock(&process_lock);
	id = p->group ? p->group->session->id : 0;
	spin_unlock(&process_lock);
	return id;
}

bool process_is_session_leader(const struct process *p)
{
	return process_session_id(p) == p->pid;
}

struct terminal *process_terminal(const struct process *p)
{
	struct terminal *t;

	spin_lock(&process_lock);
	t = p->group ? p->group->session->terminal : NULL;
	spin_unlock(&process_lock);
	return t;
}

int session_set_terminal(struct terminal *terminal)
{
	struct process *p = process_current();
	struct session *s;
	int err = -TENON_EPERM;

	spin_lock(&process_lock);
	s = p->group->session;
	if (s->id == p->pid && (!terminal || !s->terminal)) {
		s->terminal = terminal;
		err = 0;
	}
	spin_unlock(&process_lock);
	return err;
}

void session_lose_terminal(struct terminal *terminal)
{
	spin_lock(&process_lock);
	for (struct process *p = id_next_process(0); p; p = id_next_process(p->pid)) {
		struct session *s = p->group ? p->group->session : NULL;

		if (!s || s->terminal != terminal)
			continue;
		s->terminal = NULL;
		if (s->id != p->pid)
			continue;
		for (struct process *member = p->group->members; member; member = member->group_next) {
			signal_post_kernel(member, SIGNAL_HUP);
			signal_post_kernel(member, SIGNAL_CONT);
		}
	}
	spin_unlock(&process_lock);
}

int process_group_signal(int group, int signo)
{
	struct process_group *g;

	spin_lock(&process_lock);
	g = id_group(group);
	for (struct process *p = g ? g->members : NULL; p; p = p->group_next)
		signal_post_kernel(p, signo);
	spin_unlock(&process_lock);
	return g ? 0 : -TENON_ESRCH;
}

int process_group_session(int group)
{
	struct process_group *g;
	int id;

	spin_lock(&process_lock);
	g = id_group(group);
	id = g ? g->session->id : -TENON_ESRCH;
	spin_unlock(&process_lock);
	return id;
}

bool process_group_orphaned(int group)
{
	struct process_group *g;
	bool orphaned;

	spin_lock(&process_lock);
	g = id_group(group);
	orphaned = !g || group_orphaned(g);
	spin_unlock(&process_lock);
	return orphaned;
}
