// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Netlink sockets (netlink(7)) of NETLINK_ROUTE. A request is answered while it is sent: answers wait in the socket, each a
 * datagram of one message. Nothing is announced, so there are no groups. The lock is tcpip_lock().
 */
#include "tcpip.h"

#define WAITING_MAX 1024u /* answers in a socket */

enum { /* Linux's */
       FAMILY_NETLINK = 16,
       NETLINK_ROUTE = 0,
       MESSAGE_ERROR = 2,
       MESSAGE_DONE = 3,
       MESSAGE_FIRST = 16, /* those below are netlink's own, and are not answered */
       FLAG_REQUEST = 1,
       FLAG_MULTI = 2,
       FLAG_ACK = 4,
       FLAG_DUMP = 0x300,
       REQUEST_BYTES_MAX = 32768,
};

struct answer {
	struct answer *next;
	struct netlink_message message;
};

struct netlink {
	tenon_handle handle;
	uint32_t port;
	bool privileged;
	struct answer *first, **end;
	unsigned int waiting_cnt;
};

struct netlink_address { /* struct sockaddr_nl */
	uint16_t family, pad;
	uint32_t port, groups;
};

static tenon_handle family;
static uint32_t last_port; /* atomic */

static int create(void *ctx, tenon_handle handle, struct tenon_socket_open *open)
{
	struct netlink *n;

	(void)ctx;
	if (open->type != TYPE_RAW && open->type != TYPE_DATAGRAM)
		return -TENON_ESOCKTNOSUPPORT;
	n = tenon_alloc(THIS_MODULE, sizeof(*n));
	if (!n)
		return -TENON_ENOMEM;
	*n = (struct netlink){ .handle = handle,
			       .port = __atomic_add_fetch(&last_port, 1, __ATOMIC_RELAXED),
			       .privileged = open->privileged,
			       .end = &n->first };
	open->socket = n;
	return 0;
}

static void remove_first(struct netlink *n)
{
	struct answer *a = n->first;

	n->first = a->next;
	if (!n->first)
		n->end = &n->first;
	n->waiting_cnt--;
	tenon_free(a);
}

static void release(void *ctx, void *socket)
{
	struct netlink *n = socket;

	(void)ctx;
	while (n->first)
		remove_first(n);
	tenon_free(n);
}

static int address_of(const struct tenon_socket_message *m, struct netlink_address *a)
{
	memcpy(a, m->name, sizeof(*a));
	return m->name_len < sizeof(*a) || a->family != FAMILY_NETLINK ? -TENON_EINVAL :
	       a->groups                                               ? -TENON_EOPNOTSUPP :
									 0;
}

/* Nobody else sends to a socket, so ports that programs choose need not differ. */
static int bind(void *ctx, void *socket, const struct tenon_socket_message *name)
{
	struct netlink *n = socket;
	struct netlink_address a;
	int err = address_of(name, &a);

	return err ? err : LOCKED(int, (n->port = a.port ? a.port : n->port, 0));
}

static void address_to(struct tenon_socket_message *m, uint32_t port)
{
	const struct netlink_address a = { .family = FAMILY_NETLINK, .port = port };

	memcpy(m->name, &a, sizeof(a));
	m->name_len = sizeof(a);
}

static int name(void *ctx, void *socket, int peer, struct tenon_socket_message *m)
{
	const struct netlink *n = socket;

	(void)ctx;
	address_to(m, peer ? 0 : n->port);
	return 0;
}

/* ---- messages ---------------------------------------------------------------------------------------------------- */

int netlink_answer(struct netlink *n, const struct netlink_message *m)
{
	struct answer *a = n->waiting_cnt < WAITING_MAX ? tenon_alloc(THIS_MODULE, sizeof(*a)) : NULL;

	if (!a)
		return -TENON_ENOBUFS;
	a->next = NULL;
	a->message = *m;
	*n->end = a;
	n->end = &a->next;
	n->waiting_cnt++;
	return 0;
}

