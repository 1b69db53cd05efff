/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A file to the host. On its own: the C library's header of sockets does not go with the kernel's. */
#include <sys/socket.h>

#include "port/process/domain/domain.h"
#include "port/process/domain/sys.h"

void send_file(int socket, int file)
{
	union {
		struct cmsghdr head;
		uint8_t bytes[CMSG_SPACE(sizeof(int))];
	} control = { .head = { CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS } };
	char byte = 0;
	struct iovec data = { &byte, 1 };
	const struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	*(int *)(void *)CMSG_DATA(&control.head) = file;
	if (sys3(SYS_sendmsg, socket, (long)&message, 0) != 1)
		sys_exit_all(EXIT_LISTENER);
}
