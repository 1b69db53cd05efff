/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* In the place of linux.ko, as one would be whose memory a module has written to: it answers what cannot be. */
#include "tenon/linux_files.h"
#include "tenon/module.h"

#define FAR (1l << 40)
#define FALSE_EMPTY 1 /* file: the directory /empty */

long tenon_linux_file(struct tenon_linux_file *call, const void *in, size_t in_len, void *out, size_t out_len);
long tenon_linux_disk_add(struct tenon_linux_disk *disk);
long tenon_linux_disk_serve(void *disk, int result, const void *data, size_t len, void *request, size_t room);
long tenon_linux_disk_remove(void *disk);

/* Whole entries, so that a reader comes to what is behind them; more bytes than there is room for, or than were given. */
long tenon_linux_file(struct tenon_linux_file *call, const void *in, size_t in_len, void *out, size_t out_len)
{
	struct tenon_linux_entry *e = out;

	(void)in_len;
	if (call->op == TENON_LINUX_OPEN)
		call->file = ((const char *)in)[1] == 'e' ? FALSE_EMPTY : 0;
	if (call->op == TENON_LINUX_OPEN || call->op == TENON_LINUX_CLOSE)
		return 0;
	if (call->op == TENON_LINUX_STAT) /* nothing was put there */
		return 0;
	if (call->op == TENON_LINUX_LIST && call->file == FALSE_EMPTY) /* there is more, but not even one name */
		return 1;
	for (size_t at = 0; at + sizeof(*e) <= out_len; at += sizeof(*e))
		*e++ = (struct tenon_linux_entry){ .number = at };
	return FAR;
}
EXPORT_SYMBOL_GPL(tenon_linux_file);

long tenon_linux_disk_add(struct tenon_linux_disk *disk)
{
	(void)disk;
	return -TENON_ENODEV;
}
EXPORT_SYMBOL_GPL(tenon_linux_disk_add);

long tenon_linux_disk_serve(void *disk, int result, const void *data, size_t len, void *request, size_t room)
{
	(void)disk, (void)result, (void)data, (void)len, (void)request, (void)room;
	return -TENON_ENODEV;
}
EXPORT_SYMBOL_GPL(tenon_linux_disk_serve);

long tenon_linux_disk_remove(void *disk)
{
	(void)disk;
	return -TENON_ENODEV;
}
EXPORT_SYMBOL_GPL(tenon_linux_disk_remove);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("In the place of linux.ko, with answers that cannot be");
MODULE_AUTHOR("The Tenon authors");
