/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The hash of names against CPython's, which since 3.11 is SipHash-1-3, with a key of zeros if PYTHONHASHSEED=0. */
#include "core/context.h"
#include "tests/tap.h"

int main(void)
{
	static const struct {
		const char *name;
		uint32_t hash; /* the low half of hash(b"...") */
	} vectors[] = { { "a", 0xb89b1813 },      { "abcdefg", 0x9070f506 }, { "abcdefgh", 0x0b8e35ea },
			{ "printk", 0x99e6a412 }, { "a_longer_name_of_a_symbol", 0xbc0f9ea0 } };
	static struct tenon t, keyed = { .hash_key = { 1, 0 } };

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		ok(table_hash(&t, vectors[i].name) == vectors[i].hash, "%s", vectors[i].name);
		ok(table_hash(&keyed, vectors[i].name) != vectors[i].hash, "%s, with another key", vectors[i].name);
	}
	return tap_done();
}
