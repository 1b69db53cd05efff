// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * For try_module: looks at each module when its init has returned, and finds its drivers as sysfs has them, by the links in
 * /sys/module/NAME/drivers. Written in the usual way and built by Linux's own build system.
 */
#include <linux/device.h>
#include <linux/kernfs.h>
#include <linux/klist.h>
#include <linux/module.h>
#include <linux/rbtree.h>
#include <linux/sysfs.h>
#include <linux/vmalloc.h>

#include "base.h"
#include "watch.h"

#define REPORT_BYTES (1u << 20)

static char *target = "";
module_param(target, charp, 0);
MODULE_PARM_DESC(target, "the module to be tried, and not only looked at");

static struct module *tried;
static void (*helper)(struct module *mod);
static char *text;
static size_t len;

void report(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	len += vscnprintf(text + len, REPORT_BYTES - len, format, args);
	va_end(args);
}
EXPORT_SYMBOL(report);

char report_last(void)
{
	return len ? text[len - 1] : 0;
}

/* All lines so far, and from now on only those of later modules. Return: bytes without the NUL. */
long watch_report(char *to, long room)
{
	long taken = min_t(long, len, room - 1);

	memcpy(to, text, taken);
	to[taken] = 0;
	len = 0;
	return taken;
}
EXPORT_SYMBOL(watch_report);

void each_driver(struct module *mod, void (*fn)(struct module *mod, struct device_driver *drv))
{
	struct kernfs_node *dir = mod->mkobj.drivers_dir ? mod->mkobj.drivers_dir->sd : NULL;
	struct rb_node *at;

	for (at = dir ? rb_first(&dir->dir.children) : NULL; at; at = rb_next(at)) {
		struct kernfs_node *link = rb_entry(at, struct kernfs_node, rb);
		struct kobject *kobj = link->symlink.target_kn->priv;

		fn(mod, to_driver(kobj)->driver);
	}
}
EXPORT_SYMBOL(each_driver);

void watch_helper(void (*use)(struct module *mod))
{
	helper = use;
}
EXPORT_SYMBOL(watch_helper);

static void report_driver(struct module *mod, struct device_driver *drv)
{
	report("module %s driver %s:%s\n", mod->name, drv->bus->name, drv->name);
	report_ids(drv);
}

/* Use what the module has registered. Sleeps. */
long watch_exercise(long unused)
{
	if (!tried)
		return -ENOENT;
	each_driver(tried, probe_devices);
	report_algorithms(tried);
	use_tcp(tried);
	if (helper)
		helper(tried);
	return 0;
}
EXPORT_SYMBOL(watch_exercise);

static int changed(struct notifier_block *self, unsigned long state, void *data)
{
	struct module *mod = data;

	if (state == MODULE_STATE_LIVE && mod != THIS_MODULE) {
		if (!strcmp(mod->name, target))
			tried = mod;
		each_driver(mod, report_driver);
	}
	return NOTIFY_OK;
}

static struct notifier_block notifier = { .notifier_call = changed };

static int __init watch_init(void)
{
	text = vzalloc(REPORT_BYTES);
	return text ? register_module_notifier(&notifier) : -ENOMEM;
}

static void __exit watch_exit(void)
{
	unregister_module_notifier(&notifier);
	vfree(text);
}

module_init(watch_init);
module_exit(watch_exit);

MODULE_LICENSE("GPL");
