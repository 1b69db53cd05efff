// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A pipe is a ring of pages, there as long as something is in them. It belongs to a FIFO's node as long as that is
 * open: node->lock protects node->pipe and `users`, pipe->lock all else.
 */
#include "kernel/vfs/pipe.h"

#include "kernel/mm/heap.h"
#include "kernel/mm/page.h"
#include "kernel/mm/user.h"
#include "kernel/process/signal.h"
#include "kernel/process/terminal.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/poll.h"
#include "tenon/errno.h"

#define PAGE_CNT (PIPE_BYTES / PAGE_BYTES)

struct pipe {
	unsigned users; /* files; node->lock */
	struct mutex lock;
	struct wait_queue readers_wait, writers_wait;
	unsigned readers, writers;           /* that have it open now */
	unsigned reader_opens, writer_opens; /* ever: an end that was closed again at once has been open */
	uint64_t put, taken;                 /* bytes ever; put - taken are in it */
	struct page *page[PAGE_CNT];
};

static size_t filled(const struct pipe *p)
{
	return (size_t)(p->put - p->taken);
}

static struct page **page_at(struct pipe *p, uint64_t position)
{
	return &p->page[position / PAGE_BYTES % PAGE_CNT];
}

static size_t in_page(uint64_t position, size_t left)
{
	size_t room = PAGE_BYTES - position % PAGE_BYTES;

	return left < room ? left : room;
}

/* ---- reading ----------------------------------------------------------------------------------------------------- */

/* Has the page in front of p->taken been written again from its beginning already, by a writer that came round? */
static bool written_again(const struct pipe *p)
{
	return filled(p) > PIPE_BYTES - PAGE_BYTES;
}

