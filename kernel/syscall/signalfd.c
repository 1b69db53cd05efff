// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Descriptors that signals are read from: signalfd(2). Whoever reads or polls takes signals of its own. */
#include "kernel/mm/heap.h"
#include "kernel/mm/user.h"
#include "kernel/process/types.h"
#include "kernel/syscall/file_args.h"
#include "kernel/syscall/syscall.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/poll.h"
#include "tenon/errno.h"

/* Linux's struct signalfd_siginfo. */
struct told_signal {
	uint32_t signo;
	int32_t error, code;
	uint32_t pid, uid;
	int32_t fd;
	uint32_t timer, band, overrun, trap;
	int32_t status, number;
	uint64_t pointer, user_ticks, system_ticks, addr;
	uint8_t rest[128 - 80];
};

_Static_assert(sizeof(struct told_signal) == 128, "signalfd_siginfo");

#define FLAGS (OPEN_NONBLOCK | OPEN_CLOSE_ON_EXEC) /* SFD_NONBLOCK, SFD_CLOEXEC */

struct signal_file {
	_Atomic signal_set wanted;
};

static signal_set wanted_by(const struct file *file)
{
	return atomic_load(&((const struct signal_file *)file->data)->wanted);
}

/* Faults never come here: blocked, they end the program. */
static void tell(const struct signal_info *i, struct told_signal *t)
{
	*t = (struct told_signal){ .signo = (uint32_t)i->signo, .error = i->error, .code = i->code };
	t->pid = (uint32_t)i->pid;
	t->uid = i->uid;
	t->number = t->status = (int32_t)i->value;
	t->pointer = i->value;
	t->user_ticks = i->user_ticks;
	t->system_ticks = i->system_ticks;
}

/* The first, for which may be waited, and those that are there already. */
static long signal_read(struct file *file, struct io *io, uint64_t offset)
{
	struct process *p = process_current();
	struct signal_info info;
	struct told_signal told;
	long done = 0;
	int err = 0;

	(void)offset;
	if (io->left < sizeof(told))
		return -TENON_EINVAL;
	while (io->left >= sizeof(told) && !err) {
		bool taken = signal_take(wanted_by(file), &info);

		if (!taken && !done && !file_nonblocking(file))
			err = wait_event(&p->signal_queue, (taken = taken || signal_take(wanted_by(file), &info)),
					 DEADLINE_NONE, WAIT_SIGNAL);
		if (!taken)
			return done ? done : err ? err : -TENON_EAGAIN;
		tell(&info, &told);
		err = io_put(io, &told, sizeof(told));
		if (!err)
			done += (long)sizeof(told);
	}
	return done ? done : err;
}

static unsigned signal_poll(struct file *file, struct poll_wait *wait)
{
	struct task *t = task_current();
	signal_set waiting;

	poll_add(wait, &t->process->signal_queue);
	spin_lock(&process_lock);
	waiting = t->pending.set | t->process->pending.set;
	spin_unlock(&process_lock);
	return waiting & wanted_by(file) ? POLL_IN | POLL_READ_NORMAL : 0;
}

static void signal_release(struct file *file)
{
	heap_free(file->data);
}

static const struct file_ops signal_ops = { .read = signal_read, .poll = signal_poll, .release = signal_release };

/* ---- making one -------------------------------------------------------------------------------------------------- */

static const struct filesystem_type type = { .name = "anon_inodefs",
					     .nameless = "signalfd",
					     .free = filesystem_never_free };
static struct filesystem nameless = { .type = &type };

static int make(signal_set wanted, unsigned flags, struct file **file)
{
	struct node *node = node_make_nameless(&nameless, NODE_FILE | 0600);
	struct signal_file *s = heap_alloc_zeroed(sizeof(*s));
	int err = -TENON_ENOMEM;

	if (node && s)
		err = file_make(node, NULL, OPEN_READ_WRITE | flags, file);
	node_put(node);
	if (err) {
		heap_free(s);
		return err;
	}
	atomic_init(&s->wanted, wanted);
	(*file)->data = s;
	(*file)->ops = &signal_ops;
	return 0;
}

static int64_t change(uint64_t fd, signal_set wanted)
{
	struct file *file = file_of(fd);
	int64_t ret = (int32_t)fd;

	if (!file)
		return -TENON_EBADF;
	if (file->ops == &signal_ops)
		atomic_store(&((struct signal_file *)file->data)->wanted, wanted);
	else
		ret = -TENON_EINVAL;
	file_put(file);
	return ret;
}

int64_t sys_signalfd4(const uint64_t arg[6])
{
	uint32_t flags = (uint32_t)arg[3];
	struct file *file;
	signal_set wanted;
	int64_t fd;

	if (arg[2] != sizeof(wanted) || flags & ~(uint32_t)FLAGS)
		return -TENON_EINVAL;
	if (user_copy_in(&wanted, arg[1], sizeof(wanted)))
		return -TENON_EFAULT;
	wanted &= ~SIGNALS_UNBLOCKABLE;
	if ((int32_t)arg[0] != -1)
		return change(arg[0], wanted);
	fd = make(wanted, flags & OPEN_NONBLOCK, &file);
	if (fd)
		return fd;
	fd = fdtable_add(process_files(process_current()), file, 0, flags & OPEN_CLOSE_ON_EXEC);
	file_put(file);
	return fd;
}

int64_t sys_signalfd(const uint64_t arg[6])
{
	return sys_signalfd4((const uint64_t[6]){ arg[0], arg[1], arg[2] });
}
