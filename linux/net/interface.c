// SPDX-License-Identifier: GPL-2.0-only
/*
 * Network devices of a function that our kernel has given to a driver (drivers/pci_bus.c), as interfaces of the kernel's.
 * What is to be sent is queued as Linux's own protocols do it; what has come a handler takes before any protocol of
 * Linux's, frame by frame as they were on the wire: so nothing is put together before it, and no tag taken off.
 *
 * An interface is made for a device under rtnl, and lets go of it, under rtnl, as the device goes. It stays until its
 * host frees it.
 */
#include <linux/etherdevice.h>
#include <linux/if_arp.h>
#include <linux/if_vlan.h>
#include <linux/netdevice.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "linux/glue.h"

#define NOT_WANTED                                                                                                     \
	(NETIF_F_GRO | NETIF_F_GRO_HW | NETIF_F_LRO | NETIF_F_GRO_FRAGLIST | NETIF_F_GRO_UDP_FWD |                     \
	 NETIF_F_HW_VLAN_CTAG_RX | NETIF_F_HW_VLAN_STAG_RX)

struct interface {
	struct list_head list;        /* rtnl */
	struct net_device __rcu *dev; /* NULL: it has gone */
	void *host;
	bool *carrier;
};

static LIST_HEAD(interfaces);

/* ---- frames ------------------------------------------------------------------------------------------------------ */

static void deliver(struct interface *i, struct sk_buff *skb)
{
	skb_push(skb, ETH_HLEN);
	if (skb_vlan_tag_present(skb))
		skb = __vlan_hwaccel_push_inside(skb);
	if (!skb)
		return;
	if (!skb_linearize(skb))
		lx_frame_write(i->host, skb->data, skb->len);
	consume_skb(skb);
}

static rx_handler_result_t receive(struct sk_buff **pskb)
{
	struct sk_buff *skb = skb_share_check(*pskb, GFP_ATOMIC);

	if (skb)
		deliver(rcu_dereference(skb->dev->rx_handler_data), skb);
	return RX_HANDLER_CONSUMED;
}

static struct sk_buff *make_frame(struct net_device *dev, const struct interface *i, unsigned int tag, unsigned int len)
{
	struct sk_buff *skb = netdev_alloc_skb(dev, len);

	if (!skb)
		return NULL;
	if (lx_frame_read(i->host, tag, skb_put(skb, len), len)) {
		kfree_skb(skb);
		return NULL;
	}
	skb_reset_mac_header(skb);
	skb_set_network_header(skb, ETH_HLEN);
	skb->protocol = eth_hdr(skb)->h_proto;
	return skb;
}

/* What cannot be sent is lost, as on a wire; the kernel has its buffer back in any case. */
void linux_interface_send(void *interface, unsigned int tag, unsigned int len)
{
	struct interface *i = interface;
	struct sk_buff *skb = NULL;
	struct net_device *dev;

	rcu_read_lock();
	dev = rcu_dereference(i->dev);
	if (dev)
		skb = make_frame(dev, i, tag, len);
	if (skb)
		dev_queue_xmit(skb);
	else
		lx_frame_drop(i->host, tag);
	rcu_read_unlock();
}

/* ---- on and off -------------------------------------------------------------------------------------------------- */

int linux_interface_open(void *interface)
{
	struct interface *i = interface;
	int err = -ENODEV;

	rtnl_lock();
	if (i->dev)
		err = dev_open(i->dev, NULL);
	if (!err) /* groups are our kernel's business, who knows of none: it has all */
		dev_set_allmulti(i->dev, 1);
	rtnl_unlock();
	return err;
}

void linux_interface_stop(void *interface)
{
	struct interface *i = interface;

	rtnl_lock();
	if (i->dev) {
		dev_set_allmulti(i->dev, -1);
		dev_close(i->dev);
	}
	rtnl_unlock();
}

/* ---- coming and going -------------------------------------------------------------------------------------------- */

static struct interface *interface_of(const struct net_device *dev)
{
	struct interface *i;

	list_for_each_entry(i, &interfaces, list)
		if (i->dev == dev)
			return i;
	return NULL;
}

static int changed(struct notifier_block *nb, unsigned long event, void *arg)
{
	struct net_device *dev = netdev_notifier_info_to_dev(arg);
	struct interface *i = interface_of(dev);

	(void)nb;
	if (!i)
		return NOTIFY_DONE;
	if (event == NETDEV_UNREGISTER) {
		rcu_assign_pointer(i->dev, NULL);
		list_del(&i->list);
		netdev_rx_handler_unregister(dev); /* waits for readers */
	} else {
		WRITE_ONCE(*i->carrier, netif_running(dev) && netif_carrier_ok(dev));
	}
	return NOTIFY_DONE;
}

/* Once, when there is something to be told. Return: 0 or a negative errno value. */
static int listen(void)
{
	static struct notifier_block notifier = { .notifier_call = changed };
	static DEFINE_MUTEX(lock);
	static bool listens;
	int err = 0;

	mutex_lock(&lock);
	if (!listens)
		err = register_netdevice_notifier(&notifier);
	listens = !err;
	mutex_unlock(&lock);
	return err;
}

/* The @nth device of Ethernet that is on it. rtnl. */
static struct net_device *find(const struct pci_dev *pdev, unsigned int nth)
{
	struct net_device *dev;

	for_each_netdev(&init_net,
			dev) if (dev->dev.parent == &pdev->dev && dev->type == ARPHRD_ETHER && !nth--) return dev;
	return NULL;
}

static int begin(struct interface *i, struct net_device *dev)
{
	int err = netdev_rx_handler_register(dev, receive, i);

	if (err)
		return err;
	i->dev = dev;
	list_add(&i->list, &interfaces);
	dev->wanted_features &= ~NOT_WANTED;
	netdev_update_features(dev);
	return 0;
}

void *linux_interface_next(struct lx_pci *p, unsigned int nth, void *host, bool *carrier, struct lx_interface *about)
{
	struct interface *i = kzalloc(sizeof(*i), GFP_KERNEL);
	struct net_device *dev = NULL;

	if (!i)
		return NULL;
	if (listen()) {
		kfree(i);
		return NULL;
	}
	i->host = host;
	i->carrier = carrier;
	rtnl_lock();
	dev = find(linux_pci_dev(p), nth);
	if (dev && begin(i, dev))
		dev = NULL;
	if (dev) {
		about->mtu = dev->mtu;
		ether_addr_copy(about->mac, dev->dev_addr);
	}
	rtnl_unlock();
	if (dev)
		return i;
	kfree(i);
	return NULL;
}

void linux_interface_free(void *interface)
{
	kfree(interface);
}
