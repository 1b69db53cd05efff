/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Orders to a domain's control loop (domain/protocol.h). Each is the answer to a system call that the loop has made,
 * and its result is the argument of the next one; the kernel carries both, so code of modules can neither read, write
 * nor delay any of it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "port/process/child.h"

/*
 * No deadline of modules: no code of theirs runs before the first, or can delay the others, so if the loop is late the
 * machine is busy. The core's lock may be held meanwhile.
 */
#define READY_MS 30000
#define ORDER_MS 10000

/* The kernel writes as much as its own structure has, which may be longer one day. */
union ask {
	struct seccomp_notif notif;
	uint8_t room[1024];
};

static int lost(struct child *c, const char *how)
{
	char why[64];

	snprintf(why, sizeof(why), "control loop: %s", how);
	child_kill(c, why);
	return -TENON_EOWNERDEAD;
}

/* Until @fd can be read, or the process has ended. */
static int wait_for(struct child *c, int fd, uint32_t ms)
{
	struct pollfd p[] = { { .fd = fd, .events = POLLIN }, { .fd = c->pidfd, .events = POLLIN } };
	uint64_t now = sync_now(NULL), deadline = now + ms * 1000000ull;
	int cnt;

	do {
		cnt = poll(p, 2, now < deadline ? (int)((deadline - now + 999999) / 1000000) : 0);
		now = sync_now(NULL);
	} while (cnt < 0 && errno == EINTR);
	if (!cnt)
		return lost(c, "no answer in time");
	if (cnt > 0 && (p[0].revents & POLLIN))
		return 0;
	child_wait_dead(c);
	return -TENON_EOWNERDEAD;
}

/* The loop asks for its next order: *result is what came of the last one. */
static int receive(struct child *c, uint32_t ms, uint64_t *result)
{
	union ask ask;
	int err;

	do {
		err = wait_for(c, c->listener, ms);
		if (err)
			return err;
		memset(&ask, 0, sizeof(ask));
	} while (ioctl(c->listener, SECCOMP_IOCTL_NOTIF_RECV, &ask) && (errno == EINTR || errno == ENOENT));
	if (ask.notif.data.nr != CONTROL_CALL || ask.notif.pid != (uint32_t)c->pid)
		return lost(c, "unexpected system call");
	c->ask = ask.notif.id;
	*result = ask.notif.data.args[0];
	return 0;
}

/* *result: of its system call. */
static int order(struct child *c, uint64_t word, uint64_t *result)
{
	struct seccomp_notif_resp answer = { .val = (int64_t)word };
	int err;

	if (atomic_load(&c->dead))
		return -TENON_EOWNERDEAD;
	pthread_mutex_lock(&c->control);
	answer.id = c->ask;
	/* It fails if the loop is not there any more, which is then seen by waiting for it. */
	ioctl(c->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	err = receive(c, ORDER_MS, result);
	pthread_mutex_unlock(&c->control);
	if (err)
		return err;
	return (int64_t)*result < 0 ? -TENON_ENOMEM : 0;
}

static int order_pages(struct process_domain *d, unsigned int op, uint64_t run, size_t size, int prot)
{
	uint64_t first = (run - d->base) >> DOMAIN_PAGE_SHIFT, result;

	return order(d->child, control_order(op, prot, first, size >> DOMAIN_PAGE_SHIFT), &result);
}

int child_map(struct process_domain *d, uint64_t run, size_t size, int prot)
{
	return order_pages(d, CONTROL_MAP, run, size, prot);
}

int child_protect(struct process_domain *d, uint64_t run, size_t size, int prot)
{
	return order_pages(d, CONTROL_PROTECT, run, size, prot);
}

bool child_unmap(struct process_domain *d, uint64_t run, size_t size)
{
	int err = order_pages(d, CONTROL_UNMAP, run, size, 0);

	return !err || err == -TENON_EOWNERDEAD;
}

int child_sync_code(struct process_domain *d)
{
	uint64_t result;

	return order(d->child, control_order(CONTROL_CODE, 0, 0, 0), &result);
}

int control_thread(struct child *c, uint32_t nr, int *tid)
{
	struct process_domain *d = &c->domain;
	uint64_t result;
	uint64_t at = d->base + c->channels_offset + (uint64_t)nr * CHANNEL_BYTES;
	int err = child_map(d, at, CHANNEL_GUARD, PROT_READ | PROT_WRITE);

	if (!err)
		err = child_map(d, at + CHANNEL_STACK, CHANNEL_BYTES - CHANNEL_STACK, PROT_READ | PROT_WRITE);
	if (!err)
		err = order(c, control_order(CONTROL_THREAD, 0, nr, 0), &result);
	if (!err)
		*tid = (int)result;
	return err;
}

/* The process sends the listener, once. */
static int receive_listener(struct child *c)
{
	union {
		struct cmsghdr head;
		uint8_t bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int err = wait_for(c, c->socket, READY_MS);

	if (err)
		return err;
	if (recvmsg(c->socket, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT) != 1 || !CMSG_FIRSTHDR(&message) ||
	    control.head.cmsg_type != SCM_RIGHTS)
		return lost(c, "did not start");
	memcpy(&c->listener, CMSG_DATA(&control.head), sizeof(int));
	return 0;
}

int control_ready(struct child *c)
{
	int err = receive_listener(c);

	return err ? err : receive(c, READY_MS, &c->gate);
}
