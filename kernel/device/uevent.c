// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * What becomes of devices, reported to programs in the form of Linux's kernel (lib/kobject_uevent.c): "add@/devices/..." and
 * "KEY=value" strings, each with a NUL, to those who listen on a netlink socket.
 */
#include <stdatomic.h>

#include "kernel/device/device.h"
#include "kernel/log.h"
#include "kernel/net/netlink.h"
#include "kernel/vfs/text.h"
#include "tenon/core.h"
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

static void begin(struct text *t, const char *action, const char *path, const char *subsystem)
{
	text_printf(t, "%s@%s\n", action, path);
	text_printf(t, "ACTION=%s\nDEVPATH=%s\n", action, path);
	if (subsystem)
		text_printf(t, "SUBSYSTEM=%s\n", subsystem);
}

/* Send what has been written, a line each. */
static void end(struct text *t, const char *action, const char *path)
{
	static _Atomic uint64_t sequence;

	text_printf(t, "SEQNUM=%llu\n", (unsigned long long)atomic_fetch_add(&sequence, 1) + 1);
	for (size_t i = 0; i < t->len; i++)
		if (t->bytes[i] == '\n')
			t->bytes[i] = '\0';
	if (t->failed)
		log_warn("%s: no memory for the event %s", path, action);
	else
		netlink_broadcast(t->bytes, t->len);
	text_free(t);
}

void uevent_send(const char *action, struct device *dev, struct driver *drv)
{
	struct text t = { 0 };

	if (!netlink_heard())
		return;
	begin(&t, action, dev->path, dev->bus ? dev->bus->name : dev->class ? dev->class->name : NULL);
	uevent_describe(dev, drv ? drv->name : NULL, &t);
	end(&t, action, dev->path);
}

void uevent_send_module(const char *action, const char *name)
{
	char path[TENON_NAME_BYTES + 16];
	struct text t = { 0 };

	if (!netlink_heard())
		return;
	tenon_snprintf(path, sizeof(path), "/module/%s", name);
	begin(&t, action, path, "module");
	end(&t, action, path);
}
