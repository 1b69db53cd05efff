// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Controllers: each has a thread that looks at ports whenever something may have changed there. */
#include "usbcore.h"

static unsigned int last_number; /* atomic */

static void work(void *arg)
{
	struct usb_host *host = arg;
	bool first = true;

	while (!__atomic_load_n(&host->leaving, __ATOMIC_ACQUIRE)) {
		ports_look(host, NULL, first);
		hubs_look(host);
		first = false;
		if (tenon_event_wait(host->event, UINT64_MAX))
			break;
	}
	while (host->devices)
		device_drop(host->devices);
}

int usb_host_register(const struct usb_host_ops *ops, void *hc, tenon_handle device, unsigned int port_cnt,
		      struct usb_host **out)
{
	struct usb_host *host = tenon_alloc(THIS_MODULE, sizeof(*host));
	int err;

	if (!host)
		return -TENON_ENOMEM;
	*host = (struct usb_host){ .ops = ops, .hc = hc, .device = device, .port_cnt = port_cnt };
	host->number = __atomic_add_fetch(&last_number, 1, __ATOMIC_RELAXED);
	host->event = tenon_event_create(THIS_MODULE);
	err = tenon_handle_error(host->event);
	if (err) {
		tenon_free(host);
		return err;
	}
	__atomic_store_n(out, host, __ATOMIC_RELEASE); /* its events may be about ports at once */
	host->thread = tenon_thread_create(THIS_MODULE, work, host, "usb");
	err = tenon_handle_error(host->thread);
	return err;
}
EXPORT_SYMBOL(usb_host_register);

void usb_host_changed(struct usb_host *host)
{
	tenon_event_set(host->event);
}
EXPORT_SYMBOL(usb_host_changed);

void usb_host_unregister(struct usb_host *host)
{
	__atomic_store_n(&host->leaving, true, __ATOMIC_RELEASE);
	tenon_event_set(host->event);
	if (!tenon_handle_error(host->thread))
		tenon_thread_join(host->thread, UINT64_MAX);
	tenon_event_destroy(host->event);
	tenon_free(host);
}
EXPORT_SYMBOL(usb_host_unregister);

static int __init usbcore_init(void)
{
	return interfaces_init();
}

static void __exit usbcore_exit(void)
{
	interfaces_exit();
}

module_init(usbcore_init);
module_exit(usbcore_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("USB: devices, hubs and transfers");
MODULE_AUTHOR("The Tenon authors");
