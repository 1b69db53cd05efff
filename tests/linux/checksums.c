/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Debian's CRC modules: the published check values, of "123456789". Source: Catalogue of parametrised CRC algorithms
 * (G. Cook), entries CRC-7/MMC, CRC-8/SMBUS, CRC-16/ARC, CRC-16/XMODEM, CRC-16/IBM-3740, CRC-64/ECMA-182, CRC-64/NVME.
 */
#include <string.h>

#include "tests/linux/compartment.h"

static const char nine[] = "123456789";

/* BLAKE2s (RFC 7693): of "abc", appendix B; and of more blocks than one, the bytes from 0 to 199, as Python's hashlib says. */
static void test_blake2s(struct compartment *c)
{
	static const struct state {
		uint32_t h[8], t[2], f[2];
		uint8_t buf[64];
		unsigned int buflen, outlen;
	} begun = { .h = { 0x6a09e667 ^ 0x01010020, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c,
			   0x1f83d9ab, 0x5be0cd19 },
		    .outlen = 32 };
	static const uint8_t of_abc[32] = { 0x50, 0x8c, 0x5e, 0x8c, 0x32, 0x7c, 0x14, 0xe2, 0xe1, 0xa7, 0x2b,
					    0xa3, 0x4e, 0xeb, 0x45, 0x2f, 0x37, 0x45, 0x8b, 0x20, 0x9e, 0xd6,
					    0x3a, 0x29, 0x4d, 0x99, 0x9b, 0x4c, 0x86, 0x67, 0x59, 0x82 };
	static const uint8_t of_more[32] = { 0x6d, 0x24, 0x4e, 0x1a, 0x06, 0xce, 0x4e, 0xf5, 0x78, 0xdd, 0x0f,
					     0x63, 0xaf, 0xf0, 0x93, 0x67, 0x06, 0x73, 0x51, 0x19, 0xca, 0x9c,
					     0x8d, 0x22, 0xd8, 0x6c, 0x80, 0x14, 0x14, 0xab, 0x97, 0x41 };
	uint8_t more[200], hash[32];
	struct state s = begun;

	for (uint8_t i = 0; i < sizeof(more); i++)
		more[i] = i;
	CALL(c, "blake2s_update", INOUT(&s, sizeof(s)), IN("abc", 3), NUMBER(3));
	CALL(c, "blake2s_final", INOUT(&s, sizeof(s)), OUT(hash, sizeof(hash)));
	ok(!memcmp(hash, of_abc, sizeof(hash)), "%s: blake2s of abc", c->where);
	s = begun;
	CALL(c, "blake2s_update", INOUT(&s, sizeof(s)), IN(more, 77), NUMBER(77));
	CALL(c, "blake2s_update", INOUT(&s, sizeof(s)), IN(more + 77, 123), NUMBER(123));
	CALL(c, "blake2s_final", INOUT(&s, sizeof(s)), OUT(hash, sizeof(hash)));
	ok(!memcmp(hash, of_more, sizeof(hash)), "%s: blake2s of 200 bytes", c->where);
}

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
	} tests[] = { { "crc7", test_crc7 },           { "crc8", test_crc8 },     { "crc16", test_crc16 },
		      { "crc_itu_t", test_crc_itu_t }, { "crc64", test_blake2s }, /* linux.ko has it */
		      { "crc64", test_crc64 } };

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (absent(c, tests[i].module) || !load(c, tests[i].module, NULL))
			continue;
		tests[i].test(c);
		ok(!try_unload(c, tests[i].module, NULL), "%s: %s unloads", c->where, tests[i].module);
	}
}
