// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Datagrams: of UDP, of IP itself, and requests for an echo with their answers (ping sockets, icmp(7)). */
#include "tcpip.h"

#include "lwip/icmp.h"
#include "lwip/inet_chksum.h"

#define PACKET_BYTES_MAX 65515u /* behind IPv4's header */

enum { LEVEL_IP = 0, LEVEL_IPV6 = 41 }; /* Linux's */

/* ---- what comes -------------------------------------------------------------------------------------------------- */

/* How far it came. */
static uint8_t hops_left(void)
{
	return ip_current_is_v6() ? IP6H_HOPLIM(ip6_current_header()) : IPH_TTL(ip4_current_header());
}

static int keep(struct sock *s, struct pbuf *p, const ip_addr_t *from, uint16_t port)
{
	return sock_append(s, &(struct piece){ .pbuf = p, .hops = hops_left(), .from = { *from, port } });
}

static void udp_in(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from, u16_t port)
{
	(void)pcb;
	if (keep(arg, p, from, port))
		pbuf_free(p);
}

static bool blocks(const struct sock *s, uint8_t type)
{
	return s->protocol == PROTOCOL_ICMP6 && s->icmp6_blocked[type / 32] >> type % 32 & 1;
}

/* A copy: others may want it, and lwIP's own ICMP does. It begins with the header of IPv4, but not of IPv6 (RFC 3542, 3). */
static u8_t raw_in(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
	const struct sock *s = arg;
	struct pbuf *copy;

	if (IP_IS_V6(from) && blocks(s, pbuf_get_at(p, ip_current_header_tot_len())))
		return 0;
	copy = pbuf_clone(PBUF_RAW, PBUF_POOL, p);
	(void)pcb;
	if (copy &&
	    ((IP_IS_V6(from) && pbuf_remove_header(copy, ip_current_header_tot_len())) || keep(arg, copy, from, 0)))
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
	name_out(s, m, &p->from.ip, p->from.port);
	m->control_level = s->family == FAMILY_INET ? LEVEL_IP : LEVEL_IPV6;
	m->control_type = s->hops_type;
	m->control_number = p->hops;
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
		   struct endpoint *to, struct pbuf **p)
{
	int err = m->name_len ? peer_in(s, m, to) : s->connected ? 0 : -TENON_EDESTADDRREQ;

	if (err)
		return err;
	if (m->name_len && IP_IS_V6(&to->ip) && !route6_exists(ip_2_ip6(&to->ip)))
		return -TENON_ENETUNREACH;
	if (s->no_writes)
		return -TENON_EPIPE;
	if (len > PACKET_BYTES_MAX - (s->protocol == PROTOCOL_UDP ? sizeof(struct udp_hdr) : 0))
		return -TENON_EMSGSIZE;
	*p = pbuf_alloc(PBUF_TRANSPORT, (u16_t)len, PBUF_RAM);
	if (!*p)
		return -TENON_ENOBUFS;
	pbuf_take(*p, data, (u16_t)len);
	return 0;
}

/* ---- UDP --------------------------------------------------------------------------------------------------------- */

static int udp_open(struct sock *s)
{
	s->udp = udp_new_ip_type(ip_type_of(s));
	if (!s->udp)
		return -TENON_ENOMEM;
	udp_recv(s->udp, udp_in, s);
	return 0;
}

static void udp_close(struct sock *s)
{
	udp_remove(s->udp);
}

static int udp_bind_to(struct sock *s, const struct endpoint *e)
{
	return s->udp->local_port ? -TENON_EINVAL : error_of(udp_bind(s->udp, &e->ip, e->port));
}

static int udp_connect_to(struct sock *s, const struct endpoint *e)
{
	s->connected = e;
	if (!e)
		udp_disconnect(s->udp);
	return e ? error_of(udp_connect(s->udp, &e->ip, e->port)) : 0;
}

static long udp_send_to(struct sock *s, const struct tenon_socket_message *m, const void *data, size_t len)
{
	struct endpoint to;
	struct pbuf *p;
	int err = prepare(s, m, data, len, &to, &p);

	if (err)
		return err;
	if (m->name_len && !to.port) {
		pbuf_free(p);
		return -TENON_EINVAL;
	}
	err = error_of(m->name_len ? udp_sendto(s->udp, p, &to.ip, to.port) : udp_send(s->udp, p));
	pbuf_free(p);
	return err ? err : (long)len;
}

static int udp_name(const struct sock *s, int peer, struct tenon_socket_message *m)
{
	const ip_addr_t *ip = peer ? &s->udp->remote_ip : &s->udp->local_ip, *source;
	struct netif *out;

	if (peer && !s->connected)
		return -TENON_ENOTCONN;
	if (!peer && s->connected && ip_addr_isany(ip)) { /* what it sends is from an address all the same */
		out = ip_route(ip, &s->udp->remote_ip);
		source = out ? ip_netif_get_local_ip(out, &s->udp->remote_ip) : NULL;
		ip = source ? source : ip;
	}
	name_out(s, m, ip, peer ? s->udp->remote_port : s->udp->local_port);
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
	s->raw = raw_new_ip_type(ip_type_of(s), (u8_t)s->protocol);
	if (!s->raw)
		return -TENON_ENOMEM;
	if (s->family == FAMILY_INET6 && s->protocol == PROTOCOL_ICMP6) { /* its checksum has the addresses in it */
		s->raw->chksum_reqd = 1;
		s->raw->chksum_offset = offsetof(struct icmp_echo_hdr, chksum);
	}
	raw_recv(s->raw, raw_in, s);
	return 0;
}

static void raw_close(struct sock *s)
{
	raw_remove(s->raw);
}

