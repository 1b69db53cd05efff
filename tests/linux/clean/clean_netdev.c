// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A network device that counts what is sent through it. */
/* log: registered as clean0 */
/* log: up, sent 1 frame of 60 bytes */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>

struct wire {
	u64 frames, bytes;
};

static struct net_device *device;

static netdev_tx_t wire_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct wire *w = netdev_priv(dev);

	w->frames++;
	w->bytes += skb->len;
	dev_kfree_skb(skb);
	return NETDEV_TX_OK;
}

static int wire_open(struct net_device *dev)
{
	netif_start_queue(dev);
	return 0;
}

static int wire_stop(struct net_device *dev)
{
	netif_stop_queue(dev);
	return 0;
}

static void wire_stats(struct net_device *dev, struct rtnl_link_stats64 *stats)
{
	struct wire *w = netdev_priv(dev);

	stats->tx_packets = w->frames;
	stats->tx_bytes = w->bytes;
}

static const struct net_device_ops wire_ops = {
	.ndo_open = wire_open,
	.ndo_stop = wire_stop,
	.ndo_start_xmit = wire_xmit,
	.ndo_get_stats64 = wire_stats,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
};

static void wire_setup(struct net_device *dev)
{
	ether_setup(dev);
	dev->netdev_ops = &wire_ops;
	dev->needs_free_netdev = false;
	dev->flags |= IFF_NOARP;
	eth_hw_addr_random(dev);
}

static int send_one(void)
{
	struct sk_buff *skb = netdev_alloc_skb(device, 60);

	if (!skb)
		return -ENOMEM;
	skb_reserve(skb, 0);
	memset(skb_put(skb, 60), 0, 60);
	skb_reset_mac_header(skb);
	skb->protocol = htons(ETH_P_IP);
	skb->dev = device;
	return dev_queue_xmit(skb);
}

static int use_device(void)
{
	struct wire *w = netdev_priv(device);
	int err;

	rtnl_lock();
	err = dev_open(device, NULL);
	rtnl_unlock();
	if (err)
		return err;
	err = send_one();
	if (!err)
		pr_info("up, sent %llu frame of %llu bytes\n", w->frames, w->bytes);
	rtnl_lock();
	dev_close(device);
	rtnl_unlock();
	return err;
}

static int __init clean_init(void)
{
	int err;

	device = alloc_netdev(sizeof(struct wire), "clean%d", NET_NAME_ENUM, wire_setup);
	if (!device)
		return -ENOMEM;
	err = register_netdev(device);
	if (err)
		goto no_device;
	pr_info("registered as %s\n", device->name);
	err = use_device();
	if (!err)
		return 0;
	unregister_netdev(device);
no_device:
	free_netdev(device);
	return err;
}

static void __exit clean_exit(void)
{
	unregister_netdev(device);
	free_netdev(device);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
