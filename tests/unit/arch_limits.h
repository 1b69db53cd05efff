/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* One relocation applied to a small section between guard bytes, and what every relocation type must pass. */
#ifndef TESTS_UNIT_ARCH_LIMITS_H
#define TESTS_UNIT_ARCH_LIMITS_H

#include "core/arch.h"
#include "tenon/host.h"

#define PATCH_SECTION_BYTES 64
#define PATCH_SLOT_CNT 2

struct patch {
	const struct tenon_arch *arch;
	uint64_t run;    /* of the section */
	uint64_t offset; /* of the place */
	unsigned int width;
	uint64_t before; /* what the place holds */
	uint32_t type;
	uint32_t symbol; /* 1, whose value is @value; there are 2 */
	int64_t addend;  /* of RELA entries */
	uint64_t value;
	uint64_t stubs_run, got_run;
	uint32_t stub_cnt, got_cnt; /* slots there are */

	/* out */
	int ret;
	struct tenon_diag diag;
	uint64_t after;
	bool intact; /* everything but the place is as before; on failure, the place too */
	uint8_t stubs[PATCH_SLOT_CNT * 32], got[PATCH_SLOT_CNT * 8];
	uint32_t stubs_used, got_used;
};

/* Apply one relocation. */
void patch_apply(struct patch *p);

/* The range of a relocation type, and the ends of it as an assembler writes them. */
struct limit {
	const char *name;
	uint32_t type;
	unsigned int width;
	uint64_t before;
	int64_t addend;           /* of RELA entries; for REL what @before means */
	bool pcrel;               /* the value counts from the place */
	bool unchecked;           /* any value is taken */
	bool stub;                /* one that does not fit needs a stub */
	bool aligned;             /* values between steps are refused */
	unsigned int step;        /* from one value to the next */
	unsigned int place_align; /* of an instruction; 1 for data */
	int64_t low, high;        /* smallest and largest value that fit */
	uint64_t after_low, after_high;
};

/* One test for each row: ends, one beyond, alignment, offset, symbol index, discarded symbol, neighbours. */
void check_limits(const struct tenon_arch *arch, uint64_t run, const struct limit *rows, size_t cnt);

/* Types that must be refused, one test. */
void check_unknown(const struct tenon_arch *arch, const uint32_t *known, size_t cnt);

#endif
