/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/netlink.h>

#include "user/hotplugd/source.h"

#define LISTEN_FD 3           /* the first that sd_listen_fds(3) hands over */
#define KERNEL_GROUP 1        /* group 2 is udev's, in a format of its own */
#define QUEUE_BYTES (64 << 20) /* a limit: memory is taken only while events wait */

static bool handed_over(void)
{
	const char *pid = getenv("LISTEN_PID"), *cnt = getenv("LISTEN_FDS");

	return pid && cnt && atoi(pid) == getpid() && atoi(cnt) == 1;
}

int source_open(void)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP };
	const int bytes = QUEUE_BYTES;
	int fd;

	if (handed_over()) {
		if (fcntl(LISTEN_FD, F_SETFL, O_NONBLOCK) || fcntl(LISTEN_FD, F_SETFD, FD_CLOEXEC))
			return -errno;
		return LISTEN_FD;
	}
	fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	if (fd < 0)
		return -errno;
	/* Without the right to go over the system's limit, up to the limit. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (bind(fd, (struct sockaddr *)&to, sizeof(to))) {
		int err = -errno;

		close(fd);
		return err;
	}
	return fd;
}

int source_next(int fd, char *bytes, struct uevent *event)
{
	struct sockaddr_nl from = { 0 };
	struct iovec iov = { bytes, UEVENT_BYTES_MAX };
	struct msghdr msg = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1 };
	ssize_t len = recvmsg(fd, &msg, 0);

	if (len < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -errno;
	/* Other processes may send to the group, too; only the kernel has the port 0. */
	if (msg.msg_namelen && (from.nl_family != AF_NETLINK || from.nl_pid))
		return -EBADMSG;
	return !(msg.msg_flags & MSG_TRUNC) && uevent_parse(bytes, (size_t)len, event) ? 1 : -EBADMSG;
}
