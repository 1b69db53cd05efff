// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Connections: how they begin and end, and what poll says of them. */
#include "unix.h"

#define BACKLOG_MAX 4096

static void remember_peer(struct sock *s, const struct sock *peer)
{
	s->peer_pid = peer->pid;
	s->peer_uid = peer->uid;
	s->peer_gid = peer->gid;
}

static void tie(struct sock *a, struct sock *b)
{
	a->peer = b;
	b->peer = a;
	a->was_connected = b->was_connected = true;
	remember_peer(a, b);
	remember_peer(b, a);
}

/* The other end of a connection to @listener. */
static int connect_stream(struct sock *s, struct sock *listener)
{
	const struct tenon_socket_open open = {
		.type = s->type, .pid = listener->pid, .uid = listener->uid, .gid = listener->gid
	};
	struct sock *other;

	if (s->was_connected)
		return -TENON_EISCONN;
	if (s->listens)
		return -TENON_EINVAL;
	if (!listener->listens || listener->no_reads)
		return -TENON_ECONNREFUSED;
	if (listener->pending_cnt > listener->backlog) {
		s->waits_for = listener;
		return -TENON_EAGAIN;
	}
	other = sock_new(&open);
	if (!other)
		return -TENON_ENOMEM;
	memcpy(other->name.name, listener->name.name, sizeof(other->name.name));
	other->name.name_len = listener->name.name_len; /* it is shown, but nobody is bound to it twice: no node */
	tie(s, other);
	*listener->pending_end = other;
	listener->pending_end = &other->pending_next;
	listener->pending_cnt++;
	sock_wake(listener);
	return 0;
}

static int connect_datagram(struct sock *s, struct sock *other)
{
	if (other->peer && other->peer != s)
		return -TENON_EPERM; /* it takes datagrams of another alone */
	s->peer = other;
	s->was_connected = true;
	remember_peer(s, other);
	return 0;
}

int sock_connect(struct sock *s, const struct tenon_socket_message *name)
{
	const uint16_t none = 0;
	struct sock *other;
	int err;

	s->waits_for = NULL;
	if (is_datagram(s) && name->name_len >= sizeof(none) && !memcmp(name->name, &none, sizeof(none))) {
		s->peer = NULL; /* AF_UNSPEC: connected no more */
		s->was_connected = false;
		return 0;
	}
	err = name_check(name);
	if (err)
		return err;
	other = name_find(name);
	if (!other)
		return -TENON_ECONNREFUSED;
	if (other->type != s->type)
		return -TENON_EPROTOTYPE;
	return is_datagram(s) ? connect_datagram(s, other) : connect_stream(s, other);
}

int sock_listen(struct sock *s, int backlog)
{
	if (is_datagram(s))
		return -TENON_EOPNOTSUPP;
	if (!s->name.name_len || s->was_connected)
		return -TENON_EINVAL;
	s->backlog = backlog < 0 || backlog > BACKLOG_MAX ? BACKLOG_MAX : (unsigned int)backlog;
	s->listens = true;
	sock_wake_waiting(s);
	return 0;
}

int sock_accept(struct sock *s, struct sock **out)
{
	if (is_datagram(s))
		return -TENON_EOPNOTSUPP;
	if (!s->listens || s->no_reads)
		return -TENON_EINVAL;
	*out = s->pending;
	if (!*out)
		return -TENON_EAGAIN;
	s->pending = (*out)->pending_next;
	if (!s->pending)
		s->pending_end = &s->pending;
	s->pending_cnt--;
	sock_wake_waiting(s);
	return 0;
}

int sock_pair(struct sock *s, struct sock *other)
{
	if (s->type != other->type || s->was_connected || other->was_connected || s == other)
		return -TENON_EINVAL;
	tie(s, other);
	return 0;
}

int sock_shutdown(struct sock *s, int how)
{
	struct sock *peer = is_datagram(s) ? NULL : s->peer;

	if (!s->was_connected && !s->listens && !s->peer)
		return -TENON_ENOTCONN;
	if (how != 1) {
		s->no_reads = true;
		if (peer)
			peer->no_writes = true;
	}
	if (how != 0) {
		s->no_writes = true;
		if (peer)
			peer->no_reads = true;
	}
	sock_wake(s);
	sock_wake_waiting(s);
	if (peer)
		sock_wake(peer);
	return 0;
}

/* A connection whose other end has gone. What was lost on the way is an error of the end that stays. */
static void lose_peer(struct sock *s, bool lost)
{
	s->peer = NULL;
	if (!is_datagram(s)) {
		s->no_reads = s->no_writes = true;
		if (lost)
			s->error = TENON_ECONNRESET;
	}
	sock_wake(s);
}

void sock_disconnect(struct sock *s)
{
	struct sock *next;

	if (s->peer && s->peer->peer == s)
		lose_peer(s->peer, s->first != NULL);
	s->peer = NULL;
	for (struct sock *other = is_datagram(s) ? all_socks : NULL; other; other = other->next)
		if (other->peer == s)
			lose_peer(other, false);
	for (struct sock *pending = s->pending; pending; pending = next) {
		next = pending->pending_next;
		if (pending->peer)
			pending->peer->error = TENON_ECONNRESET;
		sock_free(pending);
	}
	s->pending = NULL;
	s->listens = false;
	sock_wake_waiting(s);
}

int sock_poll(struct sock *s)
{
	struct sock *peer = s->peer;
	int ready = s->error ? TENON_SOCKET_HAS_ERROR : 0;

	if (s->first || s->pending || s->no_reads)
		ready |= TENON_SOCKET_CAN_READ;
	if (s->no_reads)
		ready |= TENON_SOCKET_READ_ENDED;
	if (s->no_reads && s->no_writes)
		ready |= TENON_SOCKET_HANG_UP;
	if (!is_datagram(s) && !s->was_connected)
		return s->listens ? ready : ready | TENON_SOCKET_CAN_WRITE | TENON_SOCKET_HANG_UP;
	if (!peer || s->no_writes || peer->waiting_bytes < ROOM_BYTES)
		return ready | TENON_SOCKET_CAN_WRITE;
	s->waits_for = peer;
	return ready;
}
