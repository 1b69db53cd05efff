// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The runtime's mem* functions against the C library's, at random lengths, alignments and overlaps. */
#include "tests/tap.h"
#include "tests/runtime/runtime.h"

#include <stdlib.h>
#include <string.h>

#define ROUNDS 20000
#define BYTES 400

struct mem {
	const char *name;
	void *(*copy)(void *restrict dst, const void *restrict src, size_t len);
	void *(*move)(void *dst, const void *src, size_t len);
	void *(*set)(void *dst, int byte, size_t len);
	int (*cmp)(const void *a, const void *b, size_t len);
	void *(*chr)(const void *mem, int byte, size_t len);
};

static uint8_t ours[BYTES], theirs[BYTES], source[BYTES];

static void scramble(void)
{
	for (size_t i = 0; i < BYTES; i++) {
		source[i] = (uint8_t)fake_rand(256);
		ours[i] = theirs[i] = (uint8_t)fake_rand(256);
	}
}

/* A length, mostly short, that fits behind both offsets. */
static size_t length(size_t a, size_t b)
{
	size_t room = BYTES - (a > b ? a : b);

	return fake_rand((uint32_t)(fake_rand(2) ? room + 1 : 24));
}

static bool same(void)
{
	return memcmp(ours, theirs, BYTES) == 0;
}

static int sign(int n)
{
	return (n > 0) - (n < 0);
}

static bool copies(const struct mem *m)
{
	for (int i = 0; i < ROUNDS; i++) {
		size_t d = fake_rand(64), s = fake_rand(64), len = length(d, s);

		scramble();
		memcpy(theirs + d, source + s, len);
		if (m->copy(ours + d, source + s, len) != ours + d || !same())
			return false;
	}
	return true;
}

static bool moves(const struct mem *m)
{
	for (int i = 0; i < ROUNDS; i++) {
		size_t d = fake_rand(64), s = fake_rand(64), len = length(d, s);

		scramble();
		memmove(theirs + d, theirs + s, len);
		if (m->move(ours + d, ours + s, len) != ours + d || !same())
			return false;
	}
	return true;
}

static bool sets(const struct mem *m)
{
	for (int i = 0; i < ROUNDS; i++) {
		size_t d = fake_rand(64), len = length(d, 0);
		int byte = (int)fake_rand(1024) - 512;

		scramble();
		memset(theirs + d, byte, len);
		if (m->set(ours + d, byte, len) != ours + d || !same())
			return false;
	}
	return true;
}

static bool compares(const struct mem *m)
{
	for (int i = 0; i < ROUNDS; i++) {
		size_t d = fake_rand(64), len = length(d, 0);

		scramble();
		memcpy(source, ours, BYTES);
		if (len && fake_rand(3))
			source[d + fake_rand((uint32_t)len)] ^= (uint8_t)fake_rand(256);
		if (sign(m->cmp(ours + d, source + d, len)) != sign(memcmp(ours + d, source + d, len)))
			return false;
	}
	return true;
}

static bool finds(const struct mem *m)
{
	for (int i = 0; i < ROUNDS; i++) {
		size_t d = fake_rand(64), len = length(d, 0);
		int byte = (int)fake_rand(512) - 256;

		scramble();
		if (m->chr(ours + d, byte, len) != memchr(ours + d, byte, len))
			return false;
	}
	return true;
}

/* The sanitizer sees a byte too far in either direction of a block of exactly the right size. */
static bool stays_inside(const struct mem *m)
{
	for (size_t len = 1; len < 80; len++) {
		uint8_t *a = malloc(len), *b = malloc(len);

		memset(a, 1, len);
		m->copy(b, a, len);
		m->set(a, 2, len);
		m->move(a + len / 2, a, len - len / 2);
		m->move(a, a + len / 2, len - len / 2);
		m->cmp(a, b, len);
		m->chr(a, 3, len);
		free(a);
		free(b);
	}
	return true;
}

int main(void)
{
	static const struct mem set[] = {
		{ "loops", rt_memcpy, rt_memmove, rt_memset, rt_memcmp, rt_memchr },
		{ "string instructions", hw_memcpy, hw_memmove, hw_memset, hw_memcmp, hw_memchr },
	};

	for (const struct mem *m = set; m < set + 2; m++) {
		ok(copies(m), "memcpy, %s", m->name);
		ok(moves(m), "memmove, %s", m->name);
		ok(sets(m), "memset, %s", m->name);
		ok(compares(m), "memcmp, %s", m->name);
		ok(finds(m), "memchr, %s", m->name);
	}
	ok(stays_inside(set), "no byte outside is touched");
	return tap_done();
}
