// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Fork, exec, exit, wait. */
#include "kernel/arch/x86_64/user.h"
#include "kernel/mm/heap.h"
#include "kernel/process/exec.h"
#include "kernel/process/fork.h"
#include "kernel/process/types.h"
#include "kernel/process/wait.h"
#include "kernel/syscall/copy.h"
#include "kernel/syscall/syscall.h"
#include "kernel/vfs/path.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define EXIT_SIGNAL 0xffull /* of clone's flags */

int64_t sys_fork(const uint64_t arg[6])
{
	(void)arg;
	return process_clone(&(struct clone_request){ .exit_signal = SIGNAL_CHLD });
}

int64_t sys_vfork(const uint64_t arg[6])
{
	(void)arg;
	return process_clone(&(struct clone_request){ .exit_signal = SIGNAL_CHLD, .flags = CLONE_VM | CLONE_VFORK });
}

int64_t sys_clone(const uint64_t arg[6])
{
	return process_clone(&(struct clone_request){
	    .flags = (uint32_t)arg[0] & ~EXIT_SIGNAL,
	    .exit_signal = (int)(arg[0] & EXIT_SIGNAL),
	    .stack = arg[1],
	    .parent_tid = arg[2],
	    .child_tid = arg[3],
	    .tls = arg[4],
	});
}

int64_t sys_clone3(const uint64_t arg[6])
{
	struct {
		uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_bytes, tls, set_tid,
		    set_tid_cnt, cgroup;
	} a = { 0 };
	int err = copy_versioned_in(&a, sizeof(a), arg[0], arg[1], 64);

	if (err)
		return err;
	if (a.set_tid || a.set_tid_cnt || a.cgroup || a.exit_signal > SIGNAL_MAX || !a.stack != !a.stack_bytes)
		return -TENON_EINVAL;
	return process_clone(&(struct clone_request){
	    .flags = a.flags,
	    .exit_signal = (int)a.exit_signal,
	    .stack = a.stack + a.stack_bytes,
	    .parent_tid = a.parent_tid,
	    .child_tid = a.child_tid,
	    .tls = a.tls,
	});
}

/* Append the strings of an array of pointers, which ends with NULL. @buf: EXEC_BYTES_MAX / 2. */
static int collect(struct exec_words *words, user_addr array, unsigned *cnt, char *buf)
{
	uint64_t at = 0;
	int err = 0;

	for (; array && !err; array += 8) {
		long len;

		if (user_copy_in(&at, array, sizeof(at)))
			return -TENON_EFAULT;
		if (!at)
			return 0;
		if (*cnt * 8ull >= EXEC_BYTES_MAX)
			return -TENON_E2BIG;
		len = user_string_in(buf, at, EXEC_BYTES_MAX / 2);
		if (len < 0)
			return len == -TENON_ENAMETOOLONG ? -TENON_E2BIG : (int)len;
		err = exec_words_add(words, buf, (size_t)len);
		++*cnt;
	}
	return err;
}

static int64_t load_and_become(const char *path, const struct exec_words *words)
{
	struct exec_image image;
	int err = exec_load(process_fs(process_current()), path, words, &image);

	if (err)
		return err;
	err = exec_become(&image, user_frame());
	if (err)
		exec_image_drop(&image);
	return err;
}

int64_t sys_execve(const uint64_t arg[6])
{
	struct exec_words words = { 0 };
	char *path = heap_alloc(PATH_BYTES), *buf = heap_alloc(EXEC_BYTES_MAX / 2);
	int64_t err = path && buf ? 0 : -TENON_ENOMEM;

	if (!err)
		err = user_string_in(path, arg[0], PATH_BYTES);
	if (err >= 0)
		err = collect(&words, arg[1], &words.arg_cnt, buf);
	/* A program without a name of its own gets an empty one, as Linux gives it. */
	if (!err && !words.arg_cnt) {
		err = exec_words_add(&words, "", 0);
		words.arg_cnt = 1;
	}
	if (!err)
		err = collect(&words, arg[2], &words.env_cnt, buf);
	heap_free(buf);
	if (!err)
		err = load_and_become(path, &words);
	heap_free(words.bytes);
	heap_free(path);
	return err;
}

int64_t sys_exit(const uint64_t arg[6])
{
	task_exit((int)(arg[0] & 0xff) << 8);
}

int64_t sys_exit_group(const uint64_t arg[6])
{
	process_exit((int)(arg[0] & 0xff) << 8);
}

int64_t sys_wait4(const uint64_t arg[6])
{
	struct child_wait w = { .pid = (int)arg[0], .options = ((unsigned)arg[2] & 0x1fffffff) | WAIT_EXITED };
	struct child_report r = { 0 };
	int err;

	if (arg[2] & 0x1fffffff & ~(uint64_t)(WAIT_NO_HANG | WAIT_STOPPED | WAIT_CONTINUED) || w.pid == INT32_MIN)
		return w.pid == INT32_MIN ? -TENON_ESRCH : -TENON_EINVAL;
	err = child_wait(&w, &r);
	if (err || !r.pid)
		return err;
	if (arg[1] && user_copy_out(arg[1], &r.status, sizeof(r.status)))
		return -TENON_EFAULT;
	if (arg[3] && rusage_out(arg[3], r.run_ns))
		return -TENON_EFAULT;
	return r.pid;
}

static void fill_info(struct signal_info *info, const struct child_report *r)
{
	int signo = r->status & 0x7f;

	*info = (struct signal_info){ .signo = SIGNAL_CHLD, .pid = r->pid, .uid = r->uid };
	if (r->status == 0xffff) {
		info->code = INFO_CONTINUED;
		info->value = SIGNAL_CONT;
	} else if (signo == 0x7f) {
		info->code = INFO_STOPPED;
		info->value = (uint64_t)r->status >> 8;
	} else {
		info->code = signo ? INFO_KILLED : INFO_EXITED;
		info->value = signo ? (uint64_t)signo : (uint64_t)r->status >> 8;
	}
}

int64_t sys_waitid(const uint64_t arg[6])
{
	enum { P_ALL, P_PID, P_PGID };
	struct child_wait w = { .pid = -1, .options = (unsigned)arg[3] & 0x1fffffff };
	struct signal_info info = { 0 };
	struct child_report r = { 0 };
	int id = (int)arg[1], err;

	if (w.options & ~(unsigned)(WAIT_NO_HANG | WAIT_STOPPED | WAIT_EXITED | WAIT_CONTINUED | WAIT_LEAVE) ||
	    !(w.options & (WAIT_STOPPED | WAIT_EXITED | WAIT_CONTINUED)))
		return -TENON_EINVAL;
	if ((int)arg[0] == P_PID && id > 0)
		w.pid = id;
	else if ((int)arg[0] == P_PGID && id >= 0)
		w.pid = -id;
	else if ((int)arg[0] != P_ALL)
		return -TENON_EINVAL;
	if (w.pid == -1 && (int)arg[0] == P_PGID) {
		/* Group 1 is -1, which means any: only process 1 is in it, which is nobody's child. */
		return -TENON_ECHILD;
	}
	err = child_wait(&w, &r);
	if (err)
		return err;
	if (r.pid)
		fill_info(&info, &r);
	if (arg[2] && user_copy_out(arg[2], &info, sizeof(info)))
		return -TENON_EFAULT;
	return arg[4] && rusage_out(arg[4], r.run_ns) ? -TENON_EFAULT : 0;
}
