// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The interface lo: what is sent is received, in the same buffer. */
#include "tenon/module.h"

#define TYPE_LOOPBACK 772
#define MTU 2000 /* what a buffer holds after the header, rounded */

static tenon_handle netdev;

static int open(void *ctx)
{
	(void)ctx;
	return 0;
}

static void stop(void *ctx)
{
	(void)ctx;
}

static int transmit(void *ctx, const void *frames, size_t len)
{
	(void)ctx;
	return tenon_netdev_receive(netdev, frames, len);
}

/* It would lose that it is on, and its address. */
static int may_go(void *unused)
{
	struct tenon_interface i = { .index = 0 };

	(void)unused;
	while (!tenon_interface_next(i.index + 1, &i))
		if (i.flags & TENON_INTERFACE_LOOPBACK && i.flags & TENON_INTERFACE_UP)
			return 1;
	return 0;
}

static int __init loopback_init(void)
{
	static const struct tenon_netdev_ops ops = { .open = open, .stop = stop, .transmit = transmit };
	static const struct tenon_netdev_config config = {
		.size = sizeof(config), .type = TYPE_LOOPBACK, .mtu = MTU, .mtu_max = MTU
	};
	tenon_handle idle = tenon_idle_register(THIS_MODULE, may_go, NULL);

	if (tenon_handle_error(idle))
		return tenon_handle_error(idle);
	netdev = tenon_netdev_register(THIS_MODULE, 0, "lo", &config, &ops, NULL);
	if (tenon_handle_error(netdev))
		tenon_idle_unregister(idle);
	return tenon_handle_error(netdev);
}

static void __exit loopback_exit(void)
{
	tenon_netdev_unregister(netdev);
}

module_init(loopback_init);
module_exit(loopback_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("The loopback interface");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("netdev-lo");
