/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What is behind a socket's file; inside the directory. */
#ifndef KERNEL_NET_SOCKET_FILE_H
#define KERNEL_NET_SOCKET_FILE_H

#include <stdatomic.h>

#include "kernel/net/socket.h"
#include "kernel/sched/wait.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/node.h"
#include "kernel/vfs/poll.h"

struct socket { /* never changes, but for what is atomic and `bound` */
	struct kpi_socket *kpi;
	struct wait_queue *queue;
	int family;
	unsigned type;
	_Atomic uint64_t send_ns, receive_ns; /* 0: without end */
	struct node *bound;                   /* the file that it is bound to, a reference; the family binds it once */
};

/* When a call that begins now is given up. */
uint64_t socket_deadline(const struct socket *s, bool send);
/* A call that is made again as long as it would have to wait, if that is allowed. */
int64_t socket_call_waiting(struct file *file, enum socket_op op, const uint64_t a[4], bool no_wait, bool send);
long socket_read(struct file *file, struct io *io, uint64_t offset);
long socket_write(struct file *file, struct io *io, uint64_t offset);
long socket_ioctl(struct file *file, unsigned command, uint64_t argument);

#endif
