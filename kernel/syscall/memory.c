// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* brk, mmap and its family. */
#include "kernel/mm/shared_memory.h"
#include "kernel/mm/user_space.h"
#include "kernel/policy/policy.h"
#include "kernel/process/process.h"
#include "kernel/syscall/file_args.h"
#include "kernel/syscall/syscall.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/node.h"
#include "tenon/errno.h"

enum {
	MAP_SHARED = 1,
	MAP_PRIVATE = 2,
	MAP_SHARED_VALIDATE = 3,
	MAP_TYPE = 15,
	MAP_FIXED = 0x10,
	MAP_ANONYMOUS = 0x20,
	MAP_NO_REPLACE = 0x100000
};
enum { REMAP_MAY_MOVE = 1, REMAP_FIXED = 2 };
enum { ADVICE_DONT_NEED = 4, ADVICE_FREE = 8 };
enum { MS_ASYNC = 1, MS_SYNC = 4 };
enum { PROT_ALL = AREA_READ | AREA_WRITE | AREA_EXEC };

static struct user_space *space(void)
{
	return process_space(process_current());
}

/* [addr, addr + bytes) as whole pages of user space. Return: 0 or -TENON_EINVAL, -TENON_ENOMEM: beyond user space. */
static int range(uint64_t addr, uint64_t bytes, uint64_t *end)
{
	if (addr % USER_PAGE || !bytes)
		return -TENON_EINVAL;
	if (!user_range_valid(addr, bytes))
		return -TENON_ENOMEM;
	*end = addr + ((bytes + USER_PAGE - 1) & ~(USER_PAGE - 1));
	return 0;
}

int64_t sys_brk(const uint64_t arg[6])
{
	return (int64_t)space_set_brk(space(), arg[0]);
}

/* What is mapped: a file with what may be done with it, or memory that is shared. */
static int map_what(struct user_area *a, bool shared, uint64_t flags, int fd)
{
	a->access_max = PROT_ALL;
	if (flags & MAP_ANONYMOUS) {
		a->offset = 0;
		return shared ? shared_memory_make(a->end - a->start, &a->file) : 0;
	}
	a->file = file_of((uint64_t)fd);
	if (!a->file)
		return -TENON_EBADF;
	if (!a->file->readable || (shared && a->access & AREA_WRITE && !a->file->writable))
		return -TENON_EACCES;
	if (shared && !a->file->writable)
		a->access_max = AREA_READ | AREA_EXEC;
	if (a->file->node->fs->flags & MOUNT_NO_EXECUTE)
		a->access_max &= ~AREA_EXEC;
	if (a->access & ~a->access_max)
		return -TENON_EPERM;
	if (!a->file->ops->map_page)
		return -TENON_ENODEV;
	return 0;
}

/*
 * May it be executed? What the program can write, also by its file, counts as memory of its own; what it cannot write is not
 * changed by anybody as long as it is mapped, if a policy decides on it.
 */
static int may_execute(const struct user_area *a, bool shared)
{
	struct file *file = a->file;
	int err;

	if (!(a->access & AREA_EXEC) || !policy_decides(POLICY_MAP))
		return 0;
	if (!file || a->access & AREA_WRITE || file->writable || shared)
		return policy_map_memory();
	err = file_deny_writing(file);
	return err ? err : policy_execute(POLICY_MAP, file, file->node);
}