static int raw_bind_to(struct sock *s, const struct endpoint *e)
{
	return error_of(raw_bind(s->raw, &e->ip));
}

static int raw_connect_to(struct sock *s, const struct endpoint *e)
{
	s->connected = e;
	if (!e)
		raw_disconnect(s->raw);
	return e ? error_of(raw_connect(s->raw, &e->ip)) : 0;
}

/* Send what was prepared, and free it. Return: its length or a negative errno. */
static long raw_transmit(struct sock *s, const struct tenon_socket_message *m, const struct endpoint *to,
			 struct pbuf *p)
{
	long len = p->tot_len;
	int err = error_of(m->name_len ? raw_sendto(s->raw, p, &to->ip) : raw_send(s->raw, p));

	pbuf_free(p);
	return err ? err : len;
}

static long raw_send_to(struct sock *s, const struct tenon_socket_message *m, const void *data, size_t len)
{
	struct endpoint to;
	struct pbuf *p;
	int err;

	if (s->raw->chksum_reqd && len < s->raw->chksum_offset + sizeof(uint16_t))
		return -TENON_EINVAL;
	err = prepare(s, m, data, len, &to, &p);
	return err ? err : raw_transmit(s, m, &to, p);
}

/* @own: what stands for its port; a peer has none. */
static int raw_name_as(const struct sock *s, int peer, uint16_t own, struct tenon_socket_message *m)
{
	if (peer && !s->connected)
		return -TENON_ENOTCONN;
	name_out(s, m, peer ? &s->raw->remote_ip : &s->raw->local_ip, peer ? 0 : own);
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

enum { ECHO6_REQUEST = 128, ECHO6_REPLY = 129 }; /* RFC 4443, 4; otherwise they are as ICMP's */

/* Answers with the socket's identifier, without IP's header. */
static u8_t ping_in(void *arg, struct raw_pcb *pcb, struct pbuf *p, const ip_addr_t *from)
{
	const uint16_t header_len = ip_current_header_tot_len();
	struct icmp_echo_hdr echo;
	struct sock *s = arg;
	struct pbuf *copy;

	(void)pcb;
	if (pbuf_copy_partial(p, &echo, sizeof(echo), header_len) < sizeof(echo) ||
	    echo.type != (IP_IS_V6(from) ? ECHO6_REPLY : ICMP_ER) || echo.id != lwip_htons(s->ident))
		return 0;
	copy = pbuf_clone(PBUF_RAW, PBUF_POOL, p);
	if (copy && (pbuf_remove_header(copy, header_len) || keep(s, copy, from, 0)))
		pbuf_free(copy);
	return 0;
}

/* Which identifiers are taken, a bit each, of both versions of IP: so that finding a free one does not depend on who has one. */
static uint64_t idents[(1 << 16) / 64] = { 1 }; /* 0 is nobody's */

static bool ident_is_taken(uint16_t ident)
{
	return idents[ident / 64] >> ident % 64 & 1;
}

static void ident_set(uint16_t ident, bool taken)
{
	idents[ident / 64] = (idents[ident / 64] & ~(1ull << ident % 64)) | (uint64_t)taken << ident % 64;
}

/* One after the other: what still comes for one that has been given back is nobody's for long. Return: 0: all are taken. */
static uint16_t ident_take(void)
{
	static uint16_t last;

	for (unsigned int tries = 0; tries <= 0xffff && ident_is_taken(++last); tries++)
		;
	if (ident_is_taken(last))
		return 0;
	ident_set(last, true);
	return last;
}

static int ping_open(struct sock *s)
{
	int err = raw_open(s);

	if (err)
		return err;
	s->ident = ident_take();
	if (!s->ident) {
		raw_remove(s->raw);
		return -TENON_EADDRINUSE;
	}
	raw_recv(s->raw, ping_in, s);
	return 0;
}

static void ping_close(struct sock *s)
{
	ident_set(s->ident, false);
	raw_close(s);
}

static int ping_bind_to(struct sock *s, const struct endpoint *e)
{
	if (e->port && e->port != s->ident) {
		if (ident_is_taken(e->port))
			return -TENON_EADDRINUSE;
		ident_set(s->ident, false);
		ident_set(e->port, true);
		s->ident = e->port;
	}
	return raw_bind_to(s, e);
}

static long ping_send_to(struct sock *s, const struct tenon_socket_message *m, const void *data, size_t len)
{
	struct icmp_echo_hdr echo;
	struct endpoint to;
	struct pbuf *p;
	int err;

	if (len < sizeof(echo))
		return -TENON_EINVAL;
	memcpy(&echo, data, sizeof(echo));
	if (echo.type != (s->family == FAMILY_INET ? ICMP_ECHO : ECHO6_REQUEST) || echo.code)
		return -TENON_EINVAL;
	err = prepare(s, m, data, len, &to, &p);
	if (err)
		return err;
	echo.id = lwip_htons(s->ident);
	echo.chksum = 0;
	pbuf_take(p, &echo, sizeof(echo));
	if (s->family == FAMILY_INET) { /* of IPv6 it is lwIP that makes it */
		echo.chksum = inet_chksum_pbuf(p);
		pbuf_take(p, &echo, sizeof(echo));
	}
	return raw_transmit(s, m, &to, p);
}

static int ping_name(const struct sock *s, int peer, struct tenon_socket_message *m)
{
	return raw_name_as(s, peer, s->ident, m);
}

const struct kind ping_datagrams = {
	.open = ping_open,
	.close = ping_close,
	.bind = ping_bind_to,
	.connect = raw_connect_to,
	.send = ping_send_to,
	.receive = receive,
	.shutdown = shutdown,
	.name = ping_name,
	.poll = poll,
};
