/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Debian's libraries of ciphers and of signals: published answers, of RFC 6229 (RC4), RFC 7748 5.2 (X25519), RFC 8439 2.3.2
 * (ChaCha20), the worked example of DES that all textbooks have (J. O. Grabbe), and 30 degrees.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/linux/compartment.h"

static void test_arc4(struct compartment *c)
{
	static const uint8_t key[] = { 1, 2, 3, 4, 5 }, zeros[8],
			     stream[] = { 0xb2, 0x39, 0x63, 0x05, 0xf0, 0x3d, 0xc0, 0x27 };
	uint32_t state[258] = { 0 };
	uint8_t out[8];

	CALL(c, "arc4_setkey", INOUT(state, sizeof(state)), IN(key, sizeof(key)), NUMBER(sizeof(key)));
	CALL(c, "arc4_crypt", INOUT(state, sizeof(state)), OUT(out, sizeof(out)), IN(zeros, sizeof(zeros)),
	     NUMBER(sizeof(out)));
	ok(!memcmp(out, stream, sizeof(out)), "%s: libarc4 as RFC 6229 says", c->where);
}

static void test_des(struct compartment *c)
{
	static const uint8_t key[] = { 0x13, 0x34, 0x57, 0x79, 0x9b, 0xbc, 0xdf, 0xf1 },
			     plain[] = { 0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef },
			     secret[] = { 0x85, 0xe8, 0x13, 0x54, 0x0f, 0x0a, 0xb4, 0x05 };
	uint32_t expanded[32] = { 0 };
	uint8_t out[8];

	CALL(c, "des_expand_key", INOUT(expanded, sizeof(expanded)), IN(key, sizeof(key)), NUMBER(sizeof(key)));
	CALL(c, "des_encrypt", IN(expanded, sizeof(expanded)), OUT(out, sizeof(out)), IN(plain, sizeof(plain)));
	ok(!memcmp(out, secret, sizeof(out)), "%s: libdes as in the worked example", c->where);
}

static void test_chacha(struct compartment *c)
{
	static const uint8_t zeros[64], stream[] = { 0x10, 0xf1, 0xe7, 0xe4, 0xd1, 0x3b, 0x59, 0x15,
						     0x50, 0x0f, 0xdd, 0x1f, 0xa3, 0x20, 0x71, 0xc4 };
	uint32_t state[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574, [12] = 1, 0x09000000, 0x4a000000, 0 };
	uint8_t out[64];

	for (uint32_t i = 0; i < 8; i++)
		state[4 + i] = 0x03020100 + 0x04040404 * i;
	CALL(c, "chacha_crypt_generic", INOUT(state, sizeof(state)), OUT(out, sizeof(out)), IN(zeros, sizeof(zeros)),
	     NUMBER(64), NUMBER(20));
	ok(!memcmp(out, stream, sizeof(stream)) && state[12] == 2, "%s: libchacha as RFC 8439 says", c->where);
}

static void test_curve(struct compartment *c)
{
	static const uint8_t scalar[32] = { 0xa5, 0x46, 0xe3, 0x6b, 0xf0, 0x52, 0x7c, 0x9d, 0x3b, 0x16, 0x15,
					    0x4b, 0x82, 0x46, 0x5e, 0xdd, 0x62, 0x14, 0x4c, 0x0a, 0xc1, 0xfc,
					    0x5a, 0x18, 0x50, 0x6a, 0x22, 0x44, 0xba, 0x44, 0x9a, 0xc4 },
			     point[32] = { 0xe6, 0xdb, 0x68, 0x67, 0x58, 0x30, 0x30, 0xdb, 0x35, 0x94, 0xc1,
					   0xa4, 0x24, 0xb1, 0x5f, 0x7c, 0x72, 0x66, 0x24, 0xec, 0x26, 0xb3,
					   0x35, 0x3b, 0x10, 0xa9, 0x03, 0xa6, 0xd0, 0xab, 0x1c, 0x4c },
			     product[32] = { 0xc3, 0xda, 0x55, 0x37, 0x9d, 0xe9, 0xc6, 0x90, 0x8e, 0x94, 0xea,
					     0x4d, 0xf2, 0x8d, 0x08, 0x4f, 0x32, 0xec, 0xcf, 0x03, 0x49, 0x1c,
					     0x71, 0xf7, 0x54, 0xb4, 0x07, 0x55, 0x77, 0xa2, 0x85, 0x52 };
	uint8_t out[32];

	CALL(c, "curve25519_generic", OUT(out, sizeof(out)), IN(scalar, sizeof(scalar)), IN(point, sizeof(point)));
	ok(!memcmp(out, product, sizeof(out)), "%s: libcurve25519_generic as RFC 7748 says", c->where);
}

/* What it answers has 16 bits after the point. */
static void test_cordic(struct compartment *c)
{
	const uint64_t iq = (uint64_t)CALL(c, "cordic_calc_iq", NUMBER(30));
	const int cosine = (int)(uint32_t)iq, sine = (int)(iq >> 32);

	ok(abs(cosine - 56756) < 20 && abs(sine - 32768) < 20,
	   "%s: cordic has the sine and cosine of 30 degrees: %d, %d", c->where, sine, cosine);
}

void test_ciphers(struct compartment *c)
{
	static const struct {
		const char *module;
		void (*test)(struct compartment *c);
	} tests[] = { { "libarc4", test_arc4 },
		      { "libdes", test_des },
		      { "libchacha", test_chacha },
		      { "libcurve25519_generic", test_curve },
		      { "cordic", test_cordic } };

	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (absent(c, tests[i].module) || !load(c, tests[i].module, NULL))
			continue;
		tests[i].test(c);
		ok(!try_unload(c, tests[i].module, NULL), "%s: %s unloads", c->where, tests[i].module);
	}
}
