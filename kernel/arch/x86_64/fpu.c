// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * User programs' floating-point and vector registers: XSAVE in its standard form (SDM volume 1, chapter 13), or FXSAVE.
 */
#include "kernel/arch/x86_64/fpu.h"

#include "tenon/errno.h"
#include "tenon/runtime.h"
#include "kernel/arch/x86_64/insn.h"
#include "kernel/arch/x86_64/trap.h"
#include "kernel/arch/x86_64/user.h"
#include "kernel/init.h"

#define CR4_OSXSAVE (1ull << 18)
#define XSAVE_BIT 26 /* of CPUID leaf 1, ecx */
#define XCR0_X87_SSE 3ull
#define XCR0_WANTED 0xe7ull /* x87, SSE, AVX, AVX-512 */
#define FXSAVE_BYTES 512
#define XSAVE_HEADER_OFF 512
#define XSAVE_HEADER_BYTES 64

static uint64_t features; /* 0: no XSAVE */
static size_t bytes = FXSAVE_BYTES;

void __init fpu_init_cpu(void)
{
	uint64_t supported;

	if (!(cpuid(1, 0).c >> XSAVE_BIT & 1))
		return;
	write_cr4(read_cr4() | CR4_OSXSAVE);
	supported = (cpuid(0xd, 0).a | (uint64_t)cpuid(0xd, 0).d << 32) & XCR0_WANTED;
	if ((supported & 0xe4) != 0xe4) /* AVX-512 is three parts or nothing */
		supported &= 7;
	features = supported;
	__asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)features), "d"((uint32_t)(features >> 32)));
	bytes = cpuid(0xd, 0).b;
}

size_t fpu_bytes(void)
{
	return bytes;
}

uint64_t fpu_features(void)
{
	return features ? features : XCR0_X87_SSE;
}

void fpu_state_init(void *state)
{
	uint8_t *s = state;

	memset(state, 0, bytes);
	s[0] = 0x7f; /* control word: all exceptions masked, 64-bit precision */
	s[1] = 0x03;
	s[24] = 0x80; /* MXCSR likewise */
	s[25] = 0x1f;
}

void fpu_save(void *state)
{
	if (features)
		__asm__ volatile("xsave64 (%0)" : : "r"(state), "a"((uint32_t)features), "d"(0) : "memory");
	else
		__asm__ volatile("fxsave64 (%0)" : : "r"(state) : "memory");
}

/* Whatever a program has written into its signal frame may stand there: then the CPU refuses it with #GP. */
static int try_restore(const void *state)
{
	int err = 0;

	// clang-format off
	if (features)
		__asm__ volatile("1: xrstor64 (%1)\n2:\n" EXCEPTION_ASM("1b", "3f")
				 ".pushsection .text.unlikely\n3: movl $-22, %0\njmp 2b\n.popsection"
				 : "+r"(err)
				 : "r"(state), "a"((uint32_t)features), "d"(0)
				 : "memory");
	else
		__asm__ volatile("1: fxrstor64 (%1)\n2:\n" EXCEPTION_ASM("1b", "3f")
				 ".pushsection .text.unlikely\n3: movl $-22, %0\njmp 2b\n.popsection"
				 : "+r"(err)
				 : "r"(state)
				 : "memory", "rdx");
	// clang-format on
	return err;
}

void fpu_restore(const void *state)
{
	try_restore(state);
}

int fpu_load(const void *state)
{
	static const struct {
		uint8_t legacy[FXSAVE_BYTES], header[XSAVE_HEADER_BYTES];
	} fresh __attribute__((aligned(64))) = { .legacy = { [0] = 0x7f, [1] = 0x03, [24] = 0x80, [25] = 0x1f } };

	if (!try_restore(state))
		return 0;
	try_restore(&fresh);
	return -TENON_EINVAL;
}
