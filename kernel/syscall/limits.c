// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Resource limits: those of open files and processes hold; the others are kept and reported. */
#include "kernel/process/types.h"
#include "kernel/syscall/syscall.h"
#include "tenon/errno.h"

static int set_limit(struct process *p, unsigned which, const struct rlimit *new)
{
	struct rlimit *now = &p->limits[which];

	if (new->current > new->max)
		return -TENON_EINVAL;
	if (new->max > now->max && process_credentials()->euid)
		return -TENON_EPERM;
	*now = *new;
	return 0;
}

int64_t sys_prlimit64(const uint64_t arg[6])
{
	struct process *self = process_current();
	unsigned which = (unsigned)arg[1];
	struct rlimit new, old;
	struct process *p;
	int err = 0;

	if (which >= RLIMIT_CNT)
		return -TENON_EINVAL;
	if (arg[2] && user_copy_in(&new, arg[2], sizeof(new)))
		return -TENON_EFAULT;
	spin_lock(&process_lock);
	p = (int)arg[0] ? id_process((int)arg[0]) : self;
	if (!p)
		err = -TENON_ESRCH;
	else if (p != self && self->credentials.euid && self->credentials.uid != p->credentials.uid)
		err = -TENON_EPERM;
	if (!err)
		old = p->limits[which];
	if (!err && arg[2])
		err = set_limit(p, which, &new);
	spin_unlock(&process_lock);
	if (err)
		return err;
	return arg[3] ? user_copy_out(arg[3], &old, sizeof(old)) : 0;
}

int64_t sys_getrlimit(const uint64_t arg[6])
{
	const uint64_t as_prlimit[6] = { 0, arg[0], 0, arg[1] };

	return arg[1] ? sys_prlimit64(as_prlimit) : -TENON_EFAULT;
}

int64_t sys_setrlimit(const uint64_t arg[6])
{
	const uint64_t as_prlimit[6] = { 0, arg[0], arg[1], 0 };

	return arg[1] ? sys_prlimit64(as_prlimit) : -TENON_EFAULT;
}
