/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Loads and stores of every width, near and far, of variables here and elsewhere. */
#include <stdint.h>

extern uint8_t ext8;
extern uint16_t ext16;
extern uint32_t ext32;
extern uint64_t ext64;
extern __attribute__((visibility("hidden"))) int hidden;

static uint8_t local8[3];
static uint16_t local16 = 7;
static uint32_t local32;
uint64_t shared64 = 1;

struct wide {
	uint64_t a[2];
} __attribute__((aligned(16)));
struct wide wide1, wide2;

uint64_t sum(void);
void spread(uint64_t v);

uint64_t sum(void)
{
	wide1 = wide2;
	return ext8 + ext16 + ext32 + ext64 + local8[1] + local16 + local32 + shared64 + (uint64_t)hidden;
}

void spread(uint64_t v)
{
	ext8 = (uint8_t)v;
	ext16 = (uint16_t)v;
	ext32 = (uint32_t)v;
	ext64 = v;
	local8[2] = (uint8_t)(v >> 1);
	local16 = (uint16_t)(v >> 2);
	local32 = (uint32_t)(v >> 3);
	shared64 += v;
	hidden = 3;
}
