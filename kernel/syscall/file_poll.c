// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* poll and select: one set of descriptors, waited for in one way; the calls differ in how it is written down. */
#include "kernel/mm/heap.h"
#include "kernel/process/process.h"
#include "kernel/process/types.h"
#include "kernel/sched/timer.h"
#include "kernel/syscall/copy.h"
#include "kernel/syscall/file_args.h"
#include "kernel/syscall/syscall.h"
#include "kernel/vfs/poll.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define NS_PER_MS 1000000ull

struct pollfd { /* Linux's */
	int32_t fd;
	uint16_t events, revents;
};

/* The files behind @fds; a reference each, NULL where there is none. */
struct polled {
	struct pollfd *fds;
	struct file **file;
	unsigned cnt;
};

/* Ask all. Return: how many have something to say. */
static unsigned ask(struct polled *p, struct poll_wait *wait)
{
	unsigned i, ready = 0, events;

	for (i = 0; i < p->cnt; i++) {
		struct pollfd *fd = &p->fds[i];

		if (fd->fd < 0)
			events = 0;
		else if (!p->file[i])
			events = POLL_INVALID;
		else
			events = file_poll(p->file[i], wait) & (fd->events | POLL_ERROR | POLL_HANG_UP);
		fd->revents = (uint16_t)events;
		ready += events != 0;
	}
	return ready;
}

/* Wait until one is ready. Return: how many are, 0 at @deadline, or -TENON_EINTR. */
static int64_t wait_for(struct polled *p, uint64_t deadline)
{
	struct poll_wait wait;
	unsigned ready;
	int err = poll_wait_init(&wait, p->cnt);

	if (err)
		return err;
	ready = ask(p, &wait);
	while (!ready && !err) {
		err = wait_sleep(&wait.wait, deadline, WAIT_SIGNAL);
		ready = ask(p, NULL);
	}
	poll_wait_end(&wait);
	if (ready)
		return ready;
	return err == -TENON_ETIMEDOUT ? 0 : err;
}

static int64_t poll_fds(struct pollfd *fds, unsigned cnt, uint64_t deadline)
{
	struct polled p = { .fds = fds, .cnt = cnt, .file = heap_alloc_array(cnt + 1, sizeof(struct file *)) };
	int64_t ready;
	unsigned i;

	if (!p.file)
		return -TENON_ENOMEM;
	for (i = 0; i < cnt; i++)
		p.file[i] = fds[i].fd < 0 ? NULL : file_of((uint64_t)fds[i].fd);
	ready = wait_for(&p, deadline);
	for (i = 0; i < cnt; i++)
		if (p.file[i])
			file_put(p.file[i]);
	heap_free(p.file);
	return ready;
}

/* What @in makes of a time; 0: without end. */
static int deadline_of(user_addr timeout, int (*in)(user_addr src, uint64_t *ns), uint64_t *deadline)
{
	uint64_t ns = UINT64_MAX;
	int err = timeout ? in(timeout, &ns) : 0;

	if (!err)
		*deadline = syscall_deadline(ns);
	return err;
}

/* Signals that are blocked until the call is over; 0: as they are. */
static int block_signals(user_addr set, uint64_t bytes)
{
	signal_set signals;

	if (!set)
		return 0;
	if (bytes != sizeof(signals))
		return -TENON_EINVAL;
	if (user_copy_in(&signals, set, sizeof(signals)))
		return -TENON_EFAULT;
	signal_block_for_wait(signals);
	return 0;
}

static int64_t do_poll(user_addr at, uint64_t cnt, uint64_t deadline)
{
	struct pollfd *fds;
	int64_t ready = 0;

	if (cnt > FDTABLE_MAX)
		return -TENON_EINVAL;
	fds = heap_alloc_array(cnt + 1, sizeof(*fds));
	if (!fds)
		return -TENON_ENOMEM;
	if (cnt && user_copy_in(fds, at, cnt * sizeof(*fds)))
		ready = -TENON_EFAULT;
	if (!ready)
		ready = poll_fds(fds, (unsigned)cnt, deadline);
	if (ready >= 0 && cnt && user_copy_out(at, fds, cnt * sizeof(*fds)))
		ready = -TENON_EFAULT;
	heap_free(fds);
	return ready;
}

int64_t sys_poll(const uint64_t arg[6])
{
	int timeout_ms = (int)arg[2];

	return do_poll(arg[0], (uint32_t)arg[1],
		       syscall_deadline(timeout_ms < 0 ? UINT64_MAX : (uint64_t)timeout_ms * NS_PER_MS));
}

