/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Giving a module file to the kernel: as a file, packed or not, if the kernel unpacks that kind; what it refuses to
 * unpack is unpacked here and given as bytes, as it is to kernels that take no files.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/module.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "user/lib/image.h"
#include "user/lib/running/force.h"
#include "user/lib/line.h"
#include "user/lib/regular.h"
#include "user/lib/unpack.h"
#include "tenon/mod.h"

#ifndef MODULE_INIT_COMPRESSED_FILE
#define MODULE_INIT_COMPRESSED_FILE 4
#endif

/* glibc exports it without a declaration. */
extern int init_module(void *image, unsigned long size, const char *options);

/* What the kernel unpacks: "gzip", "xz", "zstd"; kernels that unpack nothing have no such file. */
static enum packing kernel_packing(void)
{
	char text[16];

	line_read("/sys/module/compression", text, sizeof(text));
	if (!strcmp(text, "gzip"))
		return PACKING_GZ;
	if (!strcmp(text, "xz"))
		return PACKING_XZ;
	return !strcmp(text, "zstd") ? PACKING_ZST : PACKING_NONE;
}

/* Is it the unpacking that failed? The kernel says -EINVAL of data too; trying once more then costs little. */
static bool cannot_unpack(int err)
{
	return err == -EINVAL || err == -EOPNOTSUPP || err == -ENOSYS || err == -ENOMEM;
}

/* Return: 0, the kernel's error, or -ENOSYS: give it the bytes. */
static int insert_file(int fd, const char *options, unsigned int flags)
{
	uint8_t start[6];
	ssize_t len = pread(fd, start, sizeof(start), 0);
	enum packing packing;
	int how = (flags & TMOD_FORCE_VERMAGIC ? MODULE_INIT_IGNORE_VERMAGIC : 0) |
		  (flags & TMOD_FORCE_MODVERSION ? MODULE_INIT_IGNORE_MODVERSIONS : 0);

	if (len < 0)
		return -errno;
	packing = unpack_recognise(start, (size_t)len);
	if (packing != PACKING_NONE) {
		if (kernel_packing() != packing)
			return -ENOSYS;
		how |= MODULE_INIT_COMPRESSED_FILE;
	}
	if (!syscall(SYS_finit_module, fd, options, how))
		return 0;
	return packing != PACKING_NONE && cannot_unpack(-errno) ? -ENOSYS : -errno;
}

static int insert_bytes(const char *path, const char *options, unsigned int flags)
{
	struct image img = { 0 };
	int err = image_open(&img, AT_FDCWD, path);

	if (!err)
		err = image_need(&img, 0, img.size);
	if (!err && flags & (TMOD_FORCE_VERMAGIC | TMOD_FORCE_MODVERSION))
		err = force_image(&img, flags);
	if (!err && init_module(img.data, img.size, options))
		err = -errno;
	image_close(&img);
	image_free(&img);
	return err;
}

int tmod_insert(const char *path, const char *options, unsigned int flags)
{
	struct stat st;
	int fd = regular_open(AT_FDCWD, path, &st), err;

	if (fd < 0)
		return fd;
	err = insert_file(fd, options ? options : "", flags);
	close(fd);
	return err == -ENOSYS ? insert_bytes(path, options ? options : "", flags) : err;
}
