// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The terminal on the console, by three names: ttyS0 itself, console, and tty, which is whatever terminal one has. */
#include "kernel/console.h"
#include "kernel/init.h"
#include "kernel/log.h"
#include "kernel/process/process.h"
#include "kernel/process/terminal.h"
#include "kernel/process/terminal_ioctl.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/node.h"
#include "tenon/errno.h"

static struct terminal serial;

static void serial_output(struct terminal *t, const char *bytes, size_t len)
{
	(void)t;
	console_write(bytes, len);
}

static void serial_receive(const char *bytes, size_t len)
{
	terminal_input(&serial, bytes, len);
}

/* A leader of a session without a terminal gets the first one that it opens, unless it says otherwise. */
static int open_serial(struct chrdev *dev, struct file *file, unsigned flags)
{
	struct process *p = process_current();

	(void)dev;
	file->ops = &terminal_ops;
	file->data = &serial;
	if (p && !(flags & OPEN_NO_TERMINAL) && process_is_session_leader(p) && !process_terminal(p))
		terminal_make_controlling(&serial, false); /* another session has it: open all the same */
	return 0;
}

/* init's standard files must not make it init's terminal. */
static int open_console(struct chrdev *dev, struct file *file, unsigned flags)
{
	return open_serial(dev, file, flags | OPEN_NO_TERMINAL);
}

static int open_own(struct chrdev *dev, struct file *file, unsigned flags)
{
	struct process *p = process_current();
	struct terminal *t = p ? process_terminal(p) : NULL;

	(void)dev;
	(void)flags;
	if (!t)
		return -TENON_ENXIO;
	file->ops = &terminal_ops;
	file->data = t;
	return 0;
}

void __init terminal_start(void)
{
	static struct chrdev devices[] = {
		{ .name = "ttyS0", .mode = 0620, .open = open_serial },
		{ .name = "console", .mode = 0600, .open = open_console },
		{ .name = "tty", .mode = 0666, .open = open_own },
	};
	unsigned i;

	devices[0].device = device_number(4, 64);
	devices[1].device = device_number(5, 1);
	devices[2].device = device_number(5, 0);
	terminal_init(&serial, devices[0].device, serial_output);
	for (i = 0; i < sizeof(devices) / sizeof(devices[0]); i++)
		if (chrdev_register(&devices[i]))
			panic("no memory for /dev/%s", devices[i].name);
	console_set_receiver(serial_receive);
}
