// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * What becomes of devices, told to programs in the form of Linux's kernel (lib/kobject_uevent.c): "add@/devices/..." and
 * "KEY=value" strings, each with a NUL, to those who listen on a netlink socket.
 */
#include <stdatomic.h>

#include "kernel/device/device.h"
#include "kernel/log.h"
#include "kernel/net/netlink.h"
#include "kernel/vfs/text.h"
#include "tenon/runtime.h"

void uevent_describe(struct device *dev, const char *driver, struct text *t)
{
	if (driver)
		text_printf(t, "DRIVER=%s\n", driver);
	if (dev->describe)
		dev->describe(dev, t);
	if (*dev->modalias)
		text_printf(t, "MODALIAS=%s\n", dev->modalias);
}

/* What follows the head, a line each. */
static void describe_all(const char *action, struct device *dev, const char *driver, struct text *t)
{
	static _Atomic uint64_t sequence;

	text_printf(t, "ACTION=%s\nDEVPATH=%s\n", action, dev->path);
	if (dev->bus || dev->class)
		text_printf(t, "SUBSYSTEM=%s\n", dev->bus ? dev->bus->name : dev->class->name);
	uevent_describe(dev, driver, t);
	text_printf(t, "SEQNUM=%llu\n", (unsigned long long)atomic_fetch_add(&sequence, 1) + 1);
}

void uevent_send(const char *action, struct device *dev, struct driver *drv)
{
	struct text t = { 0 };

	text_printf(&t, "%s@%s\n", action, dev->path);
	describe_all(action, dev, drv ? drv->name : NULL, &t);
	for (size_t i = 0; i < t.len; i++)
		if (t.bytes[i] == '\n')
			t.bytes[i] = '\0';
	if (t.failed)
		log_warn("%s: no memory for the event %s", dev->path, action);
	else
		netlink_broadcast(t.bytes, t.len);
	text_free(&t);
}