int64_t sys_mmap(const uint64_t arg[6])
{
	uint64_t addr = arg[0], bytes = (arg[1] + USER_PAGE - 1) & ~(USER_PAGE - 1), flags = arg[3];
	bool fixed = flags & (MAP_FIXED | MAP_NO_REPLACE), shared = (flags & MAP_TYPE) != MAP_PRIVATE;
	struct user_area a = { .access = arg[2] & PROT_ALL, .offset = arg[5] };
	int err;

	if (!arg[1] || arg[1] > USER_END || arg[5] % USER_PAGE || arg[5] > INT64_MAX - USER_END)
		return !arg[1] || arg[5] % USER_PAGE ? -TENON_EINVAL : -TENON_ENOMEM;
	if ((flags & MAP_TYPE) < MAP_SHARED || (flags & MAP_TYPE) > MAP_SHARED_VALIDATE)
		return -TENON_EINVAL;
	if (fixed && addr % USER_PAGE)
		return -TENON_EINVAL;
	if (fixed && (addr < USER_START || !user_range_valid(addr, bytes)))
		return addr < USER_START ? -TENON_EPERM : -TENON_ENOMEM;
	a.end = bytes;
	err = map_what(&a, shared, flags, (int)arg[4]);
	if (!err)
		err = may_execute(&a, shared);
	a.flags = shared ? AREA_SHARED : a.access & AREA_WRITE ? AREA_CHARGED : 0;
	if (!err) {
		/* An address that is only a hint is taken if nothing is there. */
		addr &= ~(USER_PAGE - 1);
		a.start = fixed || (addr >= USER_START && user_range_valid(addr, bytes)) ? addr : 0;
		a.end = a.start + bytes;
		err = space_map(space(), &a, flags & MAP_FIXED && !(flags & MAP_NO_REPLACE));
		if (err == -TENON_EEXIST && !fixed) {
			a.start = 0;
			a.end = bytes;
			err = space_map(space(), &a, false);
		}
	}
	if (err && a.file)
		file_put(a.file);
	return err ? err : (int64_t)a.start;
}

int64_t sys_munmap(const uint64_t arg[6])
{
	uint64_t end;

	if (range(arg[0], arg[1], &end))
		return -TENON_EINVAL;
	return space_unmap(space(), arg[0], end);
}

int64_t sys_mprotect(const uint64_t arg[6])
{
	uint64_t end;
	int err = range(arg[0], arg[1], &end);

	if (arg[2] & ~(uint64_t)PROT_ALL || arg[0] % USER_PAGE)
		return -TENON_EINVAL;
	if (!arg[1])
		return 0;
	if (!err && arg[2] & AREA_EXEC)
		err = policy_map_memory();
	return err ? err : space_protect(space(), arg[0], end, (uint8_t)arg[2]);
}

int64_t sys_mremap(const uint64_t arg[6])
{
	uint64_t old_end, end, to = 0, to_end, result;

	if (arg[3] & ~3ull || (arg[3] & REMAP_FIXED && !(arg[3] & REMAP_MAY_MOVE)))
		return -TENON_EINVAL;
	if (range(arg[0], arg[1], &old_end) || !arg[2])
		return -TENON_EINVAL;
	if (range(arg[0], arg[2], &end))
		return -TENON_ENOMEM;
	if (arg[3] & REMAP_FIXED) {
		to = arg[4];
		if (to < USER_START || range(to, arg[2], &to_end))
			return -TENON_EINVAL;
		if (to < old_end && arg[0] < to_end)
			return -TENON_EINVAL;
	}
	return space_remap(space(), arg[0], old_end - arg[0], end - arg[0], to, arg[3] & REMAP_MAY_MOVE, &result) ?:
		   (int64_t)result;
}

int64_t sys_madvise(const uint64_t arg[6])
{
	uint64_t end;
	int err = range(arg[0], arg[1], &end);

	if (arg[0] % USER_PAGE || arg[2] > 25)
		return -TENON_EINVAL;
	if (!arg[1])
		return 0;
	if (!err && (arg[2] == ADVICE_DONT_NEED || arg[2] == ADVICE_FREE))
		err = space_forget(space(), arg[0], end);
	return err; /* all others are advice that is not taken */
}

/* Without MS_SYNC nothing needs to be done: what is dirty is written back anyway. */
int64_t sys_msync(const uint64_t arg[6])
{
	uint64_t end, at = arg[0];
	struct file *file;
	int err = range(arg[0], arg[1], &end);

	if (arg[0] % USER_PAGE || arg[2] & ~7ull || (arg[2] & (MS_ASYNC | MS_SYNC)) == (MS_ASYNC | MS_SYNC))
		return -TENON_EINVAL;
	if (!arg[1])
		return 0;
	if (!err && !space_covers(space(), arg[0], end))
		err = -TENON_ENOMEM;
	while (!err && arg[2] & MS_SYNC && (file = space_shared_file(space(), &at, end))) {
		err = file->ops->sync ? file->ops->sync(file) : 0;
		file_put(file);
	}
	return err;
}
