/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Says of files and disks what cannot be: the functions of tenon/linux_files.h, with an answer that the test chooses. */
#include "tenon/linux_files.h"
#include "tenon/module.h"

static long answer; /* 0: as much as there is room for, and then more */

int lie(long what);
int lie(long what)
{
	answer = what;
	return 0;
}
EXPORT_SYMBOL(lie);

/* A name, again and again; and the call is made one that may answer any number. */
long lie_file(struct tenon_linux_file *call, const void *in, size_t in_len, void *out, size_t out_len);
long lie_file(struct tenon_linux_file *call, const void *in, size_t in_len, void *out, size_t out_len)
{
	static const struct {
		struct tenon_linux_entry entry;
		char name[8];
	} one = { { 1, 8, 1 }, "x" };

	(void)in, (void)in_len;
	if (call->op == TENON_LINUX_OPEN || call->op == TENON_LINUX_CLOSE)
		return 0;
	if (out_len >= sizeof(one))
		memcpy(out, &one, sizeof(one));
	call->op = TENON_LINUX_IOCTL;
	if (answer)
		return answer;
	answer = 1 << 30;
	return (long)out_len;
}
EXPORT_SYMBOL(lie_file);

long lie_disk_add(struct tenon_linux_disk *add);
long lie_disk_add(struct tenon_linux_disk *add)
{
	memset(add->path, 'x', sizeof(add->path));
	return 0;
}
EXPORT_SYMBOL(lie_disk_add);

/* To write more than it gives; it is never told that nobody is there any more. */
long lie_disk_serve(void *disk, int result, const void *in, size_t in_len, void *out, size_t out_len);
long lie_disk_serve(void *disk, int result, const void *in, size_t in_len, void *out, size_t out_len)
{
	static const struct tenon_linux_disk_request r = { .op = TENON_LINUX_DISK_WRITE, .len = TENON_LINUX_IO_BYTES };

	(void)disk, (void)in, (void)in_len, (void)out_len;
	if (result != -TENON_EINVAL)
		answer++;
	memcpy(out, &r, sizeof(r));
	return (long)(sizeof(r) + r.len);
}
EXPORT_SYMBOL(lie_disk_serve);

/* How many requests were carried. */
long lie_disk_carried(void);
long lie_disk_carried(void)
{
	return answer;
}
EXPORT_SYMBOL(lie_disk_carried);

long lie_disk_remove(void *disk);
long lie_disk_remove(void *disk)
{
	(void)disk;
	return 0;
}
EXPORT_SYMBOL(lie_disk_remove);

static int __init lying_init(void)
{
	return 0;
}

static void __exit lying_exit(void)
{
}

module_init(lying_init);
module_exit(lying_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Says of files what cannot be");
