/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * lz4_compress and lz4hc_compress with linux.ko's LZ4_decompress_safe, each against the LZ4 library of the system: what
 * one has packed, the other unpacks.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "tests/linux/compartment.h"

#define PLAIN 60000
#define ROOM 60300     /* LZ4_compressBound(PLAIN) is less */
#define WORK 16416     /* LZ4_MEM_COMPRESS of linux/lz4.h */
#define WORK_HC 262192 /* LZ4HC_MEM_COMPRESS */

static int (*unpack)(const char *packed, char *plain, int len, int room);
static int (*pack)(const char *plain, char *packed, int len, int room);
static char plain[PLAIN], packed[ROOM], back[PLAIN];

static bool find_library(void)
{
	void *lib = dlopen("liblz4.so.1", RTLD_NOW);

	*(void **)&unpack = lib ? dlsym(lib, "LZ4_decompress_safe") : NULL;
	*(void **)&pack = lib ? dlsym(lib, "LZ4_compress_default") : NULL;
	return unpack && pack;
}

/* Words, with matches near and far, then bytes that do not repeat. */
static void fill(void)
{
	uint32_t random = 1;

	for (int i = 0; i < PLAIN; i++) {
		random = random * 1664525u + 1013904223u;
		plain[i] = (char)(random >> 24);
		if (i < PLAIN / 2)
			plain[i] = "tenon mortise "[(i + (random >> 30 & 1)) % 14];
	}
}

static int unpack_in_module(struct compartment *c, int len, int room)
{
	memset(back, 0, sizeof(back));
	return (int)CALL(c, "LZ4_decompress_safe", IN(packed, ROOM), OUT(back, PLAIN), NUMBER(len), NUMBER(room));
}

static void check_both(struct compartment *c, const char *what, int len)
{
	ok(len > 0 && len < PLAIN, "%s: %s makes 60,000 bytes to %d", c->where, what, len);
	memset(back, 0, sizeof(back));
	ok(unpack(packed, back, len, PLAIN) == PLAIN && !memcmp(back, plain, PLAIN), "%s: %s: the library unpacks it",
	   c->where, what);
	ok(unpack_in_module(c, len, PLAIN) == PLAIN && !memcmp(back, plain, PLAIN), "%s: %s: linux.ko unpacks it",
	   c->where, what);
}

/* Whatever is wrong with the input, nothing is written beyond the room, which ends where the test's array ends. */
static void test_damaged(struct compartment *c, int len)
{
	int bad = 0;

	for (int cut = 0; cut < len; cut += len / 50)
		bad += unpack_in_module(c, cut, PLAIN) >= PLAIN;
	ok(!bad, "%s: cut input is refused or gives less", c->where);
	bad = 0;
	for (int room = 0; room < PLAIN; room += PLAIN / 50)
		bad += unpack_in_module(c, len, room) >= 0;
	ok(!bad, "%s: input for more room than there is is refused", c->where);
	for (int i = 0; i < 300; i++) {
		int at = i * (len / 300);
		char was = packed[at];
		int mine, theirs;

		packed[at] = (char)(was ^ 1 << i % 8);
		mine = unpack_in_module(c, len, PLAIN);
		memset(plain, 0, sizeof(plain));
		theirs = unpack(packed, plain, len, PLAIN);
		/* The library also refuses some ends that the format forbids only for those who write it. */
		bad += mine > PLAIN || (theirs >= 0 && (mine != theirs || memcmp(plain, back, (size_t)theirs)));
		packed[at] = was;
	}
	ok(!bad, "%s: of 300 damaged inputs all that the library unpacks come out alike", c->where);
}

static bool exports(struct compartment *c, const char *symbol)
{
	struct tenon_export e;

	return !tenon_lookup(c->core, c->d, symbol, &e);
}

void test_compression(struct compartment *c)
{
	static char work[WORK];
	struct tenon_diag why;
	uint64_t memory;
	int len;

	if (!find_library()) {
		ok(true, "%s: lz4 # SKIP no liblz4.so.1", c->where);
		return;
	}
	if (!load(c, "lz4_compress", NULL) || !load(c, "lz4hc_compress", NULL))
		return;
	fill();
	len = (int)CALL(c, "LZ4_compress_default", IN(plain, PLAIN), OUT(packed, ROOM), NUMBER(PLAIN), NUMBER(ROOM),
			INOUT(work, WORK));
	check_both(c, "lz4_compress", len);
	/* Its work space is larger than what a call carries, so it is taken where the module lives. */
	memory = CALL(c, exports(c, "__kmalloc") ? "__kmalloc" : "__kmalloc_noprof", NUMBER(WORK_HC), NUMBER(0));
	len = (int)CALL(c, "LZ4_compress_HC", IN(plain, PLAIN), OUT(packed, ROOM), NUMBER(PLAIN), NUMBER(ROOM),
			NUMBER(9), NUMBER(memory));
	check_both(c, "lz4hc_compress", len);
	CALL(c, "kfree", NUMBER(memory));
	len = pack(plain, packed, PLAIN, ROOM);
	ok(unpack_in_module(c, len, PLAIN) == PLAIN && !memcmp(back, plain, PLAIN),
	   "%s: linux.ko unpacks what the library packed", c->where);
	test_damaged(c, len);
	ok(!try_unload(c, "lz4_compress", &why) && !try_unload(c, "lz4hc_compress", &why), "%s: both unload", c->where);
}
