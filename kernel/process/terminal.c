// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A terminal as a file: reading with its waits, writing, job control. */
#include "kernel/process/terminal.h"

#include "kernel/init.h"
#include "kernel/mm/heap.h"
#include "kernel/process/discipline.h"
#include "kernel/process/process.h"
#include "kernel/process/terminal_ioctl.h"
#include "kernel/sched/timer.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/poll.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define CHUNK_BYTES 64 /* read or written at a time, with interrupts off */

void __init terminal_init(struct terminal *t, uint32_t device, void (*output)(struct terminal *, const char *, size_t))
{
	/* As `stty sane` leaves a terminal of 38400 baud. */
	static const struct terminal_modes sane = {
		.in = IN_CR_TO_NL | IN_STOP | IN_UTF8,
		.out = OUT_PROCESS | OUT_NL_TO_CRNL,
		.control = 0000017 | 0000060 | 0000200 | 0002000, /* B38400 CS8 CREAD HUPCL */
		.local = LOCAL_SIGNALS | LOCAL_LINES | LOCAL_ECHO | LOCAL_ECHO_ERASE | LOCAL_ECHO_KILL |
			 LOCAL_ECHO_CONTROL | LOCAL_ECHO_KILL_ERASE | LOCAL_EXTENDED,
		.cc = { [CC_INTR] = 3,
			[CC_QUIT] = 28,
			[CC_ERASE] = 127,
			[CC_KILL] = 21,
			[CC_EOF] = 4,
			[CC_MIN] = 1,
			[CC_START] = 17,
			[CC_STOP] = 19,
			[CC_SUSPEND] = 26,
			[CC_REPRINT] = 18,
			[CC_DISCARD] = 15,
			[CC_WORD_ERASE] = 23,
			[CC_LITERAL] = 22 },
	};

	memset(t, 0, sizeof(*t));
	spin_init(&t->lock, LOCK_TERMINAL);
	mutex_init(&t->discipline_lock, LOCK_DISCIPLINE);
	wait_queue_init(&t->readers);
	wait_queue_init(&t->writers);
	t->device = device;
	t->output = output;
	t->modes = sane;
}

void terminal_input(struct terminal *t, const char *bytes, size_t len)
{
	int signo;

	spin_lock(&t->lock);
	while (len--) {
		signo = line_type(t, (uint8_t)*bytes++);
		if (signo && t->group)
			process_group_signal(t->group, signo);
	}
	spin_unlock(&t->lock);
}

/* ---- job control ------------------------------------------------------------------------------------------------- */

/* Is the process that runs in the background of its own terminal? */
static bool in_background(struct terminal *t)
{
	struct process *p = process_current();
	int group = terminal_foreground(t);

	return p && process_terminal(p) == t && group > 0 && group != process_group_id(p);
}

/*
 * Return: 0: go on; -TENON_EINTR: its group was stopped, and the call is made again afterwards; -TENON_EIO: it cannot
 * be stopped.
 */
static int stop_background(struct terminal *t, int signo)
{
	int group;

	if (!in_background(t))
		return 0;
	group = process_group_id(process_current());
	if (task_signal_ineffective(signo))
		return signo == SIGNAL_TTIN ? -TENON_EIO : 0;
	if (process_group_orphaned(group))
		return -TENON_EIO;
	process_group_signal(group, signo);
	return -TENON_EINTR;
}

int terminal_check_change(struct terminal *t)
{
	return stop_background(t, SIGNAL_TTOU);
}

uint32_t terminal_device(const struct terminal *t)
{
	return t->device;
}

int terminal_foreground(struct terminal *t)
{
	int group;

	spin_lock(&t->lock);
	group = t->session ? t->group : -1;
	spin_unlock(&t->lock);
	return group;
}

