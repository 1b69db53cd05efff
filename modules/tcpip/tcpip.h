/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * TCP/IP, by lwIP: sockets of the family of internet protocols over its raw interface, and interfaces under it. One mutex,
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
       TYPE_STREAM = 1,
       TYPE_DATAGRAM = 2,
       TYPE_RAW = 3,
       PROTOCOL_ICMP = 1,
};

#define ROOM_BYTES 212992u /* of datagrams that wait to be read */

struct address { /* struct sockaddr_in */
	uint16_t family, port_be;
	uint32_t ip_be;
	uint8_t zero[8];
};

/* Something that waits to be read: a datagram, or a piece of a stream. */
struct piece {
	struct piece *next;
	struct pbuf *pbuf;
	uint16_t done; /* bytes of a stream's that have been read */
	uint16_t port;
	ip4_addr_t from;
};

struct sock {
	struct sock *next; /* of all, for show.c */
	tenon_handle handle;
	uint32_t type, protocol;
	int error; /* for SO_ERROR */
	union {
		struct tcp_pcb *tcp;
		struct udp_pcb *udp;
		struct raw_pcb *raw;
	};
	struct piece *first, **end;
	size_t waiting_bytes;
	bool connected, no_reads;
	uint16_t ident; /* of a ping socket's requests */

	/* Streams. */
	bool connecting, listens, read_ended, no_writes;
	struct sock *pending, **pending_end, *pending_next; /* connections that nobody has accepted */
	ip4_addr_t peer;
	uint16_t peer_port;
};

extern struct sock *all_socks;

int tcpip_lock(void);
void tcpip_unlock(void);

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

struct sock *sock_new(uint32_t type, uint32_t protocol);
void sock_free(struct sock *s);
void sock_wake(const struct sock *s);
/* Keep what has come. Takes @p if it succeeds. Return: 0, -TENON_ENOMEM. */
int sock_append(struct sock *s, struct pbuf *p, const ip4_addr_t *from, uint16_t port);
void sock_drop_first(struct sock *s);
/* lwIP's errors as ours. */
int error_of(err_t err);

int address_in(const struct tenon_socket_message *m, struct address *a);
void address_out(struct tenon_socket_message *m, const ip4_addr_t *ip, uint16_t port);

/* What a kind of sockets does: streams.c, datagrams.c. All with the lock. */
struct kind {
	int (*open)(struct sock *s);
	void (*close)(struct sock *s);
	int (*bind)(struct sock *s, const struct address *a);
	int (*connect)(struct sock *s, const struct address *a);
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

/* ---- addresses.c, show.c ---- */

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
long show_file(int file, char *text, size_t len);

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
