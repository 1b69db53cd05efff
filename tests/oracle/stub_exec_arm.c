/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Run a Thumb-2 stub: as stub_exec.c, but there is no C library for this CPU. A program for qemu-arm that makes Linux
 * system calls itself and exits with 0 if all is well, else with the number of the step that failed.
 */
#include "core/arch.h"
#include "core/string.h"
#include "tenon/fmt/elf_arm.h"
#include "tenon/host.h"

#define FAR 0x20000000u /* 512 MiB: this program is below, a branch reaches 16 MiB */
#define JUMPER_OFFSET 0x80
#define STUBS_OFFSET 0x800

enum { SYS_EXIT = 1, SYS_MMAP2 = 192, PROT_ALL = 7, MAP_PRIVATE_ANONYMOUS_FIXED = 0x32 };

static const uint16_t caller[] = {
	0xb510,         /* push {r4, lr} */
	0x2006, 0x2107, /* movs r0, #6; movs r1, #7 */
	0xf7ff, 0xfffe, /* bl answer */
	0x3001, 0xbd10, /* adds r0, #1; pop {r4, pc} */
};
static const uint16_t jumper[] = { 0xf7ff, 0xbffe }; /* b.w answer */

void start(void);

__attribute__((noinline, used)) static int answer(int a, int b)
{
	return a * b;
}

static uintptr_t system_call(uintptr_t number, uintptr_t a, uintptr_t b, uintptr_t c, uintptr_t d, uintptr_t e,
			     uintptr_t f)
{
	register uintptr_t r0 __asm__("r0") = a, r1 __asm__("r1") = b, r2 __asm__("r2") = c;
	register uintptr_t r3 __asm__("r3") = d, r4 __asm__("r4") = e, r5 __asm__("r5") = f;

	/* r7 holds the number; it may be the frame pointer too, so it is not named. */
	__asm__ volatile("push {r7}\n\tmov r7, %1\n\tsvc 0\n\tpop {r7}"
			 : "+r"(r0)
			 : "r"(number), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
			 : "memory");
	return r0;
}

static int run_stub(void)
{
	uint8_t *code =
	    (uint8_t *)system_call(SYS_MMAP2, FAR, 4096, PROT_ALL, MAP_PRIVATE_ANONYMOUS_FIXED, (uintptr_t)-1, 0);
	const Elf32_Rel entries[] = { { 6, 1 << 8 | R_ARM_THM_CALL }, { JUMPER_OFFSET, 1 << 8 | R_ARM_THM_JUMP24 } };
	const tenon_addr values[2] = { 0, (uintptr_t)answer };
	uint32_t of_symbol[2] = { 0 };
	static struct tenon_diag diag;
	struct reloc_slots stubs = { code + STUBS_OFFSET, FAR + STUBS_OFFSET, 1, 0, of_symbol };
	struct reloc_job job = { .entries = entries,
				 .cnt = 2,
				 .write = code,
				 .run = FAR,
				 .size = STUBS_OFFSET,
				 .values = values,
				 .symbol_cnt = 2,
				 .stubs = &stubs,
				 .diag = &diag };

	if (code != (uint8_t *)FAR)
		return 1;
	memcpy(code, caller, sizeof(caller));
	memcpy(code + JUMPER_OFFSET, jumper, sizeof(jumper));
	if (tenon_arch_arm.relocate(&job) || stubs.used != 1)
		return 2;
	if (((int (*)(void))(FAR | 1))() != 43)
		return 3;
	if (((int (*)(int, int))((FAR + JUMPER_OFFSET) | 1))(8, 9) != 72)
		return 4;
	return 0;
}

void start(void)
{
	system_call(SYS_EXIT, (uintptr_t)run_stub(), 0, 0, 0, 0, 0);
}
