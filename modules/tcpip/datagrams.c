// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Datagrams: of UDP, of IP itself, and requests for an echo with their answers (ping sockets, icmp(7)). */
#include "tcpip.h"

#include "lwip/icmp.h"
#include "lwip/inet_chksum.h"

#define DATAGRAM_BYTES_MAX 65507u

/* ---- what comes -------------------------------------------------------------------------------------------------- */

static void udp_in(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from, u16_t port)
{
	(void)pcb;
	if (sock_append(arg, p, ip_2_ip4(from), port))
		pbuf_free(p);
}

/* A copy: others may want it, and lwIP's own ICMP does. It begins with IP's header, as programs expect. */
static u8_t raw_in(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
	struct pbuf *copy = pbuf_clone(PBUF_RAW, PBUF_POOL, p);

	(void)pcb;
	if (copy && sock_append(arg, copy, ip_2_ip4(from), 0))
		pbuf_free(copy);
	return 0;
}

static long receive(struct sock *s, struct tenon_socket_message *m, void *data, size_t len)
{
	struct piece *p = s->first;
	bool peek = m->flags & TENON_SOCKET_PEEK;
	int err = s->error;
	size_t part;

	s->error = 0;
	if (err)
		return -err;
	if (!p)
		return s->no_reads ? 0 : -TENON_EAGAIN;
	m->len = p->pbuf->tot_len;
	part = m->len < len ? m->len : len;
	pbuf_copy_partial(p->pbuf, data, (u16_t)part, 0);
	address_out(m, &p->from, p->port);
	m->flags = m->len > len ? TENON_SOCKET_TRUNCATED : 0;
	if (!peek)
		sock_drop_first(s);
	return (long)part;
}

static int poll(const struct sock *s)
{
	return TENON_SOCKET_CAN_WRITE | (s->first || s->no_reads || s->error ? TENON_SOCKET_CAN_READ : 0);
}

static int shutdown(struct sock *s, int how)
{
	if (!s->connected)
		return -TENON_ENOTCONN;
	s->no_reads |= how != 1;
	s->no_writes |= how != 0;
	sock_wake(s);
	return 0;
}

/* What is to be sent, and to whom if not to the peer. Return: 0 with *p. */
static int prepare(struct sock *s, const struct tenon_socket_message *m, const void *data, size_t len,
		   struct address *a, struct pbuf **p)
{
	int err = m->name_len ? address_in(m, a) : s->connected ? 0 : -TENON_EDESTADDRREQ;

	if (err)
		return err;
	if (s->no_writes)
		return -TENON_EPIPE;
	if (len > DATAGRAM_BYTES_MAX)
		return -TENON_EMSGSIZE;
	*p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)len, PBUF_RAM);
	if (!*p)
		return -TENON_ENOBUFS;
	pbuf_take(*p, data, (u16_t)len);
	return 0;
}

static ip_addr_t ip_of(const struct address *a)
{
	ip_addr_t ip = { .addr = a->ip_be };

	return ip;
}

/* ---- UDP --------------------------------------------------------------------------------------------------------- */

static int udp_open(struct sock *s)
{
	s->udp = udp_new();
	if (!s->udp)
		return -TENON_ENOMEM;
	udp_recv(s->udp, udp_in, s);
	return 0;
}

static void udp_close(struct sock *s)
{
	udp_remove(s->udp);
}

static int udp_bind_to(struct sock *s, const struct address *a)
{
	ip_addr_t ip = ip_of(a);

	return s->udp->local_port ? -TENON_EINVAL : error_of(udp_bind(s->udp, &ip, lwip_ntohs(a->port_be)));
}

static int udp_connect_to(struct sock *s, const struct address *a)
{
	ip_addr_t ip = ip_of(a);

	s->connected = a->family != 0;
	if (!s->connected)
		udp_disconnect(s->udp);
	return s->connected ? error_of(udp_connect(s->udp, &ip, lwip_ntohs(a->port_be))) : 0;
}

static long udp_send_to(struct sock *s, const struct tenon_socket_message *m, const void *data, size_t len)
{
	struct address a;
	struct pbuf *p;
	ip_addr_t ip;
	int err = prepare(s, m, data, len, &a, &p);

	if (err)
		return err;
	ip = ip_of(&a);
	err = error_of(m->name_len ? udp_sendto(s->udp, p, &ip, lwip_ntohs(a.port_be)) : udp_send(s->udp, p));
	pbuf_free(p);
	return err ? err : (long)len;
}

static int udp_name(const struct sock *s, int peer, struct tenon_socket_message *m)
{
	if (peer && !s->connected)
		return -TENON_ENOTCONN;
	address_out(m, ip_2_ip4(peer ? &s->udp->remote_ip : &s->udp->local_ip),
		    peer ? s->udp->remote_port : s->udp->local_port);
	return 0;
}

const struct kind udp_datagrams = {
	.open = udp_open,
	.close = udp_close,
	.bind = udp_bind_to,
	.connect = udp_connect_to,
	.send = udp_send_to,
	.receive = receive,
	.shutdown = shutdown,
	.name = udp_name,
	.poll = poll,
};

/* ---- IP ---------------------------------------------------------------------------------------------------------- */

static int raw_open(struct sock *s)
{
	s->raw = raw_new((u8_t)s->protocol);
	if (!s->raw)
		return -TENON_ENOMEM;
	raw_recv(s->raw, raw_in, s);
	return 0;
}

