// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * What sockets send to each other. A stream's message may be taken in parts; descriptors come with the first byte of the
 * message that they were sent with, and a read that has some ends with that message.
 */
#include "unix.h"

static size_t cost_of(const struct message *m)
{
	return sizeof(*m) + m->len;
}

/* Whom a message goes to. */
static int find_target(struct sock *s, const struct tenon_socket_message *m, struct sock **out)
{
	int err;

	if (!is_datagram(s)) {
		if (m->name_len)
			return s->was_connected ? -TENON_EISCONN : -TENON_EOPNOTSUPP;
		*out = s->peer;
		return s->no_writes || (s->was_connected && !*out) ? -TENON_EPIPE : *out ? 0 : -TENON_ENOTCONN;
	}
	if (s->no_writes)
		return -TENON_EPIPE;
	if (!m->name_len) {
		*out = s->peer;
		return *out ? 0 : s->was_connected ? -TENON_ECONNREFUSED : -TENON_ENOTCONN;
	}
	err = name_check(m);
	if (err)
		return err;
	*out = name_find(m);
	if (!*out)
		return -TENON_ECONNREFUSED;
	if ((*out)->type != s->type)
		return -TENON_EPROTOTYPE;
	return (*out)->peer && (*out)->peer != s ? -TENON_EPERM : 0;
}

static void append(struct sock *to, struct message *m)
{
	*to->end = m;
	to->end = &m->next;
	to->waiting_bytes += cost_of(m);
	sock_wake(to);
}

long sock_send(struct sock *s, const struct tenon_socket_message *m, const void *data, size_t len)
{
	bool stream = s->type == TYPE_STREAM;
	struct message *message;
	struct sock *to;
	size_t room;
	int err = s->error;

	s->error = 0;
	s->waits_for = NULL;
	if (err)
		return -err;
	err = find_target(s, m, &to);
	if (err)
		return err;
	if (to->no_reads)
		return -TENON_EPIPE;
	if (stream && !len)
		return 0;
	room = to->waiting_bytes < ROOM_BYTES ? ROOM_BYTES - to->waiting_bytes : 0;
	if (!stream && len > ROOM_BYTES - sizeof(*message))
		return -TENON_EMSGSIZE;
	if (!room) {
		s->waits_for = to;
		return -TENON_EAGAIN;
	}
	if (stream && len > room)
		len = room;
	message = tenon_alloc(THIS_MODULE, sizeof(*message) + len);
	if (!message)
		return -TENON_ENOMEM;
	*message = (struct message){ .rights = m->rights, .len = len };
	name_get(s, &message->from);
	memcpy(message->bytes, data, len);
	append(to, message);
	return (long)len;
}

/* The first message has been read. */
static void remove_first(struct sock *s)
{
	struct message *m = s->first;

	s->first = m->next;
	if (!s->first)
		s->end = &s->first;
	s->waiting_bytes -= cost_of(m);
	tenon_free(m);
	sock_wake_waiting(s);
}

void sock_drop_messages(struct sock *s)
{
	while (s->first) {
		if (s->first->rights)
			tenon_rights_drop((tenon_handle)s->first->rights);
		remove_first(s);
	}
}

static long receive_whole(struct sock *s, struct tenon_socket_message *m, void *data, size_t len, bool peek)
{
	struct message *first = s->first;
	size_t part = first->len < len ? first->len : len;

	memcpy(data, first->bytes, part);
	memcpy(m->name, first->from.name, sizeof(m->name));
	m->name_len = is_datagram(s) ? first->from.name_len : 0;
	m->len = (uint32_t)first->len;
	m->flags = first->len > len ? TENON_SOCKET_TRUNCATED : 0;
	m->rights = peek ? 0 : first->rights;
	if (!peek)
		remove_first(s);
	return (long)part;
}

static long receive_stream(struct sock *s, struct tenon_socket_message *m, uint8_t *data, size_t len, bool peek)
{
	struct message *at = s->first, *next;
	size_t done = 0;

	m->flags = 0;
	m->name_len = 0;
	m->rights = 0;
	for (; at && done < len; at = next) {
		size_t left = at->len - at->done, part = left < len - done ? left : len - done;

		next = at->next;
		memcpy(data + done, at->bytes + at->done, part);
		done += part;
		if (peek)
			continue;
		if (at->rights) {
			m->rights = at->rights;
			at->rights = 0;
			next = NULL;
		}
		at->done += part;
		if (part == left)
			remove_first(s);
	}
	return (long)done;
}

long sock_receive(struct sock *s, struct tenon_socket_message *m, void *data, size_t len)
{
	bool peek = m->flags & TENON_SOCKET_PEEK;
	int err = s->error;

	if (!is_datagram(s) && !s->was_connected)
		return s->listens ? -TENON_EINVAL : -TENON_ENOTCONN;
	if (s->first)
		return s->type == TYPE_STREAM ? receive_stream(s, m, data, len, peek) :
						receive_whole(s, m, data, len, peek);
	s->error = 0;
	if (err)
		return -err;
	m->flags = 0;
	m->name_len = 0;
	return s->no_reads ? 0 : -TENON_EAGAIN;
}