void terminal_leave(struct terminal *t, int session)
{
	int group = 0;

	spin_lock(&t->lock);
	if (t->session == session) {
		group = t->group;
		t->session = t->group = 0;
	}
	spin_unlock(&t->lock);
	if (group) {
		process_group_signal(group, SIGNAL_HUP);
		process_group_signal(group, SIGNAL_CONT);
	}
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* How a read waits: POSIX 11.1.7. Of modes at one moment. */
struct read_rule {
	bool lines;
	size_t least;     /* bytes to wait for */
	uint64_t time_ns; /* 0: no timer */
};

static struct read_rule rule_of(struct terminal *t, size_t wanted)
{
	struct read_rule rule;

	spin_lock(&t->lock);
	rule.lines = t->modes.local & LOCAL_LINES;
	rule.least = rule.lines ? 1 : t->modes.cc[CC_MIN];
	rule.time_ns = rule.lines ? 0 : t->modes.cc[CC_TIME] * (NS_PER_SECOND / 10);
	spin_unlock(&t->lock);
	if (rule.least > wanted)
		rule.least = wanted;
	return rule;
}

static bool enough(struct terminal *t, const struct read_rule *rule, size_t least)
{
	bool is;

	spin_lock(&t->lock);
	is = (bool)(t->modes.local & LOCAL_LINES) != rule->lines ||
	     (rule->lines ? line_ready(t) : line_readable(t) >= least);
	spin_unlock(&t->lock);
	return is;
}

static int wait_least(struct terminal *t, const struct read_rule *rule, size_t least, uint64_t deadline)
{
	return wait_event(&t->readers, enough(t, rule, least), deadline, WAIT_SIGNAL);
}

/* Return: 0: read now, even if there is nothing; or a negative errno. */
static int wait_input(struct terminal *t, const struct read_rule *rule)
{
	uint64_t deadline = DEADLINE_NONE;
	int err;

	if (rule->least && !rule->time_ns)
		return wait_least(t, rule, rule->least, DEADLINE_NONE);
	if (!rule->time_ns)
		return 0;
	if (!rule->least)
		deadline = clock_ns() + rule->time_ns;
	err = wait_least(t, rule, 1, deadline);
	if (!err && rule->least > 1) /* from the first byte on; each further one would start the time again */
		err = wait_least(t, rule, rule->least, clock_ns() + rule->time_ns);
	return err == -TENON_ETIMEDOUT ? 0 : err;
}

/* What is there now, up to the end of a line. Return: bytes or negative errno. */
static long take_ready(struct terminal *t, struct io *io)
{
	char chunk[CHUNK_BYTES];
	bool end = false;
	size_t cnt, done = 0;
	int err = 0;

	do {
		size_t want = io->left < sizeof(chunk) ? io->left : sizeof(chunk);

		spin_lock(&t->lock);
		cnt = line_read(t, chunk, want, &end);
		spin_unlock(&t->lock);
		err = io_put(io, chunk, cnt);
		done += err ? 0 : cnt;
	} while (!err && cnt && !end && io->left);
	return done ? (long)done : err;
}

static long read_discipline(struct file *file, struct terminal *t, struct io *io)
{
	long got;
	int err = wait_event(&t->readers, (got = discipline_read(t, io)) || file_nonblocking(file), DEADLINE_NONE,
			     WAIT_SIGNAL);

	return err ? err : got ? got : -TENON_EAGAIN;
}

static long terminal_read(struct file *file, struct io *io, uint64_t offset)
{
	struct terminal *t = file->data;
	struct read_rule rule;
	int err;

	(void)offset;
	if (!io->left)
		return 0;
	for (;;) {
		err = stop_background(t, SIGNAL_TTIN);
		if (err)
			return err;
		if (discipline_attached(t))
			return read_discipline(file, t, io);
		rule = rule_of(t, io->left);
		if (file_nonblocking(file) && !enough(t, &rule, 1))
			return -TENON_EAGAIN;
		if (!file_nonblocking(file))
			err = wait_input(t, &rule);
		if (err)
			return err;
		/* Modes or the discipline may have changed, or another reader come first: then it begins again. */
		if (!discipline_attached(t) && (!rule.lines || enough(t, &rule, 1)))
			return take_ready(t, io);
	}
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static bool may_write(struct terminal *t)
{
	bool is;

	spin_lock(&t->lock);
	is = !t->stopped;
	spin_unlock(&t->lock);
	return is;
}

static long write_line(struct file *file, struct terminal *t, struct io *io)
{
	char chunk[CHUNK_BYTES];
	size_t done = 0;
	int err = 0;

	while (!err && io->left) {
		size_t part = io->left < sizeof(chunk) ? io->left : sizeof(chunk);

		err = io_take(io, chunk, part);
		if (err)
			break;
		if (!may_write(t))
			err = file_nonblocking(file) ?
				  -TENON_EAGAIN :
				  wait_event(&t->writers, may_write(t), DEADLINE_NONE, WAIT_SIGNAL);
		if (err)
			break;
		spin_lock(&t->lock);
		line_write(t, chunk, part);
		spin_unlock(&t->lock);
		done += part;
	}
	return done ? (long)done : err;
}

/* Once some of it is out all counts as written: what a discipline made of it cannot be made again from the middle. */
static long write_discipline(struct file *file, struct terminal *t, struct io *io)
{
	size_t before = io->left;
	struct io_segment segment;
	struct io line;
	void *out;
	long got;

	if (file_nonblocking(file) && !may_write(t))
		return -TENON_EAGAIN;
	out = heap_alloc(TENON_LDISC_BYTES);
	got = out ? discipline_send(t, io, out) : -TENON_ENOMEM;
	if (got > 0) {
		io_kernel(&line, &segment, out, (size_t)got);
		got = write_line(file, t, &line);
	}
	heap_free(out);
	return got < 0 ? got : (long)(before - io->left);
}

static long terminal_write(struct file *file, struct io *io, uint64_t offset)
{
	struct terminal *t = file->data;
	int err = t->modes.local & LOCAL_STOP_OUTPUT ? stop_background(t, SIGNAL_TTOU) : 0;

	(void)offset;
	if (err || !io->left)
		return err;
	return discipline_attached(t) ? write_discipline(file, t, io) : write_line(file, t, io);
}

static unsigned terminal_poll(struct file *file, struct poll_wait *wait)
{
	struct terminal *t = file->data;
	bool attached = discipline_attached(t), readable;
	unsigned events = 0;

	poll_add(wait, &t->readers);
	poll_add(wait, &t->writers);
	readable = attached && discipline_read(t, NULL);
	spin_lock(&t->lock);
	if (attached ? readable : line_ready(t))
		events |= POLL_IN | POLL_READ_NORMAL;
	if (!t->stopped)
		events |= POLL_OUT | POLL_WRITE_NORMAL;
	spin_unlock(&t->lock);
	return events;
}

static void terminal_release(struct file *file)
{
	discipline_leave(file->data, file);
}

const struct file_ops terminal_ops = {
	.read = terminal_read,
	.write = terminal_write,
	.ioctl = terminal_ioctl,
	.poll = terminal_poll,
	.release = terminal_release,
};