static void raw_close(struct sock *s)
{
	raw_remove(s->raw);
}

static int raw_bind_to(struct sock *s, const struct address *a)
{
	ip_addr_t ip = ip_of(a);

	return error_of(raw_bind(s->raw, &ip));
}

static int raw_connect_to(struct sock *s, const struct address *a)
{
	ip_addr_t ip = ip_of(a);

	s->connected = a->family != 0;
	if (!s->connected)
		raw_disconnect(s->raw);
	return s->connected ? error_of(raw_connect(s->raw, &ip)) : 0;
}

/* Send what was prepared, and free it. Return: its length or a negative errno. */
static long raw_transmit(struct sock *s, const struct tenon_socket_message *m, const struct address *a, struct pbuf *p)
{
	long len = p->tot_len;
	ip_addr_t ip = ip_of(a);
	int err = error_of(m->name_len ? raw_sendto(s->raw, p, &ip) : raw_send(s->raw, p));

	pbuf_free(p);
	return err ? err : len;
}

static long raw_send_to(struct sock *s, const struct tenon_socket_message *m, const void *data, size_t len)
{
	struct address a;
	struct pbuf *p;
	int err = prepare(s, m, data, len, &a, &p);

	return err ? err : raw_transmit(s, m, &a, p);
}

/* @own: what stands for its port; a peer has none. */
static int raw_name_as(const struct sock *s, int peer, uint16_t own, struct tenon_socket_message *m)
{
	if (peer && !s->connected)
		return -TENON_ENOTCONN;
	address_out(m, ip_2_ip4(peer ? &s->raw->remote_ip : &s->raw->local_ip), peer ? 0 : own);
	return 0;
}

static int raw_name(const struct sock *s, int peer, struct tenon_socket_message *m)
{
	return raw_name_as(s, peer, (uint16_t)s->protocol, m);
}

const struct kind raw_datagrams = {
	.open = raw_open,
	.close = raw_close,
	.bind = raw_bind_to,
	.connect = raw_connect_to,
	.send = raw_send_to,
	.receive = receive,
	.shutdown = shutdown,
	.name = raw_name,
	.poll = poll,
};

/* ---- ping -------------------------------------------------------------------------------------------------------- */

/* Answers with the socket's identifier, without IP's header. */
static u8_t ping_in(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
	const uint16_t header_len = ip_current_header_tot_len();
	struct icmp_echo_hdr echo;
	struct sock *s = arg;
	struct pbuf *copy;

	(void)pcb;
	if (pbuf_copy_partial(p, &echo, sizeof(echo), header_len) < sizeof(echo) || echo.type != ICMP_ER ||
	    echo.id != lwip_htons(s->ident))
		return 0;
	copy = pbuf_clone(PBUF_RAW, PBUF_POOL, p);
	if (copy && (pbuf_remove_header(copy, header_len) || sock_append(s, copy, ip_2_ip4(from), 0)))
		pbuf_free(copy);
	return 0;
}

static const struct sock *ping_find(uint16_t ident)
{
	const struct sock *s = all_socks;

	while (s && !(s->type == TYPE_DATAGRAM && s->protocol == PROTOCOL_ICMP && s->ident == ident))
		s = s->next;
	return s;
}

static int ping_open(struct sock *s)
{
	static uint16_t last;

	for (unsigned int tries = 0; !s->ident; tries++) {
		if (tries > 0xffff)
			return -TENON_EADDRINUSE;
		s->ident = ping_find(++last) ? 0 : last;
	}
	s->raw = raw_new(IP_PROTO_ICMP);
	if (!s->raw)
		return -TENON_ENOMEM;
	raw_recv(s->raw, ping_in, s);
	return 0;
}

static int ping_bind_to(struct sock *s, const struct address *a)
{
	uint16_t ident = lwip_ntohs(a->port_be);
	const struct sock *other = ident ? ping_find(ident) : NULL;

	if (other && other != s)
		return -TENON_EADDRINUSE;
	s->ident = ident ? ident : s->ident;
	return raw_bind_to(s, a);
}

static long ping_send_to(struct sock *s, const struct tenon_socket_message *m, const void *data, size_t len)
{
	struct icmp_echo_hdr echo;
	struct address a;
	struct pbuf *p;
	int err;

	if (len < sizeof(echo))
		return -TENON_EINVAL;
	memcpy(&echo, data, sizeof(echo));
	if (echo.type != ICMP_ECHO || echo.code)
		return -TENON_EINVAL;
	err = prepare(s, m, data, len, &a, &p);
	if (err)
		return err;
	echo.id = lwip_htons(s->ident);
	echo.chksum = 0;
	pbuf_take(p, &echo, sizeof(echo));
	echo.chksum = inet_chksum_pbuf(p);
	pbuf_take(p, &echo, sizeof(echo));
	return raw_transmit(s, m, &a, p);
}

static int ping_name(const struct sock *s, int peer, struct tenon_socket_message *m)
{
	return raw_name_as(s, peer, s->ident, m);
}

const struct kind ping_datagrams = {
	.open = ping_open,
	.close = raw_close,
	.bind = ping_bind_to,
	.connect = raw_connect_to,
	.send = ping_send_to,
	.receive = receive,
	.shutdown = shutdown,
	.name = ping_name,
	.poll = poll,
};
