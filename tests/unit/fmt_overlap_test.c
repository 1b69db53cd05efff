/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Overlapping sections, with more of them than the check sorts at a time. The independent answer: paint the bytes of
 * each section on a map of the file.
 */
#include <stdlib.h>
#include <string.h>

#include "core/fmt/elf.h"
#include "tests/tap.h"
#include "tests/unit/elf_builder.h"

static uint32_t seed = 1;

static uint32_t random_below(uint32_t limit)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)seed * limit >> 32);
}

/*
 * A file with @cnt empty sections, whose bytes may be anywhere in section 1, which has @bytes bytes and is then
 * emptied.
 */
static uint8_t *make_file(uint32_t cnt, size_t bytes, size_t *size, uint64_t *area)
{
	struct elfb *b = elfb_new(EM_X86_64, true);
	uint8_t *image;
	Elf64_Shdr *h;

	elfb_section(b, ".area", SHT_PROGBITS, 0, NULL, bytes, 1);
	for (uint32_t i = 0; i < cnt; i++)
		elfb_section(b, ".part", SHT_PROGBITS, 0, NULL, 0, 1);
	image = elfb_finish(b, size);
	h = elfb_shdr(image, 1);
	*area = h->sh_offset;
	h->sh_size = 0;
	return image;
}

static bool painted_twice(uint8_t *image, uint32_t cnt, uint64_t area, size_t bytes)
{
	uint8_t *map = calloc(1, bytes);
	bool twice = false;

	for (uint32_t i = 2; i < cnt + 2; i++) {
		Elf64_Shdr *h = elfb_shdr(image, i);

		for (uint64_t at = 0; at < h->sh_size; at++)
			twice |= map[h->sh_offset - area + at]++;
	}
	free(map);
	return twice;
}

static enum tenon_reason try_open(const uint8_t *image, size_t size)
{
	struct tenon_diag why = { 0 };
	struct elf_file f;

	elf_open(&f, image, size, &why);
	return why.reason;
}

/*
 * Cut the area into parts in random order, with gaps, empty parts and, every other time, one part moved or stretched.
 */
static void scatter(uint8_t *image, uint32_t cnt, uint64_t area, uint32_t slot, bool spoil)
{
	uint32_t *order = malloc(cnt * sizeof(*order));
	Elf64_Shdr *h;

	for (uint32_t i = 0; i < cnt; i++) {
		uint32_t k = random_below(i + 1);

		order[i] = order[k];
		order[k] = i;
	}
	for (uint32_t i = 0; i < cnt; i++) {
		h = elfb_shdr(image, 2 + i);
		h->sh_offset = area + (uint64_t)order[i] * slot;
		h->sh_size = random_below(slot + 1);
	}
	if (spoil) {
		h = elfb_shdr(image, 2 + random_below(cnt));
		h->sh_offset = area + random_below((cnt - 2) * slot);
		h->sh_size = random_below(2 * slot);
	}
	free(order);
}

static void test_random(uint32_t cnt, unsigned int rounds)
{
	enum { SLOT = 4 };
	unsigned int agreed = 0, overlaps = 0;
	uint64_t area;
	size_t size;
	uint8_t *image = make_file(cnt, cnt * SLOT, &size, &area);

	for (unsigned int i = 0; i < rounds; i++) {
		bool twice;

		scatter(image, cnt, area, SLOT, i % 2);
		twice = painted_twice(image, cnt, area, cnt * SLOT);
		agreed += try_open(image, size) == (twice ? TENON_R_SEC_OVERLAP : TENON_R_NONE);
		overlaps += twice;
	}
	free(image);
	ok(agreed == rounds && overlaps > rounds / 4 && overlaps < rounds,
	   "%u sections: %u of %u agree with painting, %u of them overlap", cnt, agreed, rounds, overlaps);
}

/* The order that costs most: each section begins before all the ones read so far. */
static void test_descending(uint32_t cnt)
{
	uint64_t area;
	size_t size;
	uint8_t *image = make_file(cnt, cnt, &size, &area);
	Elf64_Shdr *last;

	for (uint32_t i = 0; i < cnt; i++) {
		last = elfb_shdr(image, 2 + i);
		last->sh_offset = area + cnt - 1 - i;
		last->sh_size = 1;
	}
	ok(try_open(image, size) == TENON_R_NONE, "%u sections in descending order", cnt);
	last->sh_size = 2;
	ok(try_open(image, size) == TENON_R_SEC_OVERLAP, "and the last reaches into the one before");
	last->sh_size = 1;
	last = elfb_shdr(image, 2);
	last->sh_offset--;
	ok(try_open(image, size) == TENON_R_SEC_OVERLAP, "and the first has the place of the second");
	free(image);
}

int main(void)
{
	static const uint32_t cnts[] = { 5, 62, 63, 64, 65, 126, 127, 128, 129, 191, 500 };

	for (size_t i = 0; i < sizeof(cnts) / sizeof(cnts[0]); i++)
		test_random(cnts[i], 1000);
	test_descending(ELF_SECTION_CNT_MAX / 10);
	return tap_done();
}
