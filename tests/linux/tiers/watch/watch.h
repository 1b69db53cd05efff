/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What watch.ko is made of: main.c finds the drivers of a module, ids.c says what they handle. */
#ifndef WATCH_H
#define WATCH_H

#include <linux/device.h>
#include <linux/module.h>

/* Add a line to the report. */
__printf(1, 2) void report(const char *format, ...);
/* The last character so far. */
char report_last(void);

/* Call @fn for each driver of @mod. */
void each_driver(struct module *mod, void (*fn)(struct module *mod, struct device_driver *drv));

/*
 * For helpers, which are linked with a core that is a module of Debian's: @use is called to use the module that is tried, and
 * may sleep. NULL: the helper is unloaded.
 */
void watch_helper(void (*use)(struct module *mod));

#define WATCH_HELPER(use)                                                                                              \
	static int __init helper_init(void)                                                                            \
	{                                                                                                              \
		watch_helper(use);                                                                                     \
		return 0;                                                                                              \
	}                                                                                                              \
	static void __exit helper_exit(void)                                                                           \
	{                                                                                                              \
		watch_helper(NULL);                                                                                    \
	}                                                                                                              \
	module_init(helper_init);                                                                                      \
	module_exit(helper_exit);                                                                                      \
	MODULE_LICENSE("GPL");

/* Report what @drv handles, as aliases like modpost's. */
void report_ids(struct device_driver *drv);

/* Try @drv of @mod on a device that it says it handles. Sleeps. */
void probe_devices(struct module *mod, struct device_driver *drv);

/* probe_pci.c: likewise, for PCI. */
void probe_pci(struct device_driver *drv);

/* hwmon.c: if @dev is a sensor whose registers keep what is written, set and read its limits. @mod: whose it is. */
int use_hwmon(struct device *dev, void *mod);

/* probe.c: what was written to the device since wire_clear(): a hash of all, and the last four bytes as on the wire. */
struct wire {
	u32 hash;
	u8 last[4];
};
extern struct wire wire;
void wire_clear(void);

/* readings.c: if @dev is a sensor whose data sheet is known, and its registers hold WATCH_BYTE only, look what it shows. */
int use_readings(struct device *dev, void *mod);
bool has_readings(const char *module);

/* identity.c: put by what the chip of @module's driver is known into its registers. Return: the first byte of that, or 0. */
u8 put_identity(const char *module, u8 bank[256]);

/* iio_settings.c: if @dev is of industrial I/O, make each setting that it says is there, and set its outputs. */
int use_iio_settings(struct device *dev, void *mod);

/* iio.c: if @dev is a converter whose registers hold WATCH_BYTE only, read its channels. */
#define WATCH_BYTE 0x5au
int use_iio(struct device *dev, void *mod);
/* @dev as a device of industrial I/O, or NULL. */
struct iio_dev *to_iio(struct device *dev);

/* tcp.c: if @mod is one of the models that are known, compare it. */
void use_tcp(struct module *mod);

struct sk_buff;
/* netlink.c: make the request @message, which asks for an answer. Return: the answer, a negative errno value or 0. */
int netlink_ask(int protocol, struct sk_buff *message);

/* Report which algorithms of @mod have passed Linux's own tests. Sleeps. */
void report_algorithms(struct module *mod);

/*
 * events.c: what input devices report from events_start() to events_end(), which return a negative errno value or 0.
 * events_clear() forgets all so far.
 */
int events_start(void);
void events_end(void);
void events_clear(void);
/* Was there such an event? */
bool events_have(unsigned int type, unsigned int code, int value);
/* How many keys were pressed. */
int events_presses(void);

#endif
