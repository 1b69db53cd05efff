// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* /dev/exit-status: the number that a program writes is passed to whoever started the machine, see console.h. */
#include "kernel/console.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/platform/pc/pc.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/io.h"
#include "kernel/vfs/node.h"
#include "tenon/errno.h"

#define NUMBER_MAX 255

static long write_status(struct file *file, struct io *io, uint64_t offset)
{
	char text[8];
	size_t len = io->left, i;
	int status = 0, err;

	(void)file;
	(void)offset;
	if (!len || len >= sizeof(text))
		return -TENON_EINVAL;
	err = io_take(io, text, len);
	if (err)
		return err;
	for (i = 0; i < len && text[i] >= '0' && text[i] <= '9' && status <= NUMBER_MAX; i++)
		status = status * 10 + (text[i] - '0');
	if (i == 0 || status > NUMBER_MAX || (i < len && text[i] != '\n'))
		return -TENON_EINVAL;
	machine_report_status(status);
	return (long)len;
}

static const struct file_ops status_ops = { .write = write_status };

static int open_status(struct chrdev *dev, struct file *file, unsigned flags)
{
	(void)dev;
	(void)flags;
	file->ops = &status_ops;
	return 0;
}

void __init status_init(void)
{
	static struct chrdev device = { .name = "exit-status", .mode = 0200, .open = open_status };

	device.device = device_number(4, 65); /* ttyS1, whose port it goes out by */
	if (chrdev_register(&device))
		panic("no memory for /dev/exit-status");
}
