// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A message is one object that the queues of all listeners share. `lock` protects the list of sockets, their queues and
 * the messages' references; nothing is copied to programs with it held.
 */
#include "kernel/net/netlink.h"

#include <stdbool.h>

#include "kernel/mm/heap.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/poll.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

#define ROOM_USUAL 212992 /* Linux's net.core.rmem_default */
#define ROOM_LEAST 2048
#define ROOM_MOST (1 << 20)

struct message {
	unsigned refs;
	size_t len;
	char bytes[];
};

struct queued {
	struct queued *next;
	struct message *message;
};

struct netlink {
	struct netlink *next;
	uint32_t port, groups;
	struct queued *first, **end;
	size_t waiting_bytes, room_bytes;
	bool lost;
	struct wait_queue queue;
};

static struct mutex lock = MUTEX_INIT(LOCK_FILE);
static struct netlink *sockets;
static const struct file_ops netlink_ops;

/* ---- messages ---------------------------------------------------------------------------------------------------- */

static void message_put(struct message *m)
{
	bool last;

	mutex_lock(&lock);
	last = --m->refs == 0;
	mutex_unlock(&lock);
	if (last)
		heap_free(m);
}

/* lock is held. What it costs is its own bytes, as if it were not shared. */
static void enqueue(struct netlink *s, struct message *m)
{
	size_t cost = sizeof(struct queued) + sizeof(*m) + m->len;
	struct queued *q = s->room_bytes - s->waiting_bytes < cost ? NULL : heap_alloc(sizeof(*q));

	if (!q) {
		s->lost = true;
		return;
	}
	*q = (struct queued){ .message = m };
	m->refs++;
	s->waiting_bytes += cost;
	*s->end = q;
	s->end = &q->next;
}

bool netlink_heard(void)
{
	return __atomic_load_n(&sockets, __ATOMIC_RELAXED);
}

void netlink_broadcast(const void *bytes, size_t len)
{
	struct message *m = heap_alloc(sizeof(*m) + len);

	if (m) {
		m->refs = 1;
		m->len = len;
		memcpy(m->bytes, bytes, len);
	}
	mutex_lock(&lock);
	for (struct netlink *s = sockets; s; s = s->next) {
		if (!(s->groups & NETLINK_UEVENT_GROUP))
			continue;
		if (m)
			enqueue(s, m);
		else
			s->lost = true;
		wait_wake_all(&s->queue);
	}
	mutex_unlock(&lock);
	if (m)
		message_put(m);
}

/* The first in the queue, with a reference, taken out unless that is only to be looked at. lock is held. */
static struct message *take(struct netlink *s, bool peek)
{
	struct queued *q = s->first;
	struct message *m;

	if (!q)
		return NULL;
	m = q->message;
	if (peek) {
		m->refs++;
		return m;
	}
	s->first = q->next;
	if (!s->first)
		s->end = &s->first;
	s->waiting_bytes -= sizeof(*q) + sizeof(*m) + m->len;
	heap_free(q); /* its reference is the caller's now */
	return m;
}

/* ---- sockets ----------------------------------------------------------------------------------------------------- */

static bool ready(struct netlink *s)
{
	bool is;

	mutex_lock(&lock);
	is = s->first || s->lost;
	mutex_unlock(&lock);
	return is;
}

long netlink_receive(struct file *file, struct io *io, unsigned how)
{
	struct netlink *s = file->data;
	struct message *m = NULL;
	bool lost = false;
	long err = 0;

	do {
		if (!ready(s) && (file_nonblocking(file) || how & RECEIVE_NONBLOCK))
			return -TENON_EAGAIN;
		err = wait_event(&s->queue, ready(s), DEADLINE_NONE, WAIT_SIGNAL);
		if (err)
			return err;
		mutex_lock(&lock);
		lost = s->lost;
		s->lost = false;
		if (!lost)
			m = take(s, how & RECEIVE_PEEK);
		mutex_unlock(&lock);
	} while (!m && !lost); /* another reader was quicker */
	if (lost)
		return -TENON_ENOBUFS;
	err = io_put(io, m->bytes, m->len < io->left ? m->len : io->left);
	if (!err)
		err = (long)m->len;
	message_put(m);
	return err;
}

static long read(struct file *file, struct io *io, uint64_t offset)
{
	size_t room = io->left;
	long len = netlink_receive(file, io, 0);

	(void)offset;
	return len > (long)room ? (long)room : len;
}

static unsigned poll(struct file *file, struct poll_wait *wait)
{
	struct netlink *s = file->data;

	poll_add(wait, &s->queue);
	return POLL_OUT | POLL_WRITE_NORMAL | (ready(s) ? POLL_IN | POLL_READ_NORMAL : 0);
}

static void release(struct file *file)
{
	struct netlink *s = file->data, **at = &sockets;
	struct message *m;

	mutex_lock(&lock);
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	while ((m = take(s, false)) != NULL) {
		m->refs--;
		if (!m->refs)
			heap_free(m);
	}
	mutex_unlock(&lock);
	heap_free(s);
}

static const struct file_ops netlink_ops = { .read = read, .poll = poll, .release = release };

int netlink_is(const struct file *file)
{
	return file->ops == &netlink_ops;
}

int netlink_bind(struct file *file, uint32_t port, uint32_t groups)
{
	static uint32_t chosen = UINT32_MAX; /* beyond all process numbers, which programs choose */
	struct netlink *s = file->data;
	int err = 0;

	mutex_lock(&lock);
	if (s->port && port && port != s->port)
		err = -TENON_EINVAL;
	else if (!s->port)
		s->port = port ? port : chosen--;
	if (!err)
		s->groups = groups;
	mutex_unlock(&lock);
	return err;
}

void netlink_name(const struct file *file, uint32_t *port, uint32_t *groups)
{
	const struct netlink *s = file->data;

	*port = s->port;
	*groups = s->groups;
}

void netlink_set_room(struct file *file, int64_t bytes)
{
	struct netlink *s = file->data;
	size_t room = bytes < ROOM_LEAST ? ROOM_LEAST : bytes > ROOM_MOST ? ROOM_MOST : (size_t)bytes;

	mutex_lock(&lock);
	s->room_bytes = room > s->waiting_bytes ? room : s->waiting_bytes;
	mutex_unlock(&lock);
}

/* ---- making one: a node without name ----------------------------------------------------------------------------- */

static const struct filesystem_type socket_type = { .name = "sockfs",
						    .nameless = "socket",
						    .free = filesystem_never_free };
static struct filesystem socket_fs = { .type = &socket_type };

int netlink_open(unsigned flags, struct file **file)
{
	struct node *node = node_make_nameless(&socket_fs, NODE_SOCKET | 0777);
	struct netlink *s = heap_alloc_zeroed(sizeof(*s));
	int err = -TENON_ENOMEM;

	if (!node || !s) {
		node_put(node);
		heap_free(s);
		return err;
	}
	err = file_make(node, NULL, OPEN_READ_WRITE | flags, file);
	node_put(node);
	if (err) {
		heap_free(s);
		return err;
	}
	s->end = &s->first;
	s->room_bytes = ROOM_USUAL;
	wait_queue_init(&s->queue);
	(*file)->data = s;
	(*file)->ops = &netlink_ops;
	mutex_lock(&lock);
	s->next = sockets;
	sockets = s;
	mutex_unlock(&lock);
	return 0;
}
