/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The hash of names, against numbers of any size in Python: f(a) = a * factor mod 2^64 xor a * factor div 2^64;
 * h = seed xor length; h = f(h xor word) for each 8 bytes, and once for what is left, which may be nothing; f(h xor
 * seed).
 */
#include "core/context.h"
#include "tests/tap.h"

int main(void)
{
	static const struct {
		const char *name;
		uint32_t hash[2]; /* with a key of 0, 0 and of 1, 2 */
	} vectors[] = { { "a", { 0x57e7c7d3, 0xbec8976d } },
			{ "abcdefg", { 0x70652cf6, 0xe9a480b0 } },
			{ "abcdefgh", { 0xa83a41fd, 0x99691a7b } },
			{ "printk", { 0xe6d0ce31, 0xc83e5e77 } },
			{ "a_longer_name_of_a_symbol", { 0x383d6d7d, 0x045021ec } } };
	static const struct tenon t[2] = { { .hash_key = { 0, 0 } }, { .hash_key = { 1, 2 } } };

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++)
		for (size_t key = 0; key < 2; key++)
			ok(table_hash(&t[key], vectors[i].name) == vectors[i].hash[key], "%s, key %zu", vectors[i].name,
			   key);
	return tap_done();
}
