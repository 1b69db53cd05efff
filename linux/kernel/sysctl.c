// SPDX-License-Identifier: GPL-2.0-only
/* Tables of what can be tuned are taken from whoever has one, and no directory of /proc/sys shows them. */
#include <linux/sysctl.h>

#include "linux/export.h"

static struct ctl_table_header registered;

void __register_sysctl_init(const char *path, struct ctl_table *table, const char *name)
{
	(void)path, (void)table, (void)name;
}

struct ctl_table_header *__register_sysctl_table(struct ctl_table_set *set, const char *path, struct ctl_table *table)
{
	(void)set, (void)path, (void)table;
	return &registered;
}

struct ctl_table_header *register_sysctl(const char *path, struct ctl_table *table)
{
	return __register_sysctl_table(NULL, path, table);
}
EXPORT_SYMBOL(register_sysctl);

struct ctl_table_header *register_sysctl_table(struct ctl_table *table)
{
	return __register_sysctl_table(NULL, NULL, table);
}
EXPORT_SYMBOL(register_sysctl_table);

struct ctl_table_header *register_sysctl_mount_point(const char *path)
{
	return __register_sysctl_table(NULL, path, NULL);
}
EXPORT_SYMBOL(register_sysctl_mount_point);

void unregister_sysctl_table(struct ctl_table_header *header)
{
	(void)header;
}
EXPORT_SYMBOL(unregister_sysctl_table);

void setup_sysctl_set(struct ctl_table_set *set, struct ctl_table_root *root, int (*is_seen)(struct ctl_table_set *))
{
	(void)set, (void)root, (void)is_seen;
}

void retire_sysctl_set(struct ctl_table_set *set)
{
	(void)set;
}
