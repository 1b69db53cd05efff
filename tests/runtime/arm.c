// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The runtime of 32-bit ARM: the objects of the module itself, linked to a program that runs under qemu-user. There is
 * no C library to compare with, so division is checked by multiplying back.
 */
#include "tenon/module.h"

#define ROUNDS 20000

/* ---- a very small system --------------------------------------------------------------------------------------- */

static long system_call(long number, long a, const void *b, long c)
{
	register long r7 __asm__("r7") = number;
	register long r0 __asm__("r0") = a;
	register const void *r1 __asm__("r1") = b;
	register long r2 __asm__("r2") = c;

	__asm__ volatile("svc 0" : "+r"(r0) : "r"(r7), "r"(r1), "r"(r2) : "memory");
	return r0;
}

int tenon_log(int level, const void *text, size_t len)
{
	(void)level;
	return (int)system_call(4 /* write */, 1, text, (long)len);
}

int tenon_random(void *data, size_t len)
{
	memset(data, 0x5a, len);
	return (int)len;
}

static int cnt, failed;

static void ok(bool pass, const char *name)
{
	tenon_printk(TENON_LEVEL_INFO, "%sok %d - %s, arm\n", pass ? "" : "not ", ++cnt, name);
	failed += !pass;
}

/* ---- tests ----------------------------------------------------------------------------------------------------- */

/* Numbers of all lengths. */
static uint64_t number(void)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state >> (state & 63);
}

static void check_unsigned(void)
{
	bool good = true;

	for (int i = 0; i < ROUNDS; i++) {
		uint64_t a = number(), b = number(), quotient, rest;

		if (b == 0)
			continue;
		quotient = a / b;
		rest = a % b;
		good &= quotient * b + rest == a && rest < b && (quotient == 0 || quotient <= UINT64_MAX / b);
	}
	ok(good, "unsigned division of 64 bits");
}

static void check_signed(void)
{
	bool good = true;

	for (int i = 0; i < ROUNDS; i++) {
		int64_t a = (int64_t)number() - (int64_t)number(), b = (int64_t)number() - (int64_t)number();
		int64_t rest;

		if (b == 0 || (a == INT64_MIN && b == -1))
			continue;
		rest = a % b;
		good &= a / b * b + rest == a && (rest == 0 || (rest < 0) == (a < 0)) &&
			(rest < 0 ? -(uint64_t)rest : (uint64_t)rest) < (b < 0 ? -(uint64_t)b : (uint64_t)b);
	}
	ok(good, "signed division of 64 bits");
}

static void check_format(void)
{
	char text[64];

	tenon_snprintf(text, sizeof(text), "%llu %lld %x %ld %zu", 18446744073709551615ull, -9223372036854775807ll,
		       0xdeadbeefu, -5l, (size_t)7);
	ok(!strcmp(text, "18446744073709551615 -9223372036854775807 deadbeef -5 7"), "formatting of 64 bits");
}

/* Every alignment and length against a loop over bytes. */
static void check_copies(void)
{
	static uint8_t from[96], to[96];
	bool good = true;

	for (size_t i = 0; i < sizeof(from); i++)
		from[i] = (uint8_t)(i * 7 + 1);
	for (size_t d = 0; d < 8; d++)
		for (size_t s = 0; s < 8; s++)
			for (size_t len = 0; len < 64; len++) {
				memset(to, 0, sizeof(to));
				memcpy(to + d, from + s, len);
				for (size_t i = 0; i < sizeof(to); i++)
					good &= to[i] == (i >= d && i < d + len ? from[i - d + s] : 0);
			}
	ok(good, "memcpy and memset");
}

int init_module(void);
void _start(void);
void _start(void)
{
	ok(init_module() == 0, "the runtime starts");
	check_unsigned();
	check_signed();
	check_format();
	check_copies();
	tenon_printk(TENON_LEVEL_INFO, "1..%d\n", cnt);
	system_call(1 /* exit */, failed != 0, NULL, 0);
}