int64_t sys_ppoll(const uint64_t arg[6])
{
	uint64_t deadline;
	int err = deadline_of(arg[2], time_in, &deadline);

	if (!err)
		err = block_signals(arg[3], arg[4]);
	return err ? err : do_poll(arg[0], (uint32_t)arg[1], deadline);
}

/* ---- select ------------------------------------------------------------------------------------------------------ */

#define SET_WORDS (FDTABLE_MAX / 64)

enum { READ_SET, WRITE_SET, EXCEPT_SET, SET_CNT };

static const struct {
	uint16_t ask, means; /* events */
} set_events[SET_CNT] = {
	{ POLL_IN | POLL_READ_NORMAL, POLL_IN | POLL_READ_NORMAL | POLL_HANG_UP | POLL_ERROR },
	{ POLL_OUT | POLL_WRITE_NORMAL, POLL_OUT | POLL_WRITE_NORMAL | POLL_ERROR },
	{ POLL_PRIORITY, POLL_PRIORITY },
};

struct sets {
	uint64_t word[SET_CNT][SET_WORDS];
	struct pollfd fds[FDTABLE_MAX];
};

static bool in_set(const struct sets *s, unsigned set, unsigned fd)
{
	return s->word[set][fd / 64] >> fd % 64 & 1;
}

/* From the sets to what poll takes. Return: how many descriptors. */
static unsigned from_sets(struct sets *s, unsigned fd_cnt)
{
	unsigned fd, set, cnt = 0;

	for (fd = 0; fd < fd_cnt; fd++) {
		uint16_t events = 0;

		for (set = 0; set < SET_CNT; set++)
			events |= in_set(s, set, fd) ? set_events[set].ask : 0;
		if (events)
			s->fds[cnt++] = (struct pollfd){ .fd = (int32_t)fd, .events = events };
	}
	return cnt;
}

/* And back: only what is ready stays in. Return: bits set, or -TENON_EBADF. */
static int64_t to_sets(struct sets *s, unsigned cnt)
{
	int64_t bits = 0;
	unsigned i, set;

	for (i = 0; i < cnt; i++) {
		unsigned fd = (unsigned)s->fds[i].fd;

		if (s->fds[i].revents & POLL_INVALID)
			return -TENON_EBADF;
		for (set = 0; set < SET_CNT; set++) {
			if (!in_set(s, set, fd))
				continue;
			if (s->fds[i].revents & set_events[set].means)
				bits++;
			else
				s->word[set][fd / 64] &= ~(1ull << fd % 64);
		}
	}
	return bits;
}

static int64_t select_in(struct sets *s, const uint64_t arg[6], unsigned fd_cnt, uint64_t deadline)
{
	size_t bytes = (fd_cnt + 63) / 64 * 8;
	unsigned set, cnt;
	int64_t result = 0;

	for (set = 0; set < SET_CNT; set++)
		if (arg[1 + set] && user_copy_in(s->word[set], arg[1 + set], bytes))
			return -TENON_EFAULT;
	cnt = from_sets(s, fd_cnt);
	result = poll_fds(s->fds, cnt, deadline);
	if (result >= 0)
		result = to_sets(s, cnt);
	for (set = 0; set < SET_CNT && result >= 0; set++)
		if (arg[1 + set] && user_copy_out(arg[1 + set], s->word[set], bytes))
			result = -TENON_EFAULT;
	return result;
}

static int64_t do_select(const uint64_t arg[6], uint64_t deadline)
{
	int fd_cnt = (int)arg[0];
	struct sets *s;
	int64_t result;

	if (fd_cnt < 0)
		return -TENON_EINVAL;
	s = heap_alloc_zeroed(sizeof(*s));
	if (!s)
		return -TENON_ENOMEM;
	result = select_in(s, arg, fd_cnt < FDTABLE_MAX ? (unsigned)fd_cnt : FDTABLE_MAX, deadline);
	heap_free(s);
	return result;
}

int64_t sys_select(const uint64_t arg[6])
{
	uint64_t deadline;
	int err = deadline_of(arg[4], timeval_in, &deadline);

	return err ? err : do_select(arg, deadline);
}

int64_t sys_pselect6(const uint64_t arg[6])
{
	uint64_t deadline, signals[2] = { 0, 0 }; /* address and size of the set */
	int err = deadline_of(arg[4], time_in, &deadline);

	if (!err && arg[5])
		err = user_copy_in(signals, arg[5], sizeof(signals));
	if (!err)
		err = block_signals(signals[0], signals[1]);
	return err ? err : do_select(arg, deadline);
}
