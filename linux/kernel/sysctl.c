// SPDX-License-Identifier: GPL-2.0-only
/* Tables of what can be tuned are taken from whoever has one, and no directory of /proc/sys shows them. */
#include <linux/slab.h>
#include <linux/sysctl.h>

#include "linux/versions.h"
#include "linux/export.h"

/* How long a table is: before, its last entry said that. */
#if LINUX_SINCE(6, 12)
#define CNT , size_t cnt
#define NO_CNT , 0
#else
#define CNT
#define NO_CNT
#endif

void __register_sysctl_init(const char *path, struct ctl_table *table, const char *name CNT)
{
	(void)path, (void)table, (void)name;
}

struct ctl_table_header *__register_sysctl_table(struct ctl_table_set *set, const char *path,
						 struct ctl_table *table CNT)
{
	struct ctl_table_header *header = kzalloc(sizeof(*header), GFP_KERNEL);

	(void)set, (void)path;
	if (header)
		header->ctl_table_arg = table; /* who unregisters takes the table from here, to free it */
	return header;
}

#undef register_sysctl
#if LINUX_SINCE(6, 12)
#define register_sysctl register_sysctl_sz
#else
struct ctl_table_header *register_sysctl_table(struct ctl_table *table)
{
	return __register_sysctl_table(NULL, NULL, table);
}
EXPORT_SYMBOL(register_sysctl_table);
#endif

struct ctl_table_header *register_sysctl(const char *path, struct ctl_table *table CNT)
{
	return __register_sysctl_table(NULL, path, table NO_CNT);
}
EXPORT_SYMBOL(register_sysctl);

struct ctl_table_header *register_sysctl_mount_point(const char *path)
{
	return __register_sysctl_table(NULL, path, NULL NO_CNT);
}
EXPORT_SYMBOL(register_sysctl_mount_point);

void unregister_sysctl_table(struct ctl_table_header *header)
{
	kfree(header);
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

#if LINUX_SINCE(6, 12)
#define HANDLED const struct ctl_table
#else
#define HANDLED struct ctl_table
#endif

/* How a value would be read or set: as in a Linux without /proc/sys. */
#define NO_HANDLER(name)                                                                                                   \
	int name(HANDLED *table, int write, void *buffer, size_t *len, loff_t *pos)                           \
	{                                                                                                              \
		(void)table, (void)write, (void)buffer, (void)len, (void)pos;                                          \
		return -ENOSYS;                                                                                        \
	}                                                                                                              \
	EXPORT_SYMBOL(name)

NO_HANDLER(proc_dostring);
NO_HANDLER(proc_dointvec);
NO_HANDLER(proc_douintvec);
NO_HANDLER(proc_dointvec_minmax);
NO_HANDLER(proc_dointvec_jiffies);
NO_HANDLER(proc_dointvec_userhz_jiffies);
NO_HANDLER(proc_dointvec_ms_jiffies);
NO_HANDLER(proc_doulongvec_minmax);
NO_HANDLER(proc_doulongvec_ms_jiffies_minmax);
NO_HANDLER(proc_do_large_bitmap);
NO_HANDLER(proc_dobool);
#undef EXPORT_SYMBOL
#define EXPORT_SYMBOL(name) EXPORT_SYMBOL_GPL(name)
NO_HANDLER(proc_douintvec_minmax);
NO_HANDLER(proc_dou8vec_minmax);
#undef EXPORT_SYMBOL
#define EXPORT_SYMBOL(name) struct ctl_table /* the library's alone */
NO_HANDLER(proc_do_static_key);
NO_HANDLER(proc_dointvec_ms_jiffies_minmax);
