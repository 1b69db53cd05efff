// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Requests of netlink to the kernel's end, as a program makes them. */
#include <linux/file.h>
#include <linux/net.h>
#include <net/net_namespace.h>
#include <net/netlink.h>

#include "watch.h"

static int exchange(struct socket *sock, struct sk_buff *message)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[512];
	} reply = {};
	struct kvec to = { message->data, message->len }, from = { &reply, sizeof(reply) };
	struct msghdr sent = {}, received = {};
	int err = kernel_sendmsg(sock, &sent, &to, 1, to.iov_len);

	if (err >= 0)
		err = kernel_recvmsg(sock, &received, &from, 1, sizeof(reply), MSG_DONTWAIT);
	if (err < 0)
		return err;
	return reply.header.nlmsg_type == NLMSG_ERROR ? reply.error.error : -EPROTO;
}

int netlink_ask(int protocol, struct sk_buff *message)
{
	struct socket *sock;
	struct file *file; /* whose opener's rights are asked for */
	int err = sock_create_kern(&init_net, PF_NETLINK, SOCK_RAW, protocol, &sock);

	if (err)
		return err;
	file = sock_alloc_file(sock, 0, NULL); /* on failure the socket is released */
	if (IS_ERR(file))
		return PTR_ERR(file);
	err = exchange(sock, message);
	fput(file);
	return err;
}
EXPORT_SYMBOL(netlink_ask);
