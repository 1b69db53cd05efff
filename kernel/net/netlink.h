/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Netlink sockets (netlink(7)) of the one kind that the kernel speaks: NETLINK_KOBJECT_UEVENT, on which it announces
 * what becomes of devices. Programs listen; they have nothing to say.
 */
#ifndef KERNEL_NET_NETLINK_H
#define KERNEL_NET_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/net/family.h"

struct file;
struct io;

enum { NETLINK_UEVENT = 15, NETLINK_UEVENT_GROUP = 1 }; /* NETLINK_KOBJECT_UEVENT; bit 0 of the groups */

/**
 * netlink_open - a socket that listens to nothing yet
 * @flags: OPEN_NONBLOCK or 0
 *
 * Return: 0 and a reference; -TENON_ENOMEM, -TENON_ENFILE.
 */
int netlink_open(unsigned flags, struct file **file);
/* Is this file one? */
int netlink_is(const struct file *file);

/* Listen to these groups, as @port; 0: one is chosen. Return: 0; -TENON_EINVAL: it is bound to another port. */
int netlink_bind(struct file *file, uint32_t port, uint32_t groups);
/* How much may wait in its queue, within the limits that there are. */
void netlink_set_room(struct file *file, int64_t bytes);

enum { RECEIVE_PEEK = 1, RECEIVE_NONBLOCK = 2 };

/**
 * netlink_receive - the next message, cut to what @io takes
 * @how: RECEIVE_ bits
 *
 * Return: the bytes that it had; -TENON_EAGAIN, -TENON_EINTR; -TENON_ENOBUFS: some were lost, said once; -TENON_EFAULT:
 * it is lost.
 */
long netlink_receive(struct file *file, struct io *io, unsigned how);

/* One of what sockets do (family.h), with messages of the native interface. Nothing is waited for. */
int64_t netlink_call(struct file *file, enum socket_op op, const uint64_t a[4]);
/* Woken when there is something to receive. */
struct wait_queue *netlink_queue(struct file *file);

/* Is there anybody who listens? Who comes at this moment hears of what comes later. */
bool netlink_heard(void);
/* To all who listen. Without memory, or room in a queue, those concerned learn that they lost some. May sleep. */
void netlink_broadcast(const void *bytes, size_t len);

#endif
