/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Debian's CRC modules: the published check values, of "123456789". Source: Catalogue of parametrised CRC algorithms
 * (G. Cook), entries CRC-7/MMC, CRC-8/SMBUS, CRC-16/ARC, CRC-16/XMODEM, CRC-16/IBM-3740, CRC-64/ECMA-182, CRC-64/NVME.
 */
#include "tests/linux/compartment.h"

static const char nine[] = "123456789";

/* The seven bits stand to the left in the byte. */
static void test_crc7(struct compartment *c)
{
	ok((uint8_t)CALL(c, "crc7_be", NUMBER(0), IN(nine, 9), NUMBER(9)) == 0x75 << 1, "%s: crc7", c->where);
}

static void test_crc8(struct compartment *c)
{
	uint8_t table[256];

	CALL(c, "crc8_populate_msb", OUT(table, sizeof(table)), NUMBER(0x07));
	ok((uint8_t)CALL(c, "crc8", IN(table, sizeof(table)), IN(nine, 9), NUMBER(9), NUMBER(0)) == 0xf4, "%s: crc8",
	   c->where);
}

static void test_crc16(struct compartment *c)
{
	ok((uint16_t)CALL(c, "crc16", NUMBER(0), IN(nine, 9), NUMBER(9)) == 0xbb3d, "%s: crc16", c->where);
}

static void test_crc_itu_t(struct compartment *c)
{
	ok((uint16_t)CALL(c, "crc_itu_t", NUMBER(0), IN(nine, 9), NUMBER(9)) == 0x31c3, "%s: crc-itu-t from 0",
	   c->where);
	ok((uint16_t)CALL(c, "crc_itu_t", NUMBER(0xffff), IN(nine, 9), NUMBER(9)) == 0x29b1, "%s: crc-itu-t from ffff",
	   c->where);
}

static void test_crc64(struct compartment *c)
{
	ok(CALL(c, "crc64_be", NUMBER(0), IN(nine, 9), NUMBER(9)) == 0x6c40df5f0b497347, "%s: crc64", c->where);
	ok(CALL(c, "crc64_rocksoft_generic", NUMBER(0), IN(nine, 9), NUMBER(9)) == 0xae8b14860a799888,
	   "%s: crc64 of Rocksoft's model", c->where);
}

void test_checksums(struct compartment *c)
{
	static const struct {
		const char *module;
		void (*test)(struct compartment *c);
	} tests[] = { { "crc7", test_crc7 },
		      { "crc8", test_crc8 },
		      { "crc16", test_crc16 },
		      { "crc_itu_t", test_crc_itu_t },
		      { "crc64", test_crc64 } };

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (absent(c, tests[i].module) || !load(c, tests[i].module, NULL))
			continue;
		tests[i].test(c);
		ok(!try_unload(c, tests[i].module, NULL), "%s: %s unloads", c->where, tests[i].module);
	}
}
