/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Run stubs: a function at a far address calls one of this program's functions, which a direct branch cannot reach.
 * Built for x86-64, AArch64 and RISC-V as ordinary static programs (the latter two under qemu-user).
 */
#define _GNU_SOURCE
#include <string.h>
#include <sys/mman.h>

#include "core/arch.h"
#include "tenon/host.h"
#include "tests/tap.h"

#define FAR ((void *)0x2000000000) /* 128 GiB above this program */
#define JUMPER_OFFSET 0x80
#define STUBS_OFFSET 0x800

/* caller: a function that returns answer(6, 7) + 1. jumper: one that jumps to answer. */
#if defined(__x86_64__)
#define ARCH (&tenon_arch_x86_64)
#include "tenon/fmt/elf_x86_64.h"
enum { CALL = R_X86_64_PLT32, JUMP = R_X86_64_PLT32, ADDEND = -4 };
static const uint8_t caller[] = {
	0x48, 0x83, 0xec, 0x08,       /* sub $8, %rsp */
	0xbf, 6,    0,    0,    0,    /* mov $6, %edi */
	0xbe, 7,    0,    0,    0,    /* mov $7, %esi */
	0xe8, 0,    0,    0,    0,    /* call answer */
	0x83, 0xc0, 0x01,             /* add $1, %eax */
	0x48, 0x83, 0xc4, 0x08, 0xc3, /* add $8, %rsp; ret */
};
static const uint8_t jumper[] = { 0xe9, 0, 0, 0, 0 };
enum { CALL_AT = 15, JUMP_AT = 1 };
#elif defined(__aarch64__)
#define ARCH (&tenon_arch_aarch64)
#include "tenon/fmt/elf_aarch64.h"
enum { CALL = R_AARCH64_CALL26, JUMP = R_AARCH64_JUMP26, ADDEND = 0 };
static const uint32_t caller[] = {
	0xa9bf7bfd, /* stp x29, x30, [sp, #-16]! */
	0x528000c0, /* mov w0, #6 */
	0x528000e1, /* mov w1, #7 */
	0x94000000, /* bl answer */
	0x11000400, /* add w0, w0, #1 */
	0xa8c17bfd, /* ldp x29, x30, [sp], #16 */
	0xd65f03c0, /* ret */
};
static const uint32_t jumper[] = { 0x14000000 };
enum { CALL_AT = 12, JUMP_AT = 0 };
#elif defined(__riscv)
#define ARCH (&tenon_arch_riscv64)
#include "tenon/fmt/elf_riscv64.h"
enum { CALL = R_RISCV_CALL_PLT, JUMP = R_RISCV_CALL_PLT, ADDEND = 0 };
static const uint32_t caller[] = {
	0xff010113, /* addi sp, sp, -16 */
	0x00113023, /* sd ra, 0(sp) */
	0x00600513, /* li a0, 6 */
	0x00700593, /* li a1, 7 */
	0x00000097, /* auipc ra, 0 */
	0x000080e7, /* jalr ra, 0(ra) */
	0x00150513, /* addi a0, a0, 1 */
	0x00013083, /* ld ra, 0(sp) */
	0x01010113, /* addi sp, sp, 16 */
	0x00008067, /* ret */
};
static const uint32_t jumper[] = { 0x00000317, 0x00030067 }; /* tail answer */
enum { CALL_AT = 16, JUMP_AT = 0 };
#endif

static int answer(int a, int b)
{
	return a * b;
}

static int (*at(uint8_t *code))(int, int)
{
	int (*f)(int, int);

	memcpy(&f, &code, sizeof(f));
	return f;
}

int main(void)
{
	uint8_t *code = mmap(FAR, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	const Elf64_Rela entries[] = {
		{ CALL_AT, 1ull << 32 | CALL, ADDEND },
		{ JUMPER_OFFSET + JUMP_AT, 1ull << 32 | JUMP, ADDEND },
	};
	const uint64_t values[2] = { 0, (uint64_t)(uintptr_t)answer };
	uint32_t of_symbol[2] = { 0 };
	struct tenon_diag d;
	struct reloc_slots stubs = { code + STUBS_OFFSET, (uint64_t)(uintptr_t)code + STUBS_OFFSET, 1, 0, of_symbol };
	struct reloc_job job = { .entries = entries,
				 .cnt = 2,
				 .write = code,
				 .run = (uint64_t)(uintptr_t)code,
				 .size = STUBS_OFFSET,
				 .values = values,
				 .symbol_cnt = 2,
				 .stubs = &stubs,
				 .diag = &d };

	if (!ok(code == FAR, "%s: memory far away", ARCH->name))
		return tap_done();
	memcpy(code, caller, sizeof(caller));
	memcpy(code + JUMPER_OFFSET, jumper, sizeof(jumper));
	ok(ARCH->relocate(&job) == 0 && stubs.used == 1, "%s: both branches go through one stub", ARCH->name);
	mprotect(code, 4096, PROT_READ | PROT_EXEC);
	__builtin___clear_cache((char *)code, (char *)code + 4096);
	ok(at(code)(0, 0) == 43, "%s: a call through a stub arrives and returns", ARCH->name);
	ok(at(code + JUMPER_OFFSET)(8, 9) == 72, "%s: a jump through a stub arrives with its arguments", ARCH->name);
	return tap_done();
}
