// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A family of generic netlink with a command, and a netlink socket of the kernel's. */
/* log: the family has a number */
/* log: nobody listens: -3 */
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

enum { ATTR_UNSPEC, ATTR_TEXT, ATTR_CNT };
enum { CMD_UNSPEC, CMD_ECHO };

static const struct nla_policy policy[ATTR_CNT] = { [ATTR_TEXT] = { .type = NLA_NUL_STRING, .len = 64 } };
static struct genl_family family;

static int echo(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	void *head;

	if (!info->attrs[ATTR_TEXT])
		return -EINVAL;
	reply = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	head = genlmsg_put_reply(reply, info, &family, 0, CMD_ECHO);
	if (!head || nla_put_string(reply, ATTR_TEXT, nla_data(info->attrs[ATTR_TEXT]))) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

static const struct genl_small_ops ops[] = { { .cmd = CMD_ECHO, .doit = echo } };
static const struct genl_multicast_group groups[] = { { .name = "events" } };

static struct genl_family family = {
	.module = THIS_MODULE,
	.name = "clean",
	.version = 1,
	.maxattr = ATTR_CNT - 1,
	.policy = policy,
	.small_ops = ops,
	.n_small_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

static void receive(struct sk_buff *skb)
{
}

static struct sock *sock;

static int tell(void)
{
	struct sk_buff *skb = genlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL);
	void *head;

	if (!skb)
		return -ENOMEM;
	head = genlmsg_put(skb, 0, 0, &family, 0, CMD_ECHO);
	if (!head || nla_put_string(skb, ATTR_TEXT, "hello")) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	pr_info("nobody listens: %d\n", genlmsg_multicast(&family, skb, 0, 0, GFP_KERNEL));
	return 0;
}

static int __init clean_init(void)
{
	struct netlink_kernel_cfg cfg = { .input = receive };
	int err = genl_register_family(&family);

	if (err)
		return err;
	if (family.id)
		pr_info("the family has a number\n");
	sock = netlink_kernel_create(&init_net, NETLINK_USERSOCK, &cfg);
	err = sock ? tell() : -ENOMEM;
	if (!err)
		return 0;
	if (sock)
		netlink_kernel_release(sock);
	genl_unregister_family(&family);
	return err;
}

static void __exit clean_exit(void)
{
	netlink_kernel_release(sock);
	genl_unregister_family(&family);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
