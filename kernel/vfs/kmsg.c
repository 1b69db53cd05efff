// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * As the kernel's Documentation/ABI/testing/dev-kmsg describes it: each read gives one record
 * "level,sequence,microseconds,-; text"; what is written becomes a line, whose level may stand in front in angle
 * brackets. Where a reader is, is its file's position, in records.
 */
#include "kernel/vfs/kmsg.h"

#include "kernel/log.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/poll.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define HEAD_BYTES 64
#define NS_PER_US 1000

static bool there(struct file *file)
{
	return file->position < log_next_sequence();
}

static long kmsg_read(struct file *file, struct io *io, uint64_t offset)
{
	char record[HEAD_BYTES + LOG_LINE_BYTES + 1];
	struct log_entry e;
	size_t len;
	int err = 0;

	(void)offset;
	if (!there(file))
		err = file_nonblocking(file) ? -TENON_EAGAIN :
					       wait_event(log_queue(), there(file), DEADLINE_NONE, WAIT_SIGNAL);
	if (err)
		return err;
	mutex_lock(&file->position_lock);
	err = log_read(file->position, &e);
	if (!err) {
		len =
		    (size_t)tenon_snprintf(record, HEAD_BYTES, "%d,%llu,%llu,-;", e.level,
					   (unsigned long long)e.sequence, (unsigned long long)(e.time_ns / NS_PER_US));
		memcpy(record + len, e.text, e.len);
		len += e.len;
		record[len++] = '\n';
		err = len > io->left ? -TENON_EINVAL : io_put(io, record, len);
	}
	if (!err)
		file->position = e.sequence + 1;
	mutex_unlock(&file->position_lock);
	return err ? err : (long)len;
}

static long kmsg_write(struct file *file, struct io *io, uint64_t offset)
{
	char line[LOG_LINE_BYTES], *text = line;
	size_t len = io->left;
	int level = LOG_NOTICE, err;

	(void)file;
	(void)offset;
	if (len >= sizeof(line))
		return -TENON_EINVAL;
	err = io_take(io, line, len);
	if (err)
		return err;
	line[len - (len && line[len - 1] == '\n')] = '\0';
	if (line[0] == '<' && (unsigned)(line[1] - '0') < 8 && line[2] == '>') {
		level = line[1] - '0';
		text += 3;
	}
	log_line(level, "%s", text);
	return (long)len;
}

static unsigned kmsg_poll(struct file *file, struct poll_wait *wait)
{
	poll_add(wait, log_queue());
	return POLL_OUT | POLL_WRITE_NORMAL | (there(file) ? POLL_IN | POLL_READ_NORMAL : 0);
}

static const struct file_ops kmsg_ops = { .read = kmsg_read, .write = kmsg_write, .poll = kmsg_poll };

int kmsg_open(struct chrdev *dev, struct file *file, unsigned flags)
{
	(void)dev;
	(void)flags;
	file->ops = &kmsg_ops;
	return 0;
}
