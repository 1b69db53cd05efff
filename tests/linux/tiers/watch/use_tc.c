// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Modules of traffic control, on a device of our own, by rtnetlink as the program tc does it. */
#include <linux/etherdevice.h>
#include <linux/rtnetlink.h>
#include <net/netlink.h>

#include "tc.h"
#include "watch.h"

struct net_device *tc_device;

static netdev_tx_t transmit(struct sk_buff *skb, struct net_device *dev)
{
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

static const struct net_device_ops device_ops = { .ndo_start_xmit = transmit };

void tc_put_attributes(struct sk_buff *message, const struct tc_option *attributes)
{
	for (int i = 0; i < OPTIONS_MAX && attributes[i].len; i++)
		nla_put(message, attributes[i].type, attributes[i].len, attributes[i].data);
}

void tc_put_options(struct sk_buff *message, const void *arg)
{
	const struct tc_option *options = arg;
	struct nlattr *nest;

	if (!options[0].len)
		return;
	if (!options[0].type) {
		nla_put(message, TCA_OPTIONS, options[0].len, options[0].data);
		return;
	}
	nest = nla_nest_start(message, TCA_OPTIONS);
	tc_put_attributes(message, options);
	nla_nest_end(message, nest);
}

int tc_ask(const struct tc_request *request, void (*put)(struct sk_buff *message, const void *arg), const void *arg)
{
	struct sk_buff *message = alloc_skb(8192, GFP_KERNEL);
	struct nlmsghdr *header;
	struct tcmsg *tc;
	int err;

	if (!message)
		return -ENOMEM;
	header = nlmsg_put(message, 0, 1, request->type, sizeof(*tc), NLM_F_REQUEST | NLM_F_ACK | request->flags);
	tc = nlmsg_data(header);
	*tc = (struct tcmsg){ .tcm_family = AF_UNSPEC,
			      .tcm_ifindex = tc_device->ifindex,
			      .tcm_handle = request->handle,
			      .tcm_parent = request->parent,
			      .tcm_info = request->info };
	if (request->kind)
		nla_put_string(message, TCA_KIND, request->kind);
	if (put)
		put(message, arg);
	nlmsg_end(message, header);
	err = netlink_ask(NETLINK_ROUTE, message);
	kfree_skb(message);
	return err;
}

void tc_reset(void)
{
	tc_ask(&(struct tc_request){ .type = RTM_DELQDISC, .parent = TC_H_ROOT }, NULL, NULL);
}

/* What is given to it stays in its queues. */
static bool open_device(unsigned int queues)
{
	tc_device = alloc_etherdev_mqs(0, queues, 1);
	if (!tc_device)
		return false;
	tc_device->netdev_ops = &device_ops;
	eth_hw_addr_set(tc_device, (const u8[]){ 0x02, 0, 0x5e, 0, 0x53, 2 });
	if (register_netdev(tc_device)) {
		free_netdev(tc_device);
		return false;
	}
	rtnl_lock();
	dev_open(tc_device, NULL);
	rtnl_unlock();
	netif_carrier_on(tc_device);
	if (queues == 1) /* else the scheduler itself looks whether a queue is stopped */
		netif_tx_stop_all_queues(tc_device);
	return true;
}

static void use(struct module *mod)
{
	int right = 0, wrong = 0;

	if (!open_device(strcmp(mod->name, "sch_multiq") ? 1 : 2))
		return;
	for (const struct tc_rule *rule = tc_rules; rule->module; rule++)
		if (!strcmp(rule->module, mod->name)) {
			bool is = tc_use_rule(rule);

			right += is;
			wrong += !is;
			tc_reset();
		}
	for (const struct tc_queue *queue = tc_queues; queue->module; queue++)
		if (!strcmp(queue->module, mod->name)) {
			bool is = tc_use_queue(queue);

			right += is;
			wrong += !is;
			tc_reset();
		}
	if (right && !wrong)
		report("compared %s %d frames or orders of them, as its rules say\n", mod->name, right);
	unregister_netdev(tc_device);
	free_netdev(tc_device);
}

WATCH_HELPER(use)
