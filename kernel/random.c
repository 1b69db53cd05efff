// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * ChaCha20 (RFC 8439) as a generator that erases its key: each request begins with a block that becomes the next key.
 */
#include "kernel/random.h"

#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/x86_64/insn.h"
#include "kernel/sched/lock.h"
#include "tenon/runtime.h"

static struct spinlock lock = SPINLOCK_INIT(LOCK_LEAF);
static uint32_t key[8]; /* lock */

static uint32_t rotate(uint32_t x, int by)
{
	return x << by | x >> (32 - by);
}

static void quarter(uint32_t *a, uint32_t *b, uint32_t *c, uint32_t *d)
{
	*a += *b, *d = rotate(*d ^ *a, 16);
	*c += *d, *b = rotate(*b ^ *c, 12);
	*a += *b, *d = rotate(*d ^ *a, 8);
	*c += *d, *b = rotate(*b ^ *c, 7);
}

static void block(const uint32_t k[8], uint64_t counter, uint32_t out[16])
{
	const uint32_t in[16] = { 0x61707865,
				  0x3320646e,
				  0x79622d32,
				  0x6b206574,
				  k[0],
				  k[1],
				  k[2],
				  k[3],
				  k[4],
				  k[5],
				  k[6],
				  k[7],
				  (uint32_t)counter,
				  (uint32_t)(counter >> 32),
				  0,
				  0 };

	memcpy(out, in, sizeof(in));
	for (int round = 0; round < 20; round += 2) {
		for (int i = 0; i < 4; i++)
			quarter(&out[i], &out[4 + i], &out[8 + i], &out[12 + i]);
		for (int i = 0; i < 4; i++)
			quarter(&out[i], &out[4 + (i + 1) % 4], &out[8 + (i + 2) % 4], &out[12 + (i + 3) % 4]);
	}
	for (int i = 0; i < 16; i++)
		out[i] += in[i];
}

static bool hardware(uint64_t *value)
{
	bool good = false;

	if (cpuid(1, 0).c >> 30 & 1)
		__asm__ volatile("rdrand %0; setc %1" : "=r"(*value), "=qm"(good));
	return good;
}

/* What has come in since is mixed in at every request. */
static void stir(void)
{
	for (int i = 0; i < 8; i += 2) {
		uint64_t value = 0;

		hardware(&value);
		value ^= __builtin_ia32_rdtsc();
		key[i] ^= (uint32_t)value;
		key[i + 1] ^= (uint32_t)(value >> 32);
	}
}

void random_bytes(void *buf, size_t bytes)
{
	uint32_t own[8], out[16];

	spin_lock(&lock);
	stir();
	block(key, 0, out);
	memcpy(key, out, sizeof(key));
	memcpy(own, out + 8, sizeof(own));
	spin_unlock(&lock);
	for (size_t done = 0, n = 1; done < bytes; n++) {
		size_t part = bytes - done < sizeof(out) ? bytes - done : sizeof(out);

		block(own, n, out);
		memcpy((char *)buf + done, out, part);
		done += part;
	}
}
