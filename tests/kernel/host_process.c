// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/policy/policy.h"
#include "kernel/process/discipline.h"
#include "kernel/process/process.h"
#include "kernel/process/shared.h"
#include "kernel/process/terminal.h"
#include "kernel/vfs/fs_context.h"
#include "tenon/errno.h"

#include "tests/kernel/host.h"

static __thread struct host_process self = { .pid = 2, .group = 2, .session = 2 };
static _Atomic int last_signal, last_group;

struct host_process *host_process(void)
{
	return &self;
}

int host_signal(int *group)
{
	int signo = last_signal;

	*group = last_group;
	last_signal = last_group = 0;
	return signo;
}

struct process *process_current(void)
{
	return (struct process *)&self;
}

/* Whatever asks for it sees paths from the root. */
struct fs_context *process_fs(struct process *p)
{
	static struct fs_context *fs;

	(void)p;
	if (!fs)
		fs = fs_context_make();
	return fs;
}

/* No policy decides anything here. */
_Atomic uint32_t policy_ops;

int policy_ask_node(enum policy_op op, struct node *node, const struct name *name, uint64_t access, struct file *file)
{
	(void)op, (void)node, (void)name, (void)access, (void)file;
	return -TENON_EPERM;
}

/* Nothing maps files here. */
void processes_file_resized(const struct node *node, uint64_t before, uint64_t now)
{
	(void)node, (void)before, (void)now;
}

const struct credentials *process_credentials(void)
{
	static __thread struct credentials c;

	c.uid = c.euid = c.fsuid = self.uid;
	c.gid = c.egid = c.fsgid = self.gid;
	return &c;
}

int process_group_id(const struct process *p)
{
	return ((const struct host_process *)p)->group;
}

int process_session_id(const struct process *p)
{
	return ((const struct host_process *)p)->session;
}

bool process_is_session_leader(const struct process *p)
{
	return ((const struct host_process *)p)->pid == ((const struct host_process *)p)->session;
}

struct terminal *process_terminal(const struct process *p)
{
	return ((const struct host_process *)p)->terminal;
}

int session_set_terminal(struct terminal *terminal)
{
	if (self.pid != self.session || (terminal && self.terminal))
		return -TENON_EPERM;
	self.terminal = terminal;
	return 0;
}

void session_lose_terminal(struct terminal *terminal)
{
	(void)terminal;
}

int process_group_signal(int group, int signo)
{
	last_signal = signo;
	last_group = group;
	return 0;
}

int process_group_session(int group)
{
	return group == self.group ? self.session : -TENON_ESRCH;
}

bool process_group_orphaned(int group)
{
	(void)group;
	return self.orphaned;
}

bool task_signal_ineffective(int signo)
{
	(void)signo;
	return self.signals_ineffective;
}

void task_signal(int signo)
{
	last_signal = signo;
	last_group = 0;
}

/* No module offers a line discipline here. */
bool discipline_attached(const struct terminal *t)
{
	return t->discipline;
}

long discipline_set(struct terminal *t, struct file *file, unsigned number)
{
	(void)t, (void)file;
	return number ? -TENON_EINVAL : 0;
}

void discipline_leave(struct terminal *t, struct file *file)
{
	(void)t, (void)file;
}

long discipline_read(struct terminal *t, struct io *io)
{
	(void)t, (void)io;
	return -TENON_EIO;
}

long discipline_send(struct terminal *t, struct io *io, void *out)
{
	(void)t, (void)io, (void)out;
	return -TENON_EIO;
}
