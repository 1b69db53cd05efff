/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A disk in memory, "ram0": bytes at positions, of which all are zero at first. */
#include "tenon/module.h"

static unsigned int size_kib = 1024;
module_param(size_kib, uint, 0444);
MODULE_PARM_DESC(size_kib, "its size");

static tenon_handle device, arena, idle;
static char *disk;
static size_t disk_bytes;
static bool written;

/* Programs that read and write the same place at the same time find one or the other there, as on any disk. */
static long ramdisk_read(void *ctx, void *file, void *data, size_t len, uint64_t offset)
{
	(void)ctx, (void)file;
	if (offset >= disk_bytes)
		return 0; /* the end */
	if (len > disk_bytes - offset)
		len = (size_t)(disk_bytes - offset);
	memcpy(data, disk + offset, len);
	return (long)len;
}

static long ramdisk_write(void *ctx, void *file, const void *data, size_t len, uint64_t offset)
{
	(void)ctx, (void)file;
	if (offset >= disk_bytes)
		return -TENON_ENOSPC;
	if (len > disk_bytes - offset)
		len = (size_t)(disk_bytes - offset);
	memcpy(disk + offset, data, len);
	written = true;
	return (long)len;
}

/* What was written would be lost. */
static int ramdisk_may_go(void *arg)
{
	(void)arg;
	return written;
}

static const struct tenon_chrdev_ops ops = { .read = ramdisk_read, .write = ramdisk_write };

static void __exit ramdisk_exit(void)
{
	if (device)
		tenon_chrdev_unregister(device);
	if (idle)
		tenon_idle_unregister(idle);
	if (arena)
		tenon_arena_destroy(arena);
}

static int __init ramdisk_init(void)
{
	struct tenon_arena a = { .size = sizeof(a) };
	tenon_handle h;
	int err;

	disk_bytes = (size_t)size_kib * 1024;
	h = tenon_arena_create(THIS_MODULE, disk_bytes, &a);
	err = tenon_handle_error(h);
	if (err)
		return err;
	arena = h;
	disk = a.base;
	err = tenon_arena_commit(arena, 0, a.bytes);
	if (!err) {
		h = tenon_idle_register(THIS_MODULE, ramdisk_may_go, NULL);
		err = tenon_handle_error(h);
		idle = err ? 0 : h;
	}
	if (!err) {
		h = tenon_chrdev_register(THIS_MODULE, "ram0", &ops, NULL);
		err = tenon_handle_error(h);
	}
	if (err)
		ramdisk_exit();
	else
		device = h;
	return err;
}

module_init(ramdisk_init);
module_exit(ramdisk_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("A disk in memory");
MODULE_AUTHOR("The Tenon authors");
