// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Debian's crc7, crc16 and lz4_compress, called by a module. The checksums of "123456789" are those of the catalogue of
 * CRC algorithms (CRC-7/MMC 0x75, here in the upper bits; CRC-16/ARC 0xbb3d).
 */
#include <linux/crc16.h>
#include <linux/crc7.h>
#include <linux/lz4.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

#include "check.h"

#define BYTES 65536

static const u8 digits[] = "123456789";

/* What is packed is smaller, and unpacked by a function of linux.ko's it is what it was. */
static bool there_and_back(void)
{
	char *text = vmalloc(BYTES), *packed = vmalloc(LZ4_COMPRESSBOUND(BYTES)), *again = vmalloc(BYTES);
	void *work = vmalloc(LZ4_MEM_COMPRESS);
	bool good = text && packed && again && work;
	int len;

	for (int i = 0; good && i < BYTES; i++)
		text[i] = digits[(i * i / 7 + i / 251) % 9];
	if (good) {
		len = LZ4_compress_default(text, packed, BYTES, LZ4_COMPRESSBOUND(BYTES), work);
		good = len > 0 && len < BYTES && LZ4_decompress_safe(packed, again, len, BYTES) == BYTES &&
		       !memcmp(text, again, BYTES);
	}
	vfree(work);
	vfree(again);
	vfree(packed);
	vfree(text);
	return good;
}

static int __init test_init(void)
{
	check(crc7_be(0, digits, 9) == 0x75 << 1, "crc7");
	check(crc16(0, digits, 9) == 0xbb3d, "crc16");
	check(there_and_back(), "lz4, there and back");
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of Debian's modules by another");
