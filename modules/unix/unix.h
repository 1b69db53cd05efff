/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Sockets between programs of one machine, unix(7). One mutex, taken by every operation in family.c, protects everything.
 *
 * What a socket has to read waits in its own queue, put there by who sends. A connection of streams is made by connect(): the
 * other end is a socket without a handle until it is accepted.
 */
#ifndef MODULES_UNIX_UNIX_H
#define MODULES_UNIX_UNIX_H

#include "tenon/module.h"

enum { /* Linux's */
       FAMILY_UNIX = 1,
       TYPE_STREAM = 1,
       TYPE_DATAGRAM = 2,
       TYPE_SEQPACKET = 5,
};

#define ROOM_BYTES 212992u /* that wait to be read; Linux's net.core.rmem_default */
#define FAMILY_BYTES 2u    /* of an address before its path */

struct message {
	struct message *next;
	uint64_t rights;
	struct tenon_socket_message from; /* who sent it; its name alone */
	size_t len, done;                 /* bytes; of them, those that a stream's reader has taken */
	uint8_t bytes[];
};

struct sock {
	struct sock *next, **link; /* of all */
	struct sock *bound_next;   /* in its bucket of names */
	tenon_handle handle;       /* 0: nobody has accepted it */
	uint32_t type, pid, uid, gid;
	struct tenon_socket_message name; /* name_len 0: none */
	struct sock *peer;
	struct sock *waits_for; /* whoever has to make room before this one goes on */
	bool listens, was_connected, no_reads, no_writes;
	int error; /* for SO_ERROR */
	uint32_t peer_pid, peer_uid, peer_gid;

	struct message *first, **end; /* to be read */
	size_t waiting_bytes;

	struct sock *pending, **pending_end, *pending_next; /* connections that nobody has accepted */
	unsigned int pending_cnt, backlog;
};

extern struct sock *all_socks;

struct sock *sock_new(const struct tenon_socket_open *open);
/* Nobody has it open any more. */
void sock_free(struct sock *s);
void sock_wake(const struct sock *s);
/* @s has made room: those that wait for it go on. */
void sock_wake_waiting(struct sock *s);

static inline bool is_datagram(const struct sock *s)
{
	return s->type == TYPE_DATAGRAM;
}

/* ---- names.c ---- */

/* Return: 0, -TENON_EINVAL: it has a name, or this is none; -TENON_EADDRINUSE. */
int name_bind(struct sock *s, const struct tenon_socket_message *name);
void name_unbind(struct sock *s);
/* NULL: nobody is bound to it. */
struct sock *name_find(const struct tenon_socket_message *name);
/* Of an address of a program's. Return: 0, -TENON_EINVAL. */
int name_check(const struct tenon_socket_message *name);
/* As getsockname has it; of a socket without name its family. */
void name_get(const struct sock *s, struct tenon_socket_message *name);

/* ---- connections.c ---- */

int sock_connect(struct sock *s, const struct tenon_socket_message *name);
int sock_listen(struct sock *s, int backlog);
/* Return: 0 with *out; -TENON_EAGAIN, -TENON_EINVAL: it does not listen. */
int sock_accept(struct sock *s, struct sock **out);
int sock_pair(struct sock *s, struct sock *other);
int sock_shutdown(struct sock *s, int how);
/* Its connections and those that wait for it: everybody hears that it goes. */
void sock_disconnect(struct sock *s);
int sock_poll(struct sock *s);

/* ---- messages.c ---- */

long sock_send(struct sock *s, const struct tenon_socket_message *m, const void *data, size_t len);
long sock_receive(struct sock *s, struct tenon_socket_message *m, void *data, size_t len);
/* Forget what waits to be read. */
void sock_drop_messages(struct sock *s);

#endif
