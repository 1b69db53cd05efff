// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Who a process is: ids, groups and sessions, users and groups. */
#include "kernel/process/types.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define KEEP UINT32_MAX /* -1: as it is */

int64_t sys_getpid(const uint64_t arg[6])
{
	(void)arg;
	return process_current()->pid;
}

int64_t sys_gettid(const uint64_t arg[6])
{
	(void)arg;
	return task_current()->tid;
}

int64_t sys_getppid(const uint64_t arg[6])
{
	int pid;

	(void)arg;
	spin_lock(&process_lock);
	pid = process_current()->parent ? process_current()->parent->pid : 0;
	spin_unlock(&process_lock);
	return pid;
}

static int64_t id_of(int pid, int (*what)(const struct process *p))
{
	struct process *p = pid ? process_find(pid) : process_get(process_current());
	int64_t id = p ? what(p) : 0;

	process_put(p);
	return id ? id : -TENON_ESRCH;
}

int64_t sys_getpgid(const uint64_t arg[6])
{
	return id_of((int)arg[0], process_group_id);
}

int64_t sys_getpgrp(const uint64_t arg[6])
{
	(void)arg;
	return process_group_id(process_current());
}

int64_t sys_getsid(const uint64_t arg[6])
{
	return id_of((int)arg[0], process_session_id);
}

int64_t sys_setpgid(const uint64_t arg[6])
{
	struct process *self = process_current(), *p;
	int pid = (int)arg[0] ? (int)arg[0] : self->pid, group = (int)arg[1] ? (int)arg[1] : pid;
	struct group_spare spare;
	int err;

	if (pid < 0 || group < 0)
		return -TENON_EINVAL;
	err = group_spare_make(&spare);
	if (err)
		return err;
	spin_lock(&process_lock);
	p = id_process(pid);
	err = p && p->state != PROCESS_ZOMBIE ? group_move(self, p, group, &spare) : -TENON_ESRCH;
	spin_unlock(&process_lock);
	group_spare_free(&spare);
	return err;
}

int64_t sys_setsid(const uint64_t arg[6])
{
	struct process *p = process_current();
	struct group_spare spare;
	int err = group_spare_make(&spare);

	(void)arg;
	if (err)
		return err;
	spin_lock(&process_lock);
	if (id_group(p->pid))
		err = -TENON_EPERM;
	else
		group_found(p, NULL, &spare);
	spin_unlock(&process_lock);
	group_spare_free(&spare);
	return err ? err : p->pid;
}

/* ---- users and groups ------------------------------------------------------------------------------------------- */

int64_t sys_getuid(const uint64_t arg[6])
{
	(void)arg;
	return process_credentials()->uid;
}

int64_t sys_geteuid(const uint64_t arg[6])
{
	(void)arg;
	return process_credentials()->euid;
}

int64_t sys_getgid(const uint64_t arg[6])
{
	(void)arg;
	return process_credentials()->gid;
}

int64_t sys_getegid(const uint64_t arg[6])
{
	(void)arg;
	return process_credentials()->egid;
}

static int three_out(const uint64_t arg[3], uint32_t a, uint32_t b, uint32_t c)
{
	return user_copy_out(arg[0], &a, 4) || user_copy_out(arg[1], &b, 4) || user_copy_out(arg[2], &c, 4) ?
		   -TENON_EFAULT :
		   0;
}

int64_t sys_getresuid(const uint64_t arg[6])
{
	const struct credentials *c = process_credentials();

	return three_out(arg, c->uid, c->euid, c->suid);
}

int64_t sys_getresgid(const uint64_t arg[6])
{
	const struct credentials *c = process_credentials();

	return three_out(arg, c->gid, c->egid, c->sgid);
}

/* Real, effective and saved id of one kind; who is not root may only change among the three. */
struct three {
	uint32_t real, effective, saved;
};

static bool may_be(const struct three *now, uint32_t id, bool root)
{
	return id == KEEP || root || id == now->real || id == now->effective || id == now->saved;
}

static int set_three(struct three *ids, const struct three *to, bool root)
{
	struct three now = *ids;

	if (!may_be(&now, to->real, root) || !may_be(&now, to->effective, root) || !may_be(&now, to->saved, root))
		return -TENON_EPERM;
	if (to->real != KEEP)
		ids->real = to->real;
	if (to->effective != KEEP)
		ids->effective = to->effective;
	if (to->saved != KEEP)
		ids->saved = to->saved;
	return 0;
}

static int set_users(struct three to)
{
	struct credentials *c = &process_current()->credentials;
	struct three ids;
	int err;

	spin_lock(&process_lock);
	ids = (struct three){ c->uid, c->euid, c->suid };
	err = set_three(&ids, &to, c->euid == 0);
	c->uid = ids.real;
	c->euid = c->fsuid = ids.effective;
	c->suid = ids.saved;
	spin_unlock(&process_lock);
	return err;
}

