// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Frames for programs, packet(7). One mutex protects all sockets. As long as there is one, a protocol takes all frames, and
 * each socket copies those that it asked for.
 */
#include "tenon/module.h"

#define LOCK_NS 10000000000ull
#define ROOM_BYTES 212992u
#define HEADER_BYTES 14u
#define ADDRESS_BYTES 6u

enum { /* Linux's */
       FAMILY_PACKET = 17,
       TYPE_DATAGRAM = 2, /* without Ethernet header */
       TYPE_RAW = 3,
       PROTOCOL_ALL = 3,
       LEVEL_SOCKET = 1,
       OPTION_ERROR = 4,
};

struct address { /* struct sockaddr_ll */
	uint16_t family, protocol_be;
	int32_t interface;
	uint16_t hardware;
	uint8_t kind, len;
	uint8_t bytes[8];
};

struct frame {
	struct frame *next;
	int interface;
	size_t len;
	uint8_t bytes[];
};

struct sock {
	struct sock *next;
	tenon_handle handle;
	uint32_t type, protocol; /* of Ethernet */
	int interface;           /* 0: all */
	struct frame *first, **end;
	size_t waiting_bytes;
};

static struct sock *socks;
static tenon_handle family, mutex, protocol;

static int lock(void)
{
	return tenon_mutex_lock(mutex, tenon_clock_ns() + LOCK_NS);
}

static void unlock(void)
{
	tenon_mutex_unlock(mutex);
}

static uint16_t swap(uint32_t value)
{
	return (uint16_t)(value << 8 | (value >> 8 & 0xff));
}

/* ---- frames that come -------------------------------------------------------------------------------------------- */

static bool wants(const struct sock *s, int interface, uint32_t type)
{
	return (!s->interface || s->interface == interface) && (s->protocol == PROTOCOL_ALL || s->protocol == type);
}

static void keep(struct sock *s, int interface, const void *bytes, size_t len)
{
	struct frame *f = s->waiting_bytes < ROOM_BYTES ? tenon_alloc(THIS_MODULE, sizeof(*f) + len) : NULL;

	if (!f)
		return; /* lost, as on any network */
	*f = (struct frame){ .interface = interface, .len = len };
	memcpy(f->bytes, bytes, len);
	*s->end = f;
	s->end = &f->next;
	s->waiting_bytes += sizeof(*f) + len;
	tenon_socket_wake(s->handle);
}

static void frame_in(void *ctx, int interface, const void *frame, size_t len)
{
	const uint8_t *bytes = frame;

	(void)ctx;
	if (lock())
		return;
	for (struct sock *s = socks; s; s = s->next)
		if (wants(s, interface, (uint32_t)bytes[12] << 8 | bytes[13]))
			keep(s, interface, frame, len);
	unlock();
}

static void change(void *ctx, int interface)
{
	(void)ctx, (void)interface;
}

/* ---- sockets ----------------------------------------------------------------------------------------------------- */

/* There is one more, the first of which asks for frames. */
static int add(struct sock *s)
{
	static const struct tenon_protocol_ops ops = { .receive = frame_in, .change = change };
	int err = lock();

	if (err)
		return err;
	if (!socks) {
		protocol = tenon_protocol_register(THIS_MODULE, 0, &ops, NULL);
		err = tenon_handle_error(protocol);
	}
	if (!err) {
		s->next = socks;
		socks = s;
	}
	unlock();
	return err;
}

static int create(void *ctx, tenon_handle handle, struct tenon_socket_open *open)
{
	struct sock *s;
	int err;

	(void)ctx;
	if (!open->privileged)
		return -TENON_EPERM;
	if (open->type != TYPE_DATAGRAM && open->type != TYPE_RAW)
		return -TENON_ESOCKTNOSUPPORT;
	s = tenon_alloc(THIS_MODULE, sizeof(*s));
	if (!s)
		return -TENON_ENOMEM;
	*s = (struct sock){ .handle = handle, .type = open->type, .protocol = swap(open->protocol) };
	s->end = &s->first;
	err = add(s);
	if (err)
		tenon_free(s);
	open->socket = s;
	return err;
}

static struct frame *take(struct sock *s)
{
	struct frame *f = s->first;

	s->first = f->next;
	if (!s->first)
		s->end = &s->first;
	s->waiting_bytes -= sizeof(*f) + f->len;
	return f;
}

static void release(void *ctx, void *socket)
{
	struct sock *s = socket, **at = &socks;

	(void)ctx;
	if (lock())
		return;
	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	if (!socks)
		tenon_protocol_unregister(protocol);
	unlock();
	while (s->first)
		tenon_free(take(s));
	tenon_free(s);
}

static int find_interface(int index, struct tenon_interface *i)
{
	if (index <= 0 || tenon_interface_next((uint32_t)index, i) || i->index != (uint32_t)index)
		return -TENON_ENXIO;
	return 0;
}

