// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A device that rtnetlink makes of Debian's vcan.ko, a socket of can-raw.ko that sends a frame there, another one that gets it, and
 * a tap between them that sees its bytes as the CAN header of Linux's interface lays them out.
 */
#include <linux/can.h>
#include <linux/can/raw.h>
#include <linux/completion.h>
#include <linux/file.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/sock.h>

#define check(condition, text) pr_info("%s - %s\n", (condition) ? "ok" : "not ok", text)
#define NAME "frames0"
#define WAIT (10 * HZ) /* for what should come at once */

/* The identifier in the byte order of the CPU, the length, three bytes of padding, the data. */
static const u8 sent[16] = { 0x23, 0x01, 0, 0, 5, 0, 0, 0, 'h', 'e', 'l', 'l', 'o' };
static u8 tapped[sizeof(sent)];
static DECLARE_COMPLETION(seen);

static int tap(struct sk_buff *skb, struct net_device *dev, struct packet_type *type, struct net_device *origin)
{
	if (!strcmp(dev->name, NAME) && !skb_copy_bits(skb, 0, tapped, sizeof(tapped)))
		complete(&seen);
	kfree_skb(skb);
	return 0;
}

static struct packet_type tap_type = { .type = htons(ETH_P_CAN), .func = tap };

/* Attributes of a message are four bytes of head, then what they say, filled up to a multiple of four. */
struct link_message {
	struct nlmsghdr head;
	struct ifinfomsg info;
	struct nlattr name_head;
	char name[8];
	struct nlattr link_head, kind_head;
	char kind[8];
};

/* Have rtnetlink make or remove the device. Return: 0 or what it answers. */
static int link(u16 type, u16 flags)
{
	struct link_message m = {
		.head = { .nlmsg_len = sizeof(m),
			  .nlmsg_type = type,
			  .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags },
		.name_head = { .nla_len = NLA_HDRLEN + sizeof(NAME), .nla_type = IFLA_IFNAME },
		.name = NAME,
		.link_head = { .nla_len = 2 * NLA_HDRLEN + 8, .nla_type = IFLA_LINKINFO },
		.kind_head = { .nla_len = NLA_HDRLEN + sizeof("vcan"), .nla_type = IFLA_INFO_KIND },
		.kind = "vcan",
	};
	struct {
		struct nlmsghdr head;
		struct nlmsgerr error;
	} answer = {};
	struct kvec out = { &m, sizeof(m) }, in = { &answer, sizeof(answer) };
	struct msghdr msg = {};
	struct socket *sock;
	struct file *file;
	int err = sock_create_kern(&init_net, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE, &sock);

	if (err)
		return err;
	file =
	    sock_alloc_file(sock, 0, NULL); /* whose opener's rights are asked for; on failure the socket is released */
	if (IS_ERR(file))
		return PTR_ERR(file);
	err = kernel_sendmsg(sock, &msg, &out, 1, sizeof(m));
	if (err > 0)
		err = kernel_recvmsg(sock, &msg, &in, 1, sizeof(answer), 0);
	fput(file);
	return err < 0 ? err : answer.error.error;
}

static struct socket *can_socket(int index)
{
	struct sockaddr_can address = { .can_family = AF_CAN, .can_ifindex = index };
	struct socket *sock;
	int err = sock_create_kern(&init_net, PF_CAN, SOCK_RAW, CAN_RAW, &sock);

	if (err)
		return ERR_PTR(err);
	err = kernel_bind(sock, (struct sockaddr *)&address, sizeof(address));
	if (!err)
		return sock;
	sock_release(sock);
	return ERR_PTR(err);
}

static void exchange(int index)
{
	struct socket *from = can_socket(index), *to = can_socket(index);
	u8 got[sizeof(sent)] = {};
	struct kvec out = { (void *)sent, sizeof(sent) }, in = { got, sizeof(got) };
	struct msghdr msg = {};

	check(!IS_ERR(from) && !IS_ERR(to), "two sockets are bound to it");
	if (!IS_ERR(from) && !IS_ERR(to)) {
		to->sk->sk_rcvtimeo = WAIT;
		check(kernel_sendmsg(from, &msg, &out, 1, sizeof(sent)) == sizeof(sent), "one sends a frame");
		check(kernel_recvmsg(to, &msg, &in, 1, sizeof(got), 0) == sizeof(got), "the other one gets a frame");
		check(!memcmp(got, sent, sizeof(sent)), "with the same bytes");
		wait_for_completion_timeout(&seen, WAIT);
		check(!memcmp(tapped, sent, sizeof(sent)), "and so does a tap");
	}
	if (!IS_ERR(from))
		sock_release(from);
	if (!IS_ERR(to))
		sock_release(to);
}

static int __init frames_init(void)
{
	struct net_device *dev;
	int err;

	check(link(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL) == 0, "rtnetlink makes a device");
	dev = dev_get_by_name(&init_net, NAME);
	check(dev, "it is there");
	if (!dev)
		return 0;
	rtnl_lock();
	err = dev_open(dev, NULL);
	rtnl_unlock();
	check(!err, "it comes up");
	dev_add_pack(&tap_type);
	exchange(dev->ifindex);
	dev_remove_pack(&tap_type);
	dev_put(dev);
	check(link(RTM_DELLINK, 0) == 0, "rtnetlink removes the device");
	check(!__dev_get_by_name(&init_net, NAME), "it is gone");
	return 0;
}

static void __exit frames_exit(void)
{
}

module_init(frames_init);
module_exit(frames_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of Debian's vcan and can-raw");
