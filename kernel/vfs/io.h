/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Where the bytes of a read go, or those of a write come from: pieces of the program's memory or of the kernel's. A
 * position moves through them, so that whoever reads or writes need not know how many pieces there are.
 */
#ifndef KERNEL_VFS_IO_H
#define KERNEL_VFS_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct io_segment { /* Linux's struct iovec */
	uint64_t base;
	uint64_t bytes;
};

struct io {
	const struct io_segment *segment; /* the one that the position is in */
	size_t skip;                      /* bytes of it that are done */
	size_t left;                      /* bytes until the end of all */
	bool user;                        /* the program's memory: copying may fail, and sleep */
};

/* One piece of the kernel's memory. @segment must live as long as @io. */
void io_kernel(struct io *io, struct io_segment *segment, void *buf, size_t bytes);

/**
 * io_put, io_take - copy @bytes, at most io->left, to where it goes, or from where it comes, and move on
 *
 * Return: 0, or -TENON_EFAULT; then an unknown part was copied, and the position has not moved.
 */
int io_put(struct io *io, const void *src, size_t bytes);
int io_take(struct io *io, void *dst, size_t bytes);
/* The same with zeros. */
int io_put_zeros(struct io *io, size_t bytes);

#endif