static int set_groups(struct three to)
{
	struct credentials *c = &process_current()->credentials;
	struct three ids;
	int err;

	spin_lock(&process_lock);
	ids = (struct three){ c->gid, c->egid, c->sgid };
	err = set_three(&ids, &to, c->euid == 0);
	c->gid = ids.real;
	c->egid = c->fsgid = ids.effective;
	c->sgid = ids.saved;
	spin_unlock(&process_lock);
	return err;
}

int64_t sys_setuid(const uint64_t arg[6])
{
	uint32_t id = (uint32_t)arg[0], all = process_credentials()->euid == 0 ? id : KEEP;

	return id == KEEP ? -TENON_EINVAL : set_users((struct three){ all, id, all });
}

int64_t sys_setgid(const uint64_t arg[6])
{
	uint32_t id = (uint32_t)arg[0], all = process_credentials()->euid == 0 ? id : KEEP;

	return id == KEEP ? -TENON_EINVAL : set_groups((struct three){ all, id, all });
}

/* The saved id follows the effective one as soon as the real one is set (POSIX.1-2017, setreuid). */
int64_t sys_setreuid(const uint64_t arg[6])
{
	uint32_t real = (uint32_t)arg[0], effective = (uint32_t)arg[1];

	return set_users((struct three){ real, effective, real == KEEP ? KEEP : effective });
}

int64_t sys_setregid(const uint64_t arg[6])
{
	uint32_t real = (uint32_t)arg[0], effective = (uint32_t)arg[1];

	return set_groups((struct three){ real, effective, real == KEEP ? KEEP : effective });
}

int64_t sys_setresuid(const uint64_t arg[6])
{
	return set_users((struct three){ (uint32_t)arg[0], (uint32_t)arg[1], (uint32_t)arg[2] });
}

int64_t sys_setresgid(const uint64_t arg[6])
{
	return set_groups((struct three){ (uint32_t)arg[0], (uint32_t)arg[1], (uint32_t)arg[2] });
}

/* Return: what it was before, whether it changed or not. */
int64_t sys_setfsuid(const uint64_t arg[6])
{
	struct credentials *c = &process_current()->credentials;
	uint32_t old = c->fsuid, id = (uint32_t)arg[0];

	if (id != KEEP && (c->euid == 0 || id == c->uid || id == c->euid || id == c->suid))
		c->fsuid = id;
	return old;
}

int64_t sys_setfsgid(const uint64_t arg[6])
{
	struct credentials *c = &process_current()->credentials;
	uint32_t old = c->fsgid, id = (uint32_t)arg[0];

	if (id != KEEP && (c->euid == 0 || id == c->gid || id == c->egid || id == c->sgid))
		c->fsgid = id;
	return old;
}

int64_t sys_getgroups(const uint64_t arg[6])
{
	const struct credentials *c = process_credentials();

	if ((int)arg[0] < 0 || ((int)arg[0] && arg[0] < c->group_cnt))
		return -TENON_EINVAL;
	if ((int)arg[0] && user_copy_out(arg[1], c->groups, c->group_cnt * sizeof(*c->groups)))
		return -TENON_EFAULT;
	return c->group_cnt;
}

int64_t sys_setgroups(const uint64_t arg[6])
{
	struct credentials *c = &process_current()->credentials;
	uint32_t groups[GROUPS_MAX];

	if (c->euid)
		return -TENON_EPERM;
	if (arg[0] > GROUPS_MAX)
		return -TENON_EINVAL;
	if (user_copy_in(groups, arg[1], arg[0] * sizeof(*groups)))
		return -TENON_EFAULT;
	spin_lock(&process_lock);
	memcpy(c->groups, groups, arg[0] * sizeof(*groups));
	c->group_cnt = (uint32_t)arg[0];
	spin_unlock(&process_lock);
	return 0;
}

/*
 * ---- capabilities: root has all of them, nobody else has any ------------------------------------------------------
 */

#define CAPABILITY_VERSION 0x20080522u
#define CAPABILITIES 41

int64_t sys_capget(const uint64_t arg[6])
{
	struct {
		uint32_t version;
		int32_t pid;
	} header;
	uint64_t mask = process_credentials()->euid == 0 ? (1ull << CAPABILITIES) - 1 : 0;
	uint32_t data[6] = { (uint32_t)mask, (uint32_t)mask, 0, (uint32_t)(mask >> 32), (uint32_t)(mask >> 32), 0 };

	if (user_copy_in(&header, arg[0], sizeof(header)))
		return -TENON_EFAULT;
	if (header.version != CAPABILITY_VERSION) {
		header.version = CAPABILITY_VERSION;
		if (user_copy_out(arg[0], &header, sizeof(header)))
			return -TENON_EFAULT;
		return arg[1] ? -TENON_EINVAL : 0;
	}
	return user_copy_out(arg[1], data, sizeof(data));
}