static int bind(void *ctx, void *socket, const struct tenon_socket_message *name)
{
	struct sock *s = socket;
	struct tenon_interface i;
	struct address a;

	(void)ctx;
	memcpy(&a, name->name, sizeof(a));
	if (name->name_len < sizeof(a) || a.family != FAMILY_PACKET)
		return -TENON_EINVAL;
	if (a.interface && find_interface(a.interface, &i))
		return -TENON_ENODEV;
	s->interface = a.interface;
	if (a.protocol_be)
		s->protocol = swap(a.protocol_be);
	return 0;
}

static void put_name(const struct sock *s, const struct frame *f, struct tenon_socket_message *m)
{
	struct address a = { .family = FAMILY_PACKET,
			     .interface = f ? f->interface : s->interface,
			     .hardware = 1,
			     .len = ADDRESS_BYTES };

	a.protocol_be = swap(s->protocol);
	if (f) {
		memcpy(&a.protocol_be, f->bytes + 12, sizeof(a.protocol_be));
		memcpy(a.bytes, f->bytes + ADDRESS_BYTES, ADDRESS_BYTES);
	}
	memcpy(m->name, &a, sizeof(a));
	m->name_len = sizeof(a);
}

static int name(void *ctx, void *socket, int peer, struct tenon_socket_message *m)
{
	(void)ctx;
	if (peer)
		return -TENON_EOPNOTSUPP;
	put_name(socket, NULL, m);
	return 0;
}

static long send(void *ctx, void *socket, const struct tenon_socket_message *m, const void *data, size_t len)
{
	uint8_t frame[TENON_NETDEV_BUFFER_BYTES];
	struct sock *s = socket;
	size_t header = s->type == TYPE_DATAGRAM ? HEADER_BYTES : 0;
	struct address a = { .interface = s->interface };
	struct tenon_interface i;
	int err;

	(void)ctx;
	if (m->name_len >= sizeof(a))
		memcpy(&a, m->name, sizeof(a));
	else if (header)
		return -TENON_EDESTADDRREQ;
	err = find_interface(a.interface, &i);
	if (err)
		return err;
	if (len > sizeof(frame) - header)
		return -TENON_EMSGSIZE;
	if (header) {
		memcpy(frame, a.bytes, ADDRESS_BYTES);
		memcpy(frame + ADDRESS_BYTES, i.mac, ADDRESS_BYTES);
		memcpy(frame + 2 * ADDRESS_BYTES, &a.protocol_be, sizeof(a.protocol_be));
	}
	memcpy(frame + header, data, len);
	err = tenon_protocol_send(protocol, i.index, frame, header + len);
	return err ? err : (long)len;
}

static long receive_locked(struct sock *s, struct tenon_socket_message *m, void *data, size_t len)
{
	size_t header = s->type == TYPE_DATAGRAM ? HEADER_BYTES : 0, part;
	struct frame *f = s->first;

	if (!f)
		return -TENON_EAGAIN;
	put_name(s, f, m);
	m->len = (uint32_t)(f->len - header);
	part = m->len < len ? m->len : len;
	memcpy(data, f->bytes + header, part);
	if (!(m->flags & TENON_SOCKET_PEEK))
		tenon_free(take(s));
	m->flags = m->len > len ? TENON_SOCKET_TRUNCATED : 0;
	return (long)part;
}

static long receive(void *ctx, void *socket, struct tenon_socket_message *m, void *data, size_t len)
{
	long got = lock();

	(void)ctx;
	if (got)
		return got;
	got = receive_locked(socket, m, data, len);
	unlock();
	return got;
}

static long get_option(void *ctx, void *socket, int level, int option, void *value, size_t len)
{
	const int32_t none = 0;

	(void)ctx, (void)socket;
	if (level != LEVEL_SOCKET || option != OPTION_ERROR)
		return -TENON_ENOPROTOOPT;
	len = len < sizeof(none) ? len : sizeof(none);
	memcpy(value, &none, len);
	return (long)len;
}

static int poll(void *ctx, void *socket)
{
	(void)ctx;
	return TENON_SOCKET_CAN_WRITE |
	       (__atomic_load_n(&((struct sock *)socket)->first, __ATOMIC_ACQUIRE) ? TENON_SOCKET_CAN_READ : 0);
}

/* ---- the module -------------------------------------------------------------------------------------------------- */

static int __init packet_init(void)
{
	static const struct tenon_family_ops ops = {
		.create = create,
		.release = release,
		.bind = bind,
		.name = name,
		.send = send,
		.receive = receive,
		.get_option = get_option,
		.poll = poll,
	};
	int err;

	mutex = tenon_mutex_create(THIS_MODULE);
	err = tenon_handle_error(mutex);
	if (err)
		return err;
	family = tenon_family_register(THIS_MODULE, FAMILY_PACKET, 0, "", &ops, NULL);
	err = tenon_handle_error(family);
	if (err)
		tenon_mutex_destroy(mutex);
	return err;
}

static void __exit packet_exit(void)
{
	tenon_family_unregister(family);
	tenon_mutex_destroy(mutex);
}

module_init(packet_init);
module_exit(packet_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Frames of interfaces for programs");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("net-pf-17");
