/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * TCP/IP, by lwIP: sockets of the family of internet protocols over its raw interface, and interfaces under it. One lock,
 * tcpip_lock(), protects everything, lwIP included: every way into the module takes it.
 */
#ifndef MODULES_TCPIP_TCPIP_H
#define MODULES_TCPIP_TCPIP_H

#include "tenon/module.h"

#include "lwip/netif.h"
#include "lwip/pbuf.h"
#include "lwip/raw.h"
#include "lwip/tcp.h"
#include "lwip/udp.h"

enum { /* Linux's */
       FAMILY_INET = 2,
       FAMILY_INET6 = 10,
       TYPE_STREAM = 1,
       TYPE_DATAGRAM = 2,
       TYPE_RAW = 3,
       PROTOCOL_ICMP = 1,
       PROTOCOL_TCP = 6,
       PROTOCOL_UDP = 17,
       PROTOCOL_ICMP6 = 58,
};

#define ROOM_BYTES 212992u /* of datagrams that wait to be read */

struct address { /* struct sockaddr_in */
	uint16_t family, port_be;
	uint32_t ip_be;
	uint8_t zero[8];
};

struct endpoint {
	ip_addr_t ip; /* IPADDR_TYPE_ANY: any, of either version */
	uint16_t port;
};

/* Something that waits to be read: a datagram, or a piece of a stream. */
struct piece {
	struct piece *next;
	struct pbuf *pbuf;
	uint16_t done; /* bytes of a stream's that have been read */
	uint8_t hops;  /* of a datagram's, that were left */
	struct endpoint from;
};

struct sock {
	struct sock *next; /* of all, for show.c */
	tenon_handle handle;
	uint32_t family, type, protocol;
	bool v6_only;
	int error; /* for SO_ERROR */
	union {
		struct tcp_pcb *tcp;
		struct udp_pcb *udp;
		struct raw_pcb *raw;
	};
	struct piece *first, **end;
	size_t waiting_bytes;
	bool connected, no_reads;
	uint8_t hops_type;         /* by which number each message says how far it came (cmsg(3)); 0: it does not */
	uint32_t icmp6_blocked[8]; /* a bit for each type that is not to come: RFC 3542, 3.2 */
	uint16_t ident;            /* of a ping socket's requests */

	/* Streams. */
	bool connecting, listens, read_ended, no_writes;
	struct sock *pending, **pending_end, *pending_next; /* connections that nobody has accepted */
	struct endpoint peer;
};

extern struct sock *all_socks;

/* Return: 0; -TENON_ETIMEDOUT, -TENON_EINTR: as of tenon_event_wait. A thread that may sleep; not twice. */
int tcpip_lock(void);
void tcpip_unlock(void);
int lock_open(void);
void lock_close(void); /* nobody can take it any more */

/* An operation between lock and unlock. */
#define LOCKED(type, call)                                                                                             \
	({                                                                                                             \
		type result_ = tcpip_lock();                                                                           \
		(void)ctx;                                                                                             \
		if (!result_) {                                                                                        \
			result_ = (call);                                                                              \
			tcpip_unlock();                                                                                \
		}                                                                                                      \
		result_;                                                                                               \
	})

struct sock *sock_new(uint32_t family, uint32_t type, uint32_t protocol);
void sock_free(struct sock *s);
void sock_wake(const struct sock *s);
/* Keep what has come: @what says all but the list's. Takes the pbuf if it succeeds. Return: 0, -TENON_ENOMEM. */
int sock_append(struct sock *s, const struct piece *what);
void sock_drop_first(struct sock *s);
/* lwIP's errors as ours. */
int error_of(err_t err);

/* ---- names.c: addresses as programs have them ---- */

/* Of which version a socket's packets are, by lwIP's numbers. */
uint8_t ip_type_of(const struct sock *s);
/*
 * Return: 0; -TENON_EINVAL: it is too short; -TENON_EAFNOSUPPORT: it is of another family; -TENON_ENETUNREACH: it is IPv4's,
 * and the socket is for IPv6 alone.
 */
int name_in(const struct sock *s, const struct tenon_socket_message *m, struct endpoint *e);
/*
 * The same, of whom something is to reach: no address at all stands for this machine. Return: also -TENON_EINVAL: an address of a
 * link, and it is not said which.
 */
int peer_in(const struct sock *s, const struct tenon_socket_message *m, struct endpoint *e);
void name_out(const struct sock *s, struct tenon_socket_message *m, const ip_addr_t *ip, uint16_t port);
/* May a socket have it for its own? */
bool address_is_own(const ip_addr_t *ip);

/* What a kind of sockets does: streams.c, datagrams.c. All with the lock. */
struct kind {
	int (*open)(struct sock *s);
	void (*close)(struct sock *s);
	int (*bind)(struct sock *s, const struct endpoint *e);
	int (*connect)(struct sock *s, const struct endpoint *e); /* NULL: to nobody any more; not of streams */
	long (*send)(struct sock *s, const struct tenon_socket_message *m, const void *data, size_t len);
	long (*receive)(struct sock *s, struct tenon_socket_message *m, void *data, size_t len);
	int (*shutdown)(struct sock *s, int how);
	int (*name)(const struct sock *s, int peer, struct tenon_socket_message *m);
	int (*poll)(const struct sock *s);
};

