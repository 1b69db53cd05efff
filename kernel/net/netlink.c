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

void netlink_set_room(struct file *file, int64_t bytes)
{
	struct netlink *s = file->data;
	size_t room = bytes < ROOM_LEAST ? ROOM_LEAST : bytes > ROOM_MOST ? ROOM_MOST : (size_t)bytes;

	mutex_lock(&lock);
	s->room_bytes = room > s->waiting_bytes ? room : s->waiting_bytes;
	mutex_unlock(&lock);
}

/* ---- as programs call it ----------------------------------------------------------------------------------------- */

#define FAMILY 16

struct netlink_address { /* struct sockaddr_nl */
	uint16_t family, pad;
	uint32_t port, groups;
};

static void put_address(struct tenon_socket_message *m, uint32_t port, uint32_t groups)
{
	const struct netlink_address address = { .family = FAMILY, .port = port, .groups = groups };

	memcpy(m->name, &address, sizeof(address));
	m->name_len = sizeof(address);
}

static int bind(struct file *file, const struct tenon_socket_message *name)
{
	struct netlink_address address;

	memcpy(&address, name->name, sizeof(address));
	if (name->name_len < sizeof(address) || address.family != FAMILY)
		return -TENON_EINVAL;
	return netlink_bind(file, address.port, address.groups);
}

static int set_option(struct file *file, uint64_t level, uint64_t option, const void *value, size_t len)
{
	enum { LEVEL_SOCKET = 1, RECEIVE_ROOM = 8, RECEIVE_ROOM_FORCE = 33 };
	int32_t number;

	if (level != LEVEL_SOCKET || (option != RECEIVE_ROOM && option != RECEIVE_ROOM_FORCE))
		return -TENON_ENOPROTOOPT;
	if (len < sizeof(number))
		return -TENON_EINVAL;
	memcpy(&number, value, sizeof(number));
	netlink_set_room(file, 2 * (int64_t)number); /* doubled for what it costs, socket(7) */
	return 0;
}

static int64_t receive(struct file *file, struct tenon_socket_message *m, void *data, size_t room)
{
	struct io_segment segment;
	struct io io;
	long len;

	io_kernel(&io, &segment, data, room);
	len = netlink_receive(file, &io, RECEIVE_NONBLOCK | (m->flags & TENON_SOCKET_PEEK ? RECEIVE_PEEK : 0));
	if (len < 0)
		return len;
	put_address(m, 0, NETLINK_UEVENT_GROUP);
	m->len = (uint32_t)len;
	m->flags = (size_t)len > room ? TENON_SOCKET_TRUNCATED : 0;
	return (size_t)len > room ? (int64_t)room : len;
}

int64_t netlink_call(struct file *file, enum socket_op op, const uint64_t a[4])
{
	struct netlink *s = file->data;

	switch (op) {
	case SOCKET_BIND:
		return bind(file, (const void *)a[0]);
	case SOCKET_NAME:
		put_address((void *)a[1], a[0] ? 0 : s->port, a[0] ? 0 : s->groups);
		return 0;
	case SOCKET_SET_OPTION:
		return set_option(file, a[0], a[1], (const void *)a[2], a[3]);
	case SOCKET_RECEIVE:
		return receive(file, (void *)a[0], (void *)a[1], a[2]);
	default:
		return -TENON_EOPNOTSUPP;
	}
}

struct wait_queue *netlink_queue(struct file *file)
{
	return &((struct netlink *)file->data)->queue;
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
