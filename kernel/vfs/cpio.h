/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Archives of the form "newc" (cpio -H newc; the kernel's Documentation/driver-api/early-userspace/buffer-format.rst
 * describes it), read where they lie. Nothing that an archive says leads outside of it.
 */
#ifndef KERNEL_VFS_CPIO_H
#define KERNEL_VFS_CPIO_H

#include <stddef.h>
#include <stdint.h>

struct cpio {
	const char *bytes;
	size_t size, at;
};

struct cpio_entry {
	const char *name; /* in the archive, NUL-terminated, at most PATH_BYTES with it, not empty */
	const char *data;
	size_t data_bytes;
	uint32_t mode, uid, gid, link_cnt, device; /* device_number() */
	uint32_t modified_s;                       /* since 1970 */
};

/**
 * cpio_next - the next member
 * @c: begins at 0
 *
 * Return: 1; 0: the end, which the archive (the last one, if several stand in a row) says it has; -TENON_EBADMSG:
 * damaged, or cut off, at c->at.
 */
int cpio_next(struct cpio *c, struct cpio_entry *e);

/**
 * cpio_unpack - put all members into the root
 *
 * Says in the log which member failed. Members with several names (hard links) are refused: -TENON_EOPNOTSUPP.
 *
 * Return: 0, or what the failing one returned.
 */
int cpio_unpack(const void *archive, size_t bytes);

#endif
