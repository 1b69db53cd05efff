// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Ids, process groups, sessions, orphans, and which child a wait finds. */
#include <stdlib.h>

#include "kernel/process/types.h"
#include "kernel/process/wait.h"
#include "tenon/errno.h"
#include "tests/kernel/host.h"
#include "tests/tap.h"

struct spinlock process_lock = SPINLOCK_INIT(LOCK_PROCESS);
static struct process *self;
static int reaped;

struct process *process_current(void)
{
	return self;
}

void process_reap(struct process *p)
{
	reaped = p->pid;
	process_set_parent(p, NULL);
	group_leave(p);
	id_set_process(p->pid, NULL);
	free(p);
}

static struct process *make(struct process *parent)
{
	struct process *p = calloc(1, sizeof(*p));

	p->pid = id_new();
	id_set_process(p->pid, p);
	if (parent) {
		process_set_parent(p, parent);
		group_join(p, parent->group);
	}
	return p;
}

static void found(struct process *p, struct session *session)
{
	struct group_spare spare;

	group_spare_make(&spare);
	group_found(p, session, &spare);
	group_spare_free(&spare);
}

static int move(struct process *by, struct process *p, int group)
{
	struct group_spare spare;
	int err;

	group_spare_make(&spare);
	err = group_move(by, p, group, &spare);
	group_spare_free(&spare);
	return err;
}

static struct process *init, *shell, *job, *other;

static void test_groups(void)
{
	init = make(NULL);
	found(init, NULL);
	shell = make(init);
	ok(shell->group == init->group && shell->group->session->id == init->pid, "a child is in its parent's group");
	found(shell, NULL);
	job = make(shell);
	other = make(shell);
	ok(move(shell, job, job->pid) == 0 && job->group->id == job->pid &&
	       job->group->session == shell->group->session,
	   "a group of its own");
	ok(move(shell, other, job->pid) == 0 && other->group == job->group, "another joins");
	ok(move(shell, job, job->pid) == 0, "once more is no error");
	ok(move(shell, other, 4000) == -TENON_EPERM, "a group that there is not");
	ok(move(shell, other, init->pid) == -TENON_EPERM, "a group of another session");
	ok(move(shell, shell, job->pid) == -TENON_EPERM, "a session's leader stays");
	ok(move(job, other, job->pid) == -TENON_ESRCH, "only one's own child");
	other->has_executed = true;
	ok(move(shell, other, other->pid) == -TENON_EACCES, "... before it has executed");
	ok(move(other, other, other->pid) == 0, "... or oneself");
	move(other, other, job->pid);
}

static void test_orphans(void)
{
	ok(!group_orphaned(job->group), "a group whose parent is in the session");
	ok(group_orphaned(shell->group), "a session's first group");
	process_set_parent(job, init);
	ok(!group_orphaned(job->group), "one with a member whose parent is");
	process_set_parent(other, init);
	ok(group_orphaned(job->group), "one without");
	process_set_parent(job, shell);
	process_set_parent(other, shell);
}

static void test_wait(void)
{
	struct child_wait w = { .pid = -1, .options = WAIT_EXITED };
	struct child_report r;
	int pid = other->pid;

	self = shell;
	ok(child_find(shell, &w, &r) == -TENON_EAGAIN, "children, but none that has ended");
	ok(child_find(job, &w, &r) == -TENON_ECHILD, "no children");
	w.pid = init->pid;
	ok(child_find(shell, &w, &r) == -TENON_ECHILD, "not one's child");
	job->state = PROCESS_STOPPED;
	job->event = CHILD_STOPPED;
	job->stop_signal = SIGNAL_TSTP;
	w.pid = -job->group->id;
	ok(child_find(shell, &w, &r) == -TENON_EAGAIN, "a stop is told to who asks");
	w.options |= WAIT_STOPPED;
	ok(child_find(shell, &w, &r) == 0 && r.pid == job->pid && r.status == (SIGNAL_TSTP << 8 | 0x7f),
	   "... with its signal");
	ok(child_find(shell, &w, &r) == -TENON_EAGAIN, "... once");
	other->state = PROCESS_ZOMBIE;
	other->exit_status = 3 << 8;
	w = (struct child_wait){ .pid = pid, .options = WAIT_EXITED | WAIT_LEAVE };
	ok(child_find(shell, &w, &r) == 0 && r.pid == pid && r.status == 3 << 8 && !reaped, "looked at");
	w.options = WAIT_EXITED;
	ok(child_find(shell, &w, &r) == 0 && reaped == pid, "taken");
	ok(!id_process(pid) && child_find(shell, &w, &r) == -TENON_ECHILD, "gone");
}

/* The number of a session's dead leader is nobody's until the session has gone. */
static void test_ids(void)
{
	int leader = shell->pid, group = job->group->id;
	bool given = false;

	process_set_parent(job, init);
	process_reap(shell);
	ok(!id_group(leader) && id_group(group), "the leader's group has gone, another of the session is there");
	for (int i = 0; i < 3 * ID_MAX; i++)
		given |= id_new() == leader;
	ok(!given, "its number is not given out");
	process_reap(job);
	for (int i = 0; i < 3 * ID_MAX; i++)
		given |= id_new() == leader;
	ok(given && !id_group(group), "... until the last of the session has gone");
	ok(id_process(-1) == NULL && id_process(0) == NULL && id_process(ID_MAX) == NULL && id_task(1 << 30) == NULL &&
	       id_group(-5) == NULL,
	   "numbers that are none");
	ok(id_next_process(0) == init && !id_next_process(init->pid), "listing");
}

static void test_all_used(void)
{
	static struct process dummy;
	int id, cnt = 0;

	while ((id = id_new()) > 0) {
		id_set_process(id, &dummy);
		cnt++;
	}
	ok(id == -TENON_EAGAIN && cnt == ID_MAX - 2, "all numbers but 0 and those in use are given out, then EAGAIN");
	for (id = 1; id < ID_MAX; id++)
		if (id_process(id) == &dummy)
			id_set_process(id, NULL);
}

int main(void)
{
	test_groups();
	test_orphans();
	test_wait();
	test_ids();
	test_all_used();
	process_reap(init);
	ok(host_allocations() == 0, "no memory is left");
	return tap_done();
}
