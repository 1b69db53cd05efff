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

	/* Streams. */
	bool connecting, listens, read_ended, no_writes;
	struct sock *pending, **pending_end, *pending_next; /* connections that nobody has accepted */
	ip4_addr_t peer;
	uint16_t peer_port;
};

extern struct sock *all_socks;

int tcpip_lock(void);
void tcpip_unlock(void);

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

extern const struct kind streams, udp_datagrams, raw_datagrams;

int stream_listen(struct sock *s, int backlog);
int stream_accept(struct sock *s, struct sock **out);

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
struct interface *interface_of(const struct netif *netif);

/* ---- addresses.c, show.c ---- */

int addresses_ioctl(struct tenon_socket_ioctl *call);
long show_file(int file, char *text, size_t len);

#endif
