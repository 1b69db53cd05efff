// SPDX-License-Identifier: GPL-2.0-only
/* The checks that Linux makes at each change of a list. */
#include <linux/list.h>
#include <linux/printk.h>

#include "linux/export.h"

bool __list_add_valid(struct list_head *new, struct list_head *prev, struct list_head *next)
{
	if (next->prev == prev && prev->next == next && new != prev && new != next)
		return true;
	_printk(KERN_ERR "list is corrupt where %p is to be added between %p and %p\n", new, prev, next);
	return false;
}
EXPORT_SYMBOL(__list_add_valid);

bool __list_del_entry_valid(struct list_head *entry)
{
	if (entry->next && entry->prev && entry->prev->next == entry && entry->next->prev == entry)
		return true;
	_printk(KERN_ERR "list is corrupt where %p is to be taken out\n", entry);
	return false;
}
EXPORT_SYMBOL(__list_del_entry_valid);
