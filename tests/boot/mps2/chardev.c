/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The character device, used as a program would use it. */
#include <string.h>

#include "modules/examples/chardev.h"
#include "tests/boot/mps2/mps2_test.h"
#include "tests/tap.h"
#include "tenon/kpi_device.h"

#define BOTH (TENON_CHRDEV_READ | TENON_CHRDEV_WRITE)

static void test_bytes(struct tenon_file *f)
{
	struct tenon_mapping map;
	char text[32];
	char *shared;

	ok(tenon_device_write(f, "hello, world", 12, 0) == 12, "chardev: write");
	memset(text, '-', sizeof(text));
	ok(tenon_device_read(f, text, sizeof(text), 0) == 12 && !memcmp(text, "HELLO, WORLD-", 13),
	   "chardev: capitals are read back");
	ok(!tenon_device_read(f, text, sizeof(text), 12), "chardev: end of file");
	ok(tenon_device_write(f, "x", 1, 1u << 20) == -TENON_ENOSPC, "chardev: beyond its buffer there is no room");
	if (!ok(!tenon_device_map(f, &map), "chardev: its buffer is shared"))
		return;
	shared = map.address;
	ok(map.bytes == 16384 && !memcmp(shared, "HELLO", 5), "chardev: the shared buffer has the same bytes");
	shared[0] = 'J';
	ok(tenon_device_read(f, text, 5, 0) == 5 && !memcmp(text, "JELLO", 5), "chardev: what is put there is read");
	tenon_device_unmap(&map);
}

static void test_control(struct tenon_file *f)
{
	struct upper_sum sum = { .offset = 0, .len = 9 };
	size_t room = sizeof(sum);

	tenon_device_write(f, "WIKIPEDIA", 9, 0);
	ok(!tenon_device_ioctl(f, UPPER_SUM, &sum, sizeof(sum), &sum, &room) && room == sizeof(sum),
	   "chardev: control call");
	ok(sum.sum == 0x0d660298, "chardev: Adler-32 of WIKIPEDIA is %x, as zlib says", (unsigned int)sum.sum);
	sum.offset = UINT32_MAX;
	ok(tenon_device_ioctl(f, UPPER_SUM, &sum, sizeof(sum), &sum, &room) == -TENON_EINVAL,
	   "chardev: a control call beyond the buffer is refused");
	ok(tenon_device_ioctl(f, 77, NULL, 0, NULL, NULL) == -TENON_EINVAL,
	   "chardev: an unknown control call is refused");
}

void test_chardev(void)
{
	struct balance before = balance_now();
	struct tenon_file *f;

	ok(tenon_device_open("upper", BOTH, &f) == -TENON_ENOENT, "chardev: no device before it is loaded");
	ok(!load("chardev", NULL), "chardev: loads");
	if (!ok(!tenon_device_open("upper", BOTH, &f), "chardev: open"))
		return;
	test_bytes(f);
	test_control(f);
	ok(unload("chardev") == -TENON_EBUSY && diagnosis.reason == TENON_R_IN_USE_REFS,
	   "chardev: an open file holds it");
	tenon_device_close(f);
	ok(!unload("chardev") && balance_is(&before), "chardev: leaves nothing behind");
	ok(tenon_device_open("upper", BOTH, &f) == -TENON_ENOENT, "chardev: no device after it has gone");
}