/* The last answer to a request: how it went. */
static int conclude(struct netlink *n, const struct netlink_message *q, int err)
{
	bool dump = (q->header.flags & FLAG_DUMP) == FLAG_DUMP && !err;
	struct netlink_message m = { .header = q->header };
	int32_t error = err;

	if (!err && !dump && !(q->header.flags & FLAG_ACK))
		return 0;
	m.header.type = dump ? MESSAGE_DONE : MESSAGE_ERROR;
	m.header.flags = dump ? FLAG_MULTI : 0;
	m.header.port = n->port;
	m.header.len = sizeof(m.header) + sizeof(error);
	memcpy(m.rest, &error, sizeof(error));
	if (!dump) {
		memcpy(m.rest + sizeof(error), &q->header, sizeof(q->header));
		m.header.len += sizeof(q->header);
	}
	return netlink_answer(n, &m);
}

static int send_locked(struct netlink *n, const uint8_t *data, size_t len)
{
	size_t part;
	int err = 0;

	for (; !err && len >= sizeof(struct netlink_header); data += part, len -= part) {
		struct netlink_message q = { .header.len = 0 };

		memcpy(&q.header, data, sizeof(q.header));
		if (q.header.len < sizeof(q.header) || q.header.len > len)
			break;
		part = (q.header.len + 3ul) & ~3ul;
		part = part < len ? part : len;
		if (!(q.header.flags & FLAG_REQUEST))
			continue;
		memcpy(&q, data, q.header.len < sizeof(q) ? q.header.len : sizeof(q));
		q.header.port = n->port;
		if (q.header.type >= MESSAGE_FIRST)
			err = q.header.len > sizeof(q) ? -TENON_EINVAL : rtnetlink_request(n, &q, n->privileged);
		if (err != -TENON_ENOBUFS)
			err = conclude(n, &q, err);
	}
	tenon_socket_wake(n->handle);
	return err;
}

static long send(void *ctx, void *socket, const struct tenon_socket_message *message, const void *data, size_t len)
{
	struct netlink_address a = { .port = 0 };
	long err = message->name_len ? address_of(message, &a) : 0;

	if (!err && a.port)
		err = -TENON_ECONNREFUSED;
	if (!err && len > REQUEST_BYTES_MAX)
		err = -TENON_EMSGSIZE;
	if (!err)
		err = LOCKED(long, send_locked(socket, data, len));
	return err ? err : (long)len;
}

static long receive_locked(struct netlink *n, struct tenon_socket_message *m, void *data, size_t len)
{
	bool peek = m->flags & TENON_SOCKET_PEEK;

	if (!n->first)
		return -TENON_EAGAIN;
	m->len = n->first->message.header.len;
	m->flags = m->len > len ? TENON_SOCKET_TRUNCATED : 0;
	len = m->len < len ? m->len : len;
	memcpy(data, &n->first->message, len);
	address_to(m, 0);
	if (!peek)
		remove_first(n);
	return (long)len;
}

static long receive(void *ctx, void *socket, struct tenon_socket_message *m, void *data, size_t len)
{
	return LOCKED(long, receive_locked(socket, m, data, len));
}

static int poll_locked(const struct netlink *n)
{
	return TENON_SOCKET_CAN_WRITE | (n->first ? TENON_SOCKET_CAN_READ : 0);
}

static int poll(void *ctx, void *socket)
{
	return LOCKED(int, poll_locked(socket));
}

int netlink_register(void)
{
	static const struct tenon_family_ops ops = {
		.create = create,
		.release = release,
		.bind = bind,
		.send = send,
		.receive = receive,
		.name = name,
		.poll = poll,
	};

	family = tenon_family_register(THIS_MODULE, FAMILY_NETLINK, NETLINK_ROUTE, "", &ops, NULL);
	return tenon_handle_error(family);
}

void netlink_unregister(void)
{
	tenon_family_unregister(family);
}