extern const struct kind streams, udp_datagrams, raw_datagrams, ping_datagrams;

int stream_listen(struct sock *s, int backlog);
int stream_accept(struct sock *s, struct sock **out);
/* Where a backlog is filling up, drop the old ones of those connections that nobody has completed. lwIP does after 20 s. */
void streams_make_room(void);

/* Give all of lwIP's memory back. Nothing calls it any more. */
void port_close(void);

/* ---- interfaces.c ---- */

struct interface {
	struct interface *next;
	struct netif netif;
	uint32_t index; /* the kernel's; 0: it has gone, and may come back */
	char name[TENON_NETDEV_NAME_BYTES];
};

extern struct interface *interfaces;
int interfaces_open(void);
void interfaces_close(void);
struct interface *interface_find(const char *name);
struct interface *interface_of_index(uint32_t index); /* the kernel's; NULL: none */
struct interface *interface_of(const struct netif *netif);
/* Is it on, with an address of IPv6 that a program or a router has given it? */
bool interface_has_given_ip6(const struct interface *i);

/* ---- addresses.c ---- */

struct route {
	ip4_addr_t to, mask, gateway; /* no gateway: 0 */
	struct interface *interface;  /* NULL: any */
};

int addresses_ioctl(struct tenon_socket_ioctl *call);
/* Its only address; 0: none, which takes the route through it to all others away. */
void address_set(struct interface *i, const ip4_addr_t *ip, const ip4_addr_t *mask);
/*
 * Return: 0; -TENON_EEXIST; -TENON_EINVAL: an address, but no network; -TENON_ENETDOWN: the interface is off;
 * -TENON_ENETUNREACH: the gateway is nobody's neighbour; -TENON_EOPNOTSUPP: lwIP has no such routes.
 */
int route_add(const struct route *r);
/* Return: 0; -TENON_EOPNOTSUPP; -TENON_ESRCH: there is none. */
int route_delete(const struct route *r);

/* ---- addresses6.c ---- */

struct address6 {
	ip6_addr_t ip;
	uint8_t prefix_len, flags; /* Linux's IFA_F_ */
	uint32_t preferred_s, valid_s;
};

struct route6 {
	ip6_addr_t to, gateway; /* no gateway: any */
	uint8_t to_len;
	bool announced, multicast; /* a router has announced it; it is for addresses of groups */
	uint32_t metric;
	struct interface *interface;
};

/* Those of an interface that is on, one after the other. @nr: 0 at first. Return: false: there are no more. */
bool address6_next(const struct interface *i, unsigned int *nr, struct address6 *a);
/* Return: 0; -TENON_EEXIST; -TENON_EINVAL; -TENON_EOPNOTSUPP: its network is not of 64 bits; -TENON_ENOBUFS: it has too many. */
int address6_add(struct interface *i, const ip6_addr_t *ip, uint8_t prefix_len);
/* Return: 0, -TENON_EADDRNOTAVAIL. */
int address6_delete(struct interface *i, const ip6_addr_t *ip, uint8_t prefix_len);
/* Is there a way to it? lwIP would find out when it has a packet to send, and say nothing. */
bool route6_exists(const ip6_addr_t *to);
/* To all the rest. Return: 0; -TENON_EEXIST; -TENON_EHOSTUNREACH: @via is nobody's neighbour; -TENON_EINVAL: whose? */
int route6_add(const ip6_addr_t *via, struct interface *i);
/* @via: any: whichever; @i: NULL likewise. Return: 0; -TENON_ENOENT: there is none; -TENON_ESRCH: there are others. */
int route6_delete(const ip6_addr_t *via, const struct interface *i);
/* All that there are, until one call does not return 0. Return: what the last one has. */
typedef int route6_fn(void *ctx, const struct route6 *r);
int routes6_each(route6_fn *each, void *ctx);

/* ---- show.c ---- */

long show_file(uint32_t family, int file, char *text, size_t len);

/* ---- netlink.c, rtnetlink.c: interfaces, addresses and routes for programs that ask by rtnetlink(7) ---- */

struct netlink_header { /* struct nlmsghdr */
	uint32_t len;
	uint16_t type, flags;
	uint32_t seq, port;
};

#define NETLINK_MESSAGE_BYTES 256u /* the longest that is sent */

struct netlink_message {
	struct netlink_header header;
	uint8_t rest[NETLINK_MESSAGE_BYTES - sizeof(struct netlink_header)];
};

struct netlink;

int netlink_register(void);
void netlink_unregister(void);
/* Answer to a request: it is kept until it is received. Return: 0, -TENON_ENOBUFS: too many are. */
int netlink_answer(struct netlink *n, const struct netlink_message *m);
/* Do what is asked. @q: header.len bytes, but at most NETLINK_MESSAGE_BYTES. Return: 0, or what is answered as an error. */
int rtnetlink_request(struct netlink *n, const struct netlink_message *q, bool privileged);

#endif
