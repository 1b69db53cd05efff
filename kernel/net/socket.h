/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Sockets as open files. Families are modules (kpi/socket.def), whose calls do not wait: here is waited, so that time-outs,
 * signals, poll and O_NONBLOCK mean the same for all. Netlink for uevents is the kernel's own (netlink.h).
 */
#ifndef KERNEL_NET_SOCKET_H
#define KERNEL_NET_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/net/family.h"

struct file;
struct io;
struct path_start;

enum { /* Linux's */
       FAMILY_UNIX = 1,
       FAMILY_INET = 2,
       FAMILY_NETLINK = 16,
       SOCKET_STREAM = 1,
       SOCKET_DATAGRAM = 2,
       SOCKET_RAW = 3,
       MESSAGE_PEEK = 2,
       MESSAGE_TRUNC = 0x20,
       MESSAGE_DONT_WAIT = 0x40,
       MESSAGE_WAIT_ALL = 0x100,
       MESSAGE_NO_SIGNAL = 0x4000,
};

/* /proc/net. Once, after vfs_init(). */
void sockets_init(void);

/**
 * socket_open - a socket of a family, whose module is asked for if it is not there
 * @flags: OPEN_NONBLOCK or 0
 *
 * Return: 0 and a reference; -TENON_EAFNOSUPPORT; -TENON_ENOMEM, -TENON_ENFILE; what the family says. Thread, as all here.
 */
int socket_open(int family, unsigned type, int protocol, unsigned flags, struct file **file);
int socket_is(const struct file *file);
/* Of @file's kind: SOCKET_STREAM ... */
unsigned socket_type_of(const struct file *file);

/* One of what the family does, with the arguments that follow the socket; nothing is waited for. */
int64_t socket_call(struct file *file, enum socket_op op, const uint64_t a[4]);

/*
 * With an address, of which the path of a file has been looked up from @start. Return: 0, or negative errno: what the family
 * says; -TENON_EADDRINUSE: the file is there; what path_find() says.
 */
int socket_bind(struct file *file, struct tenon_socket_message *name, const struct path_start *start, uint32_t umask);
int socket_connect(struct file *file, struct tenon_socket_message *name, const struct path_start *start);
int socket_accept(struct file *file, unsigned flags, struct file **out);
int socket_pair(struct file *file, struct file *other);

/* SO_RCVTIMEO and SO_SNDTIMEO; 0: without end. */
void socket_set_timeout(struct file *file, bool send, uint64_t ns);
uint64_t socket_timeout(const struct file *file, bool send);

/**
 * socket_send - send what @io has, waiting for room
 * @m: where to and what with; its rights are the family's unless nothing was sent
 * @flags: MESSAGE_ bits
 *
 * Return: bytes; or negative errno and nothing was sent.
 */
long socket_send(struct file *file, struct io *io, struct tenon_socket_message *m, unsigned flags);
/* Likewise; m->len and m->flags say what did not fit. */
long socket_receive(struct file *file, struct io *io, struct tenon_socket_message *m, unsigned flags);

/* Files that go with a message. They may be sockets, but none that carries files itself: what nobody receives would stay. */
int socket_send_files(struct file *file, struct file **files, unsigned cnt, uint64_t *rights);
unsigned socket_take_files(struct file *file, uint64_t rights, struct file *files[SOCKET_FILES_MAX]);
/* Close them: nobody receives them. @rights: 0: there are none. */
void socket_drop_files(struct file *file, uint64_t rights);

#endif
