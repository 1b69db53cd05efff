// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* /sys: the directories that are always there. What is in them belongs to devices. */
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/vfs/attr.h"

static struct filesystem *sysfs;

static int only_instance(const struct filesystem_type *type, const char *source, const char *options,
			 struct filesystem **fs)
{
	(void)type;
	(void)source;
	(void)options;
	*fs = sysfs;
	return 0;
}

struct node *sysfs_root(void)
{
	return sysfs->root;
}

void __init sysfs_init(void)
{
	static struct filesystem_type type = { .name = "sysfs", .make = only_instance };
	static const char *const names[] = { "bus", "devices", "class" };
	struct node *dir;
	unsigned i;

	if (attr_filesystem_make(&type, NULL, &sysfs))
		panic("no memory for /sys");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (attr_dir(sysfs->root, names[i], &dir))
			panic("no memory for /sys/%s", names[i]);
		node_put(dir);
	}
}
