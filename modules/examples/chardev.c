/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A character device, "upper". What a program writes is turned into capitals and can be read back; a control call
 * gives a checksum. All bytes are in a buffer that programs may also map, to fill it without any call at all.
 *
 *     program --write--> [ capitals ] --> shared buffer --read--> program
 *                                            ^    \--- UPPER_SUM
 *     program (maps the buffer) -------------/
 */
#include "chardev.h"
#include "tenon/module.h"

#define BUFFER_BYTES 16384
#define PATIENCE_NS 1000000000ull

static tenon_handle device, buffer, mutex;
static char *bytes;       /* the buffer, as the module sees it */
static size_t room, used; /* its size; what was written so far. The mutex guards `used` */

/*
 * Callbacks come from any thread and several at a time. Every wait has a deadline: whoever holds the mutex for good
 * makes the others fail, not hang.
 */
static int lock(void)
{
	return tenon_mutex_lock(mutex, tenon_clock_ns() + PATIENCE_NS);
}

static char capital(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static long upper_write(void *ctx, void *file, const void *data, size_t len, uint64_t offset)
{
	const char *from = data;
	int err = lock();

	(void)ctx, (void)file;
	if (err)
		return err;
	if (offset >= room) {
		tenon_mutex_unlock(mutex);
		return -TENON_ENOSPC;
	}
	if (len > room - offset)
		len = (size_t)(room - offset); /* a short write: the program asks again for the rest and gets ENOSPC */
	for (size_t i = 0; i < len; i++)
		bytes[offset + i] = capital(from[i]);
	if (used < offset + len)
		used = (size_t)offset + len;
	tenon_mutex_unlock(mutex);
	return (long)len;
}

static long upper_read(void *ctx, void *file, void *data, size_t len, uint64_t offset)
{
	int err = lock();

	(void)ctx, (void)file;
	if (err)
		return err;
	if (offset >= used)
		len = 0; /* end of file */
	else if (len > used - offset)
		len = (size_t)(used - offset);
	memcpy(data, bytes + offset, len);
	tenon_mutex_unlock(mutex);
	return (long)len;
}

static uint32_t adler32(const char *p, size_t len)
{
	uint32_t a = 1, b = 0;

	while (len--) {
		a = (a + (uint8_t)*p++) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

/* Numbers from outside are wrong until they have been checked, and checked so that the check cannot overflow. */
static int sum(struct tenon_chrdev_ioctl *call)
{
	struct upper_sum s;

	if (call->in_len != sizeof(s) || call->out_len < sizeof(s))
		return -TENON_EINVAL;
	memcpy(&s, call->data, sizeof(s));
	if (s.offset > room || s.len > room - s.offset)
		return -TENON_EINVAL;
	s.sum = adler32(bytes + s.offset, s.len);
	memcpy(call->data, &s, sizeof(s));
	call->out_len = sizeof(s);
	return 0;
}

static int upper_ioctl(void *ctx, void *file, struct tenon_chrdev_ioctl *call)
{
	int err = lock();

	(void)ctx, (void)file;
	if (err)
		return err;
	switch (call->command) {
	case UPPER_SUM:
		err = sum(call);
		break;
	case UPPER_CLEAR:
		memset(bytes, 0, room);
		used = 0;
		call->out_len = 0;
		break;
	default:
		err = -TENON_EINVAL;
	}
	tenon_mutex_unlock(mutex);
	return err;
}

static const struct tenon_chrdev_ops ops = {
	.read = upper_read,
	.write = upper_write,
	.ioctl = upper_ioctl,
};

/* Gives back what there is, newest first. Handles are 0 until they have been obtained. */
static void release_all(void)
{
	if (device)
		tenon_chrdev_unregister(device); /* first: after it no callback runs */
	if (buffer)
		tenon_buffer_destroy(buffer);
	if (mutex)
		tenon_mutex_destroy(mutex);
}

/* Stores a handle, or leaves 0. Return: 0 or the error in it. */
static int keep(tenon_handle *where, tenon_handle h)
{
	int err = tenon_handle_error(h);

	if (!err)
		*where = h;
	return err;
}

static int __init chardev_init(void)
{
	struct tenon_buffer shared = { .size = sizeof(shared) };
	int err = keep(&mutex, tenon_mutex_create(THIS_MODULE));

	if (!err)
		err = keep(&buffer, tenon_buffer_create(THIS_MODULE, BUFFER_BYTES, &shared));
	bytes = shared.address;
	room = shared.bytes;
	/* Last, for the first callback may come before this returns. */
	if (!err)
		err = keep(&device, tenon_chrdev_register(THIS_MODULE, "upper", &ops, NULL));
	if (!err)
		err = tenon_chrdev_set_buffer(device, buffer);
	if (err)
		release_all();
	return err;
}

static void __exit chardev_exit(void)
{
	release_all();
}

module_init(chardev_init);
module_exit(chardev_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("A character device that turns text into capitals");
MODULE_AUTHOR("The Tenon authors");
