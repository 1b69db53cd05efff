// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * null, zero, full, random and urandom, which every shell takes for granted: here as long as no module is there to
 * offer them. null(4), random(4).
 */
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/random.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/node.h"
#include "tenon/errno.h"

#define RANDOM_CHUNK_BYTES 256

static long read_nothing(struct file *file, struct io *io, uint64_t offset)
{
	(void)file;
	(void)io;
	(void)offset;
	return 0;
}

static long write_away(struct file *file, struct io *io, uint64_t offset)
{
	(void)file;
	(void)offset;
	return (long)io->left;
}

static long write_to_full(struct file *file, struct io *io, uint64_t offset)
{
	(void)file;
	(void)offset;
	return io->left ? -TENON_ENOSPC : 0;
}

static long read_zeros(struct file *file, struct io *io, uint64_t offset)
{
	size_t bytes = io->left;
	int err = io_put_zeros(io, bytes);

	(void)file;
	(void)offset;
	return err ? err : (long)bytes;
}

static long read_random(struct file *file, struct io *io, uint64_t offset)
{
	uint8_t chunk[RANDOM_CHUNK_BYTES];
	long done = 0;
	int err = 0;

	(void)file;
	(void)offset;
	while (io->left && !err) {
		size_t part = io->left < sizeof(chunk) ? io->left : sizeof(chunk);

		random_bytes(chunk, part);
		err = io_put(io, chunk, part);
		done += err ? 0 : (long)part;
	}
	return done ? done : err;
}

static const struct file_ops null_ops = { .read = read_nothing, .write = write_away };
static const struct file_ops zero_ops = { .read = read_zeros, .write = write_away };
static const struct file_ops full_ops = { .read = read_zeros, .write = write_to_full };
static const struct file_ops random_ops = { .read = read_random, .write = write_away };

static int open(struct chrdev *dev, struct file *file, unsigned flags)
{
	(void)flags;
	file->ops = dev->data;
	return 0;
}

void __init memory_devices_init(void)
{
	static struct {
		struct chrdev dev;
		const struct file_ops *ops;
		uint32_t minor;
	} devices[] = {
		{ { .name = "null" }, &null_ops, 3 },      { { .name = "zero" }, &zero_ops, 5 },
		{ { .name = "full" }, &full_ops, 7 },      { { .name = "random" }, &random_ops, 8 },
		{ { .name = "urandom" }, &random_ops, 9 },
	};
	unsigned i;

	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		struct chrdev *dev = &devices[i].dev;

		dev->device = device_number(1, devices[i].minor);
		dev->mode = 0666;
		dev->open = open;
		dev->stands_in = true;
		dev->data = (void *)(uintptr_t)devices[i].ops;
		if (chrdev_register(dev))
			panic("no memory for /dev/%s", dev->name);
	}
}