static int take_part(struct pipe *p, struct io *io, size_t *done)
{
	size_t left = filled(p) < io->left ? filled(p) : io->left;
	size_t part = in_page(p->taken, left);
	struct page **page = page_at(p, p->taken);
	int err = io_put(io, (char *)page_address(*page) + p->taken % PAGE_BYTES, part);

	if (err)
		return err;
	p->taken += part;
	*done += part;
	if ((p->taken % PAGE_BYTES == 0 && !written_again(p)) || p->taken == p->put) {
		page_put(*page);
		*page = NULL;
	}
	if (p->taken == p->put) /* the next page begins at its beginning */
		p->put = p->taken = (p->put + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
	return 0;
}

static bool something_to_read(struct pipe *p)
{
	bool is;

	mutex_lock(&p->lock);
	is = filled(p) || !p->writers;
	mutex_unlock(&p->lock);
	return is;
}

static long pipe_read(struct file *file, struct io *io, uint64_t offset)
{
	struct pipe *p = file->data;
	size_t done = 0;
	bool at_end;
	int err = 0;

	(void)offset;
	while (io->left && !done && !err) {
		mutex_lock(&p->lock);
		while (!err && io->left && filled(p))
			err = take_part(p, io, &done);
		at_end = !filled(p) && !p->writers;
		mutex_unlock(&p->lock);
		if (done)
			wait_wake_all(&p->writers_wait);
		if (done || err || at_end)
			break;
		err = file_nonblocking(file) ?
			  -TENON_EAGAIN :
			  wait_event(&p->readers_wait, something_to_read(p), DEADLINE_NONE, WAIT_SIGNAL);
	}
	return done ? (long)done : err;
}

/* ---- writing ----------------------------------------------------------------------------------------------------- */

static int put_part(struct pipe *p, struct io *io, size_t *done)
{
	size_t room = PIPE_BYTES - filled(p);
	size_t part = in_page(p->put, io->left < room ? io->left : room);
	struct page **page = page_at(p, p->put);
	int err;

	if (!*page)
		*page = page_alloc(0);
	if (!*page)
		return -TENON_ENOMEM;
	err = io_take(io, (char *)page_address(*page) + p->put % PAGE_BYTES, part);
	if (err)
		return err;
	p->put += part;
	*done += part;
	return 0;
}

/* The pages for a write that must not be cut in two. */
static int reserve(struct pipe *p, size_t bytes)
{
	struct page **first = page_at(p, p->put), **last = page_at(p, p->put + bytes - 1);

	if (!*first)
		*first = page_alloc(0);
	if (!*last)
		*last = page_alloc(0);
	return *first && *last ? 0 : -TENON_ENOMEM;
}

/* Room that a write of @bytes waits for. */
static size_t needed(size_t bytes)
{
	return bytes <= PIPE_ATOMIC_BYTES ? bytes : 1;
}

static bool room_to_write(struct pipe *p, size_t bytes)
{
	bool is;

	mutex_lock(&p->lock);
	is = PIPE_BYTES - filled(p) >= needed(bytes) || !p->readers;
	mutex_unlock(&p->lock);
	return is;
}

/* As much as there is room for. */
static int put_some(struct pipe *p, struct io *io, bool atomic, size_t *done)
{
	int err = 0;

	mutex_lock(&p->lock);
	if (!p->readers)
		err = -TENON_EPIPE;
	else if (atomic && PIPE_BYTES - filled(p) < io->left)
		err = -TENON_EAGAIN;
	else if (atomic)
		err = reserve(p, io->left);
	while (!err && io->left && filled(p) < PIPE_BYTES)
		err = put_part(p, io, done);
	if (!err && io->left)
		err = -TENON_EAGAIN;
	mutex_unlock(&p->lock);
	return err;
}

static long pipe_write(struct file *file, struct io *io, uint64_t offset)
{
	struct pipe *p = file->data;
	bool atomic = io->left <= PIPE_ATOMIC_BYTES;
	size_t done = 0;
	int err = 0;

	(void)offset;
	while (io->left && !err) {
		size_t before = done;

		err = put_some(p, io, atomic, &done);
		if (done != before)
			wait_wake_all(&p->readers_wait);
		if (err == -TENON_EAGAIN && !file_nonblocking(file))
			err = wait_event(&p->writers_wait, room_to_write(p, io->left), DEADLINE_NONE, WAIT_SIGNAL);
	}
	if (err == -TENON_EPIPE)
		task_signal(SIGNAL_PIPE);
	return done ? (long)done : err;
}

/* ---- the rest ---------------------------------------------------------------------------------------------------- */

static unsigned pipe_poll(struct file *file, struct poll_wait *wait)
{
	struct pipe *p = file->data;
	unsigned events = 0;

	if (file->readable)
		poll_add(wait, &p->readers_wait);
	if (file->writable)
		poll_add(wait, &p->writers_wait);
	mutex_lock(&p->lock);
	if (file->readable && filled(p))
		events |= POLL_IN | POLL_READ_NORMAL;
	if (file->readable && !p->writers && p->writer_opens)
		events |= POLL_HANG_UP;
	if (file->writable && PIPE_BYTES - filled(p) >= PIPE_ATOMIC_BYTES)
		events |= POLL_OUT | POLL_WRITE_NORMAL;
	if (file->writable && !p->readers)
		events |= POLL_ERROR;
	mutex_unlock(&p->lock);
	return events;
}

static long pipe_ioctl(struct file *file, unsigned command, uint64_t argument)
{
	struct pipe *p = file->data;
	int32_t bytes;

	if (command != TERMINAL_FIONREAD)
		return -TENON_ENOTTY;
	mutex_lock(&p->lock);
	bytes = (int32_t)filled(p);
	mutex_unlock(&p->lock);
	return user_copy_out(argument, &bytes, sizeof(bytes));
}

static void pipe_free(struct pipe *p)
{
	unsigned i;

	for (i = 0; i < PAGE_CNT; i++)
		if (p->page[i])
			page_put(p->page[i]);
	heap_free(p);
}

static void pipe_release(struct file *file)
{
	struct pipe *p = file->data;
	bool last;

	mutex_lock(&p->lock);
	p->readers -= file->readable;
	p->writers -= file->writable;
	mutex_unlock(&p->lock);
	wait_wake_all(&p->readers_wait);
	wait_wake_all(&p->writers_wait);
	mutex_lock(&file->node->lock);
	last = !--p->users;
	if (last)
		file->node->pipe = NULL;
	mutex_unlock(&file->node->lock);
	if (last)
		pipe_free(p);
}

static const struct file_ops pipe_ops = {
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.release = pipe_release,
};

/* ---- opening ----------------------------------------------------------------------------------------------------- */

static struct pipe *pipe_alloc(void)
{
	struct pipe *p = heap_alloc_zeroed(sizeof(*p));

	if (!p)
		return NULL;
	mutex_init(&p->lock, LOCK_FILE);
	wait_queue_init(&p->readers_wait);
	wait_queue_init(&p->writers_wait);
	return p;
}

/*
 * The file becomes a user of the node's pipe, and an end of it. *@opens: how often the other end had been opened by
 * then, but for those that are open now: in one step, for it may do its work and close, or open, right afterwards.
 */
static int attach(struct node *node, struct file *file, unsigned *opens)
{
	struct pipe *p;

	mutex_lock(&node->lock);
	if (!node->pipe)
		node->pipe = pipe_alloc();
	p = node->pipe;
	if (p)
		p->users++;
	mutex_unlock(&node->lock);
	if (!p)
		return -TENON_ENOMEM;
	file->data = p;
	file->ops = &pipe_ops;
	mutex_lock(&p->lock);
	*opens = file->readable ? p->writer_opens - p->writers : p->reader_opens - p->readers;
	p->readers += file->readable;
	p->reader_opens += file->readable;
	p->writers += file->writable;
	p->writer_opens += file->writable;
	mutex_unlock(&p->lock);
	wait_wake_all(&p->readers_wait);
	wait_wake_all(&p->writers_wait);
	return 0;
}

/* Is there the other end, or was there one since attach() told @opens? */
static bool other_end(struct pipe *p, bool writer, unsigned opens)
{
	bool is;

	mutex_lock(&p->lock);
	is = (writer ? p->writer_opens : p->reader_opens) != opens;
	mutex_unlock(&p->lock);
	return is;
}

int fifo_open(struct node *node, struct file *file)
{
	struct pipe *p;
	unsigned opens;
	int err = attach(node, file, &opens);

	if (err || (file->readable && file->writable))
		return err;
	p = file->data;
	if (other_end(p, file->readable, opens))
		return 0;
	if (file_nonblocking(file))
		return file->readable ? 0 : -TENON_ENXIO;
	return wait_event(file->readable ? &p->readers_wait : &p->writers_wait, other_end(p, file->readable, opens),
			  DEADLINE_NONE, WAIT_SIGNAL);
}

static const struct filesystem_type pipe_type = { .name = "pipefs", .nameless = "pipe", .free = filesystem_never_free };
static struct filesystem pipes = { .type = &pipe_type };

int pipe_make(unsigned flags, struct file **read_end, struct file **write_end)
{
	struct node *node = node_make_nameless(&pipes, NODE_FIFO | 0600);
	unsigned opens; /* nobody waits */
	int err;

	if (!node)
		return -TENON_ENOMEM;
	err = file_make(node, NULL, OPEN_READ | flags, read_end);
	if (!err) {
		err = file_make(node, NULL, OPEN_WRITE | flags, write_end);
		if (!err) {
			err = attach(node, *read_end, &opens);
			if (!err)
				err = attach(node, *write_end, &opens);
			if (err)
				file_put(*write_end);
		}
		if (err)
			file_put(*read_end);
	}
	node_put(node);
	return err;
}
