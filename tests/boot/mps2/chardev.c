/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The character device, used as a program would use it. */
#include <string.h>

#include "modules/examples/chardev.h"
#include "port/mps2/chrdev.h"
#include "tests/boot/mps2/mps2_test.h"
#include "tests/tap.h"

#define BOTH (TENON_CHRDEV_READ | TENON_CHRDEV_WRITE)

static void test_bytes(struct chrdev_file *f)
{
	char text[32];
	size_t room;
	char *shared;

	ok(chrdev_write(f, "hello, world", 12, 0) == 12, "chardev: write");
	memset(text, '-', sizeof(text));
	ok(chrdev_read(f, text, sizeof(text), 0) == 12 && !memcmp(text, "HELLO, WORLD-", 13),
	   "chardev: capitals are read back");
	ok(!chrdev_read(f, text, sizeof(text), 12), "chardev: end of file");
	ok(chrdev_write(f, "x", 1, 1u << 20) == -TENON_ENOSPC, "chardev: beyond its buffer there is no room");
	shared = chrdev_map(f, &room);
	ok(shared && room == 16384 && !memcmp(shared, "HELLO", 5), "chardev: the shared buffer has the same bytes");
	if (!shared)
		return;
	shared[0] = 'J';
	ok(chrdev_read(f, text, 5, 0) == 5 && !memcmp(text, "JELLO", 5), "chardev: what is put there is read");
}

static void test_control(struct chrdev_file *f)
{
	struct tenon_chrdev_ioctl call = { .command = UPPER_SUM,
					   .in_len = sizeof(struct upper_sum),
					   .out_len = sizeof(call.data) };
	struct upper_sum sum = { .offset = 0, .len = 9 };

	chrdev_write(f, "WIKIPEDIA", 9, 0);
	memcpy(call.data, &sum, sizeof(sum));
	ok(!chrdev_ioctl(f, &call) && call.out_len == sizeof(sum), "chardev: control call");
	memcpy(&sum, call.data, sizeof(sum));
	ok(sum.sum == 0x0d660298, "chardev: Adler-32 of WIKIPEDIA is %x, as zlib says", (unsigned int)sum.sum);
	sum.offset = UINT32_MAX;
	memcpy(call.data, &sum, sizeof(sum));
	ok(chrdev_ioctl(f, &call) == -TENON_EINVAL, "chardev: a control call beyond the buffer is refused");
	call.command = 77;
	ok(chrdev_ioctl(f, &call) == -TENON_EINVAL, "chardev: an unknown control call is refused");
}

void test_chardev(void)
{
	struct balance before = balance_now();
	struct chrdev_file *f;

	ok(chrdev_open("upper", BOTH, &f) == -TENON_ENOENT, "chardev: no device before it is loaded");
	ok(!load("chardev", NULL), "chardev: loads");
	if (!ok(!chrdev_open("upper", BOTH, &f), "chardev: open"))
		return;
	test_bytes(f);
	test_control(f);
	ok(unload("chardev") == -TENON_EBUSY && diagnosis.reason == TENON_R_IN_USE_REFS,
	   "chardev: an open file holds it");
	chrdev_close(f);
	ok(!unload("chardev") && balance_is(&before), "chardev: leaves nothing behind");
	ok(chrdev_open("upper", BOTH, &f) == -TENON_ENOENT, "chardev: no device after it has gone");
}
