// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/process/terminal_ioctl.h"

#include "kernel/mm/user.h"
#include "kernel/process/discipline.h"
#include "kernel/process/process.h"
#include "kernel/process/terminal.h"
#include "kernel/vfs/file.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

enum { MODES_BYTES = 36 }; /* Linux's structure has no padding at its end */
_Static_assert(sizeof(struct terminal_modes) == MODES_BYTES, "struct termios of the kernel");

static long get_modes(struct terminal *t, uint64_t to)
{
	struct terminal_modes modes;

	spin_lock(&t->lock);
	modes = t->modes;
	spin_unlock(&t->lock);
	return user_copy_out(to, &modes, MODES_BYTES);
}

static long set_modes(struct terminal *t, uint64_t from, bool flush)
{
	struct terminal_modes modes;
	int err = terminal_check_change(t);

	if (!err)
		err = user_copy_in(&modes, from, MODES_BYTES);
	if (err)
		return err;
	spin_lock(&t->lock);
	modes.line = t->modes.line;
	t->modes = modes;
	if (flush)
		line_flush(t);
	line_modes_changed(t);
	spin_unlock(&t->lock);
	return 0;
}

static long get_size(struct terminal *t, uint64_t to)
{
	struct terminal_size size;

	spin_lock(&t->lock);
	size = t->size;
	spin_unlock(&t->lock);
	return user_copy_out(to, &size, sizeof(size));
}

static long set_size(struct terminal *t, uint64_t from)
{
	struct terminal_size size;
	bool changed;
	int group;
	int err = user_copy_in(&size, from, sizeof(size));

	if (err)
		return err;
	spin_lock(&t->lock);
	changed = memcmp(&t->size, &size, sizeof(size));
	t->size = size;
	group = t->group;
	spin_unlock(&t->lock);
	if (changed && group)
		process_group_signal(group, SIGNAL_WINCH);
	return 0;
}

static bool is_own(struct terminal *t)
{
	struct process *p = process_current();

	return p && process_terminal(p) == t;
}

static long get_group(struct terminal *t, uint64_t to, bool session)
{
	int32_t id;

	if (!is_own(t))
		return -TENON_ENOTTY;
	spin_lock(&t->lock);
	id = session ? t->session : t->group;
	spin_unlock(&t->lock);
	return user_copy_out(to, &id, sizeof(id));
}

static long set_group(struct terminal *t, uint64_t from)
{
	int32_t group;
	int err, session;

	if (!is_own(t))
		return -TENON_ENOTTY;
	err = user_copy_in(&group, from, sizeof(group));
	if (!err)
		err = terminal_check_change(t);
	if (err)
		return err;
	session = process_group_session(group);
	if (session < 0)
		return group < 0 ? -TENON_EINVAL : session;
	if (session != process_session_id(process_current()))
		return -TENON_EPERM;
	spin_lock(&t->lock);
	t->group = group;
	spin_unlock(&t->lock);
	return 0;
}

int terminal_make_controlling(struct terminal *t, bool steal)
{
	struct process *p = process_current();
	int session = process_session_id(p);
	int err;

	if (process_terminal(p) == t)
		return 0;
	spin_lock(&t->lock);
	err = t->session && t->session != session && !steal ? -TENON_EPERM : 0;
	spin_unlock(&t->lock);
	if (err)
		return err;
	if (steal)
		session_lose_terminal(t);
	err = session_set_terminal(t);
	if (err)
		return err;
	spin_lock(&t->lock);
	t->session = session;
	t->group = process_group_id(p);
	spin_unlock(&t->lock);
	return 0;
}

static long give_up(struct terminal *t)
{
	if (!is_own(t))
		return -TENON_ENOTTY;
	if (!process_is_session_leader(process_current()))
		return -TENON_EPERM;
	session_set_terminal(NULL);
	terminal_leave(t, process_session_id(process_current()));
	return 0;
}

static long flush(struct terminal *t, uint64_t which)
{
	enum { INPUT, OUTPUT, BOTH };
	int err = terminal_check_change(t);

	if (err)
		return err;
	if (which > BOTH)
		return -TENON_EINVAL;
	if (which != OUTPUT) {
		spin_lock(&t->lock);
		line_flush(t);
		spin_unlock(&t->lock);
	}
	return 0;
}

/* TCOOFF and TCOON stop and continue output as ^S and ^Q do; the other two ask the other side to. */
static long flow(struct terminal *t, uint64_t which)
{
	enum { OUTPUT_OFF, OUTPUT_ON, INPUT_OFF, INPUT_ON };
	char c = (char)t->modes.cc[which == INPUT_OFF ? CC_STOP : CC_START];

	if (which > INPUT_ON)
		return -TENON_EINVAL;
	spin_lock(&t->lock);
	if (which == OUTPUT_OFF || which == OUTPUT_ON)
		t->stopped = which == OUTPUT_OFF;
	else if (c)
		t->output(t, &c, 1);
	spin_unlock(&t->lock);
	wait_wake_all(&t->writers);
	return 0;
}

static long put_number(uint64_t to, unsigned number)
{
	int32_t value = (int32_t)number;

	return user_copy_out(to, &value, sizeof(value));
}

static long put_readable(struct terminal *t, uint64_t to)
{
	long cnt;

	if (discipline_attached(t)) {
		cnt = discipline_read(t, NULL);
	} else {
		spin_lock(&t->lock);
		cnt = line_readable(t);
		spin_unlock(&t->lock);
	}
	return cnt < 0 ? cnt : put_number(to, (unsigned)cnt);
}

static long set_discipline(struct file *file, uint64_t from)
{
	struct terminal *t = file->data;
	int32_t number;
	int err = terminal_check_change(t);

	if (!err)
		err = user_copy_in(&number, from, sizeof(number));
	return err ? err : discipline_set(t, file, (unsigned)number);
}

long terminal_ioctl(struct file *file, unsigned command, uint64_t argument)
{
	struct terminal *t = file->data;

	switch (command) {
	case TERMINAL_GET_MODES:
		return get_modes(t, argument);
	case TERMINAL_SET_MODES:
	case TERMINAL_SET_MODES + 1: /* output is out when write returns */
	case TERMINAL_SET_MODES + 2:
		return set_modes(t, argument, command == TERMINAL_SET_MODES + 2);
	case TERMINAL_DRAIN:
		return 0;
	case TERMINAL_FLOW:
		return flow(t, argument);
	case TERMINAL_FLUSH:
		return flush(t, argument);
	case TERMINAL_MAKE_CONTROLLING:
		return terminal_make_controlling(t, argument == 1 && process_credentials()->euid == 0);
	case TERMINAL_GIVE_UP:
		return give_up(t);
	case TERMINAL_GET_GROUP:
	case TERMINAL_GET_SESSION:
		return get_group(t, argument, command == TERMINAL_GET_SESSION);
	case TERMINAL_SET_GROUP:
		return set_group(t, argument);
	case TERMINAL_SET_DISCIPLINE:
		return set_discipline(file, argument);
	case TERMINAL_GET_DISCIPLINE:
		return put_number(argument, t->modes.line);
	case TERMINAL_OUT_QUEUE:
		return put_number(argument, 0);
	case TERMINAL_GET_SIZE:
		return get_size(t, argument);
	case TERMINAL_SET_SIZE:
		return set_size(t, argument);
	case TERMINAL_FIONREAD:
		return put_readable(t, argument);
	default:
		return -TENON_ENOTTY;
	}
}
