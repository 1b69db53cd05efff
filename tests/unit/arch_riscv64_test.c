/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* RISC-V relocations at the ends of their ranges. The encodings are an assembler's (llvm-mc). */
#include <string.h>

#include "tenon/fmt/elf_riscv64.h"
#include "tests/tap.h"
#include "tests/unit/arch_limits.h"

#define ARCH (&tenon_arch_riscv64)
#define RUN 0x60000000ull
#define FAR_RUN 0x2060000000ull /* out of reach of address 0, of which pairs have another way */
#define CNT(a) (sizeof(a) / sizeof((a)[0]))

#define DATA(type, bytes, rel, first, last, hex_first, hex_last) \
	{ #type, R_RISCV_##type, bytes, 0, 3, .pcrel = rel, .unchecked = (bytes) == 8, .step = 1, .place_align = 1, \
	  .low = first, .high = last, .after_low = hex_first, .after_high = hex_last }
#define INSN(type, rel, insn, first, last, hex_first, hex_last) \
	{ #type, R_RISCV_##type, 4, insn, 4, .pcrel = rel, .step = 1, .place_align = 2, .low = first, .high = last, \
	  .after_low = hex_first, .after_high = hex_last }
#define INSN_LO(type, insn, first, last, hex_first, hex_last) \
	{ #type, R_RISCV_##type, 4, insn, 0, .unchecked = true, .step = 1, .place_align = 2, .low = first, .high = last, \
	  .after_low = hex_first, .after_high = hex_last }
#define JUMP(type, bytes, needs_stub, insn, first, last, hex_first, hex_last) \
	{ #type, R_RISCV_##type, bytes, insn, 0, .pcrel = true, .stub = needs_stub, .aligned = true, .step = 2, \
	  .place_align = 2, .low = first, .high = last, .after_low = hex_first, .after_high = hex_last }
/* Arithmetic on what the place holds, taken modulo its width. */
#define SUM(type, bytes, old, first, last, hex_first, hex_last) \
	{ #type, R_RISCV_##type, bytes, old, 0, .unchecked = true, .step = 1, .place_align = 1, .low = first, .high = last, \
	  .after_low = hex_first, .after_high = hex_last }

static const struct limit limits[] = {
	DATA(32, 4, false, INT32_MIN, UINT32_MAX, 0x80000000, 0xffffffff),
	DATA(64, 8, false, INT64_MIN, INT64_MAX, 1ull << 63, INT64_MAX),
	DATA(32_PCREL, 4, true, INT32_MIN, INT32_MAX, 0x80000000, 0x7fffffff),
	JUMP(BRANCH, 4, false, 0x00b50063, -4096, 4094, 0x80b50063, 0x7eb50fe3),
	JUMP(JAL, 4, false, 0x000000ef, -0x100000, 0xffffe, 0x800000ef, 0x7ffff0ef),
	JUMP(RVC_BRANCH, 2, false, 0xc101, -256, 254, 0xd101, 0xcd7d),
	JUMP(RVC_JUMP, 2, false, 0xa001, -2048, 2046, 0xb001, 0xaffd),
	JUMP(CALL, 8, true, 0x000080e700000097, -0x80000800ll, 0x7ffff7fe, 0x800080e780000097, 0x7fe080e77ffff097),
	JUMP(CALL_PLT, 8, true, 0x000080e700000097, -0x80000800ll, 0x7ffff7fe, 0x800080e780000097, 0x7fe080e77ffff097),
	INSN(PCREL_HI20, true, 0x00000517, -0x80000800ll, 0x7ffff7ff, 0x80000517, 0x7ffff517),
	INSN(HI20, false, 0x00000537, -0x80000800ll, 0x7ffff7ff, 0x80000537, 0x7ffff537),
	INSN_LO(LO12_I, 0x00050513, 0x12345800, 0x123457ff, 0x80050513, 0x7ff50513),
	INSN_LO(LO12_S, 0x00b52023, 0x12345800, 0x123457ff, 0x80b52023, 0x7eb52fa3),
	SUM(ADD8, 1, 0x10, 0x1234567812345601, 0xff, 0x11, 0x0f),
	SUM(ADD16, 2, 0x1000, 0x1234567812340001, 0xffff, 0x1001, 0x0fff),
	SUM(ADD32, 4, 0x10000000, 0x1234567800000001, 0xffffffff, 0x10000001, 0x0fffffff),
	SUM(ADD64, 8, 0x1000000000000000, 1, -1, 0x1000000000000001, 0x0fffffffffffffff),
	SUM(SUB8, 1, 0x10, 0x1234567812345601, 0x11, 0x0f, 0xff),
	SUM(SUB16, 2, 0x1000, 0x1234567812340001, 0x1001, 0x0fff, 0xffff),
	SUM(SUB32, 4, 0x10000000, 0x1234567800000001, 0x10000001, 0x0fffffff, 0xffffffff),
	SUM(SUB64, 8, 0x1000000000000000, 1, 0x1000000000000001, 0x0fffffffffffffff, 0xffffffffffffffff),
	SUM(SET6, 1, 0xaa, 0x1234567812345680, 0x3f, 0x80, 0xbf),
	SUM(SUB6, 1, 0xaa, 0x1234567812345640, 0x2b, 0xaa, 0xbf),
	SUM(SET8, 1, 0xaa, 0x1234567812345600, 0xff, 0x00, 0xff),
	SUM(SET16, 2, 0xaaaa, 0x1234567812340000, 0xffff, 0x0000, 0xffff),
	SUM(SET32, 4, 0xaaaaaaaa, 0x1234567800000000, 0xffffffff, 0x00000000, 0xffffffff),
};

static void test_unknown(void)
{
	static const uint32_t more[] = { R_RISCV_NONE,         R_RISCV_GOT_HI20, R_RISCV_PCREL_LO12_I,
					 R_RISCV_PCREL_LO12_S, R_RISCV_ALIGN,    R_RISCV_RELAX };
	uint32_t known[CNT(limits) + CNT(more)];
	size_t i;

	for (i = 0; i < CNT(limits); i++)
		known[i] = limits[i].type;
	memcpy(known + CNT(limits), more, sizeof(more));
	check_unknown(ARCH, known, CNT(known));
}

/* Entries that only say something to a linker. ALIGN: is there nothing to remove? */
static void test_nothing_to_do(void)
{
	static const struct {
		uint64_t run, offset;
		int64_t nops;
		enum tenon_reason reason;
	} aligns[] = {
		{ RUN, 16, 0, TENON_R_NONE }, { RUN, 10, 6, TENON_R_NONE },       { RUN, 12, 6, TENON_R_REL_TYPE },
		{ RUN, 12, 4, TENON_R_NONE }, { RUN + 2, 12, 2, TENON_R_NONE },   { RUN, 12, 2, TENON_R_REL_TYPE },
		{ RUN, 58, 6, TENON_R_NONE }, { RUN, 62, 6, TENON_R_REL_OFFSET }, { RUN, 16, -1, TENON_R_REL_OFFSET },
	};
	static const uint32_t types[] = { R_RISCV_NONE, R_RISCV_RELAX };
	struct patch p = { .arch = ARCH, .run = RUN, .symbol = 1, .width = 4, .before = 5, .value = RELOC_DISCARDED };
	size_t i;

	for (i = 0; i < CNT(types); i++) {
		p.type = types[i];
		patch_apply(&p);
		ok(p.ret == 0 && p.after == 5 && p.intact, "type %u changes nothing, whatever its symbol", p.type);
	}
	p.type = R_RISCV_ALIGN;
	for (i = 0; i < CNT(aligns); i++) {
		p.run = aligns[i].run;
		p.offset = aligns[i].offset;
		p.addend = aligns[i].nops;
		patch_apply(&p);
		ok(!p.ret == !aligns[i].reason && p.diag.reason == aligns[i].reason && p.intact,
		   "ALIGN after %lld bytes of nops at %#llx", (long long)p.addend,
		   (unsigned long long)(p.run + p.offset));
	}
}

static void test_stubs(void)
{
	static const uint32_t stub[4] = { 0x00000e17, 0x010e3e03, 0x000e0067, 0x00000013 };
	struct patch p = { .arch = ARCH,
			   .run = RUN,
			   .offset = 16,
			   .width = 8,
			   .before = 0x000080e700000097,
			   .type = R_RISCV_CALL_PLT,
			   .symbol = 1,
			   .value = 0xffffffff12345678,
			   .stubs_run = RUN + 0x1810,
			   .stub_cnt = 1 };

	patch_apply(&p);
	ok(p.ret == 0 && p.after == 0x800080e700002097 && p.intact, "a call that does not reach goes to its stub");
	ok(!memcmp(p.stubs, stub, sizeof(stub)) && get_le64(p.stubs + 16) == p.value,
	   "stub: auipc t3, 0; ld t3, 16(t3); jr t3; nop; the target");
	p.type = R_RISCV_JAL;
	patch_apply(&p);
	ok(p.ret && p.diag.reason == TENON_R_REL_RANGE && p.stubs_used == 0, "jal gets no stub: it may not change t3");
	p.type = R_RISCV_CALL;
	p.stubs_run = RUN + (1ull << 31) + 16 - 0x800;
	patch_apply(&p);
	ok(p.ret && p.diag.reason == TENON_R_REL_RANGE && p.intact, "the stub itself is too far");
}

/* auipc at 8 with its addi at 12 and a store at 16, by label; the section holds nothing else. */
enum { HI, LO_I, LO_S, PAIR_CNT };

struct pair {
	Elf64_Rela r[PAIR_CNT + 7];
	size_t cnt;
	uint64_t values[4]; /* none, the target, the label of the auipc, discarded */
	uint8_t section[24];
	uint8_t got_slot[8];
	struct tenon_diag diag;
	int ret;
};

static struct pair new_pair(uint64_t target)
{
	struct pair p = {
		.r = { [HI] = { 8, 1ull << 32 | R_RISCV_PCREL_HI20, 0 },
		       [LO_I] = { 12, 2ull << 32 | R_RISCV_PCREL_LO12_I, 0 },
		       [LO_S] = { 16, 2ull << 32 | R_RISCV_PCREL_LO12_S, 0 } },
		.cnt = PAIR_CNT,
		.values = { 0, target, RUN + 8, RELOC_DISCARDED },
	};

	put_le32(p.section + 8, 0x00000517);
	put_le32(p.section + 12, 0x00050513);
	put_le32(p.section + 16, 0x00b52023);
	return p;
}

static void link_pair(struct pair *p)
{
	uint32_t got_of[4] = { 0 };
	struct reloc_slots got = { p->got_slot, RUN + 0x1000, 1, 0, got_of };
	struct reloc_job job = { .entries = p->r,
				 .cnt = p->cnt,
				 .write = p->section,
				 .run = RUN,
				 .size = sizeof(p->section),
				 .values = p->values,
				 .symbol_cnt = 4,
				 .got = &got,
				 .diag = &p->diag };

	p->ret = ARCH->relocate(&job);
}

static bool pair_is(const struct pair *p, uint32_t hi, uint32_t lo_i, uint32_t lo_s)
{
	return p->ret == 0 && get_le32(p->section + 8) == hi && get_le32(p->section + 12) == lo_i &&
	       get_le32(p->section + 16) == lo_s;
}

static bool no_partner(struct pair *p, uint64_t offset)
{
	link_pair(p);
	return p->ret == -TENON_ENOEXEC && p->diag.reason == TENON_R_REL_PAIR && p->diag.offset == offset;
}

static void test_pairs(void)
{
	struct pair p = new_pair(RUN + 8 + 0x12345fff);
	size_t i;

	link_pair(&p);
	ok(pair_is(&p, 0x12346517, 0xfff50513, 0xfeb52fa3), "LO12 takes the lower half of its HI20's value");

	p = new_pair(RUN + 8 + 0x12345fff);
	p.r[3] = p.r[LO_S];
	p.r[2] = p.r[LO_I];
	p.r[1] = (Elf64_Rela){ 8, R_RISCV_RELAX, 0 };
	p.cnt = 4;
	link_pair(&p);
	ok(pair_is(&p, 0x12346517, 0xfff50513, 0xfeb52fa3), "with a RELAX beside the HI20");

	p = new_pair(0x1122334455667788);
	p.r[HI].r_info = 1ull << 32 | R_RISCV_GOT_HI20;
	link_pair(&p);
	ok(pair_is(&p, 0x00001517, 0xff850513, 0xfeb52c23) && get_le64(p.got_slot) == 0x1122334455667788,
	   "LO12 of a GOT entry");

	p = new_pair(RUN);
	p.r[HI].r_info = 1ull << 32 | R_RISCV_HI20;
	ok(no_partner(&p, 12), "an absolute HI20 is no partner");
	p = new_pair(RUN);
	p.r[HI].r_offset = 4;
	ok(no_partner(&p, 12), "no HI20 at the label");
	p = new_pair(RUN);
	p.values[2] = RUN + sizeof(p.section);
	ok(no_partner(&p, 12), "label in another section, behind");
	p = new_pair(RUN);
	p.values[2] = RUN - 1;
	ok(no_partner(&p, 12), "label in another section, before");
	p = new_pair(RUN);
	p.r[LO_S].r_addend = 4;
	ok(no_partner(&p, 16), "LO12 with an addend");

	p = new_pair(RUN + 8 + 0x12345fff);
	p.cnt = CNT(p.r);
	p.r[CNT(p.r) - 1] = p.r[LO_I];
	for (i = 1; i + 1 < CNT(p.r); i++)
		p.r[i] = (Elf64_Rela){ 12, R_RISCV_RELAX, 0 };
	link_pair(&p);
	ok(pair_is(&p, 0x12346517, 0xfff50513, 0x00b52023), "a partner many entries before");
	for (i = 1; i <= 3; i++)
		p.r[i].r_offset = 8;
	p.r[3] = p.r[0];
	p.r[0] = p.r[1];
	ok(no_partner(&p, 12), "a crowd at one place is not searched: it would take quadratic time");

	/* The LO12 comes first in the table, so its partner's symbol has not been checked yet. */
	for (i = 3; i <= 4; i++) {
		p = new_pair(RUN);
		p.r[0] = (Elf64_Rela){ 4, 2ull << 32 | R_RISCV_PCREL_LO12_I, 0 };
		p.r[1] = (Elf64_Rela){ 8, (uint64_t)i << 32 | R_RISCV_PCREL_HI20, 0 };
		link_pair(&p);
		ok(p.ret && p.diag.reason == (i == 3 ? TENON_R_REL_DISCARDED : TENON_R_REL_SYMBOL) && p.diag.want == i,
		   "the partner's symbol is %s", i == 3 ? "discarded" : "out of range");
	}
}

static void test_count(void)
{
	const Elf64_Rela r[] = { { 0, 1ull << 32 | R_RISCV_CALL_PLT, 0 },  { 8, 1ull << 32 | R_RISCV_CALL, 0 },
				 { 16, 1ull << 32 | R_RISCV_CALL, 8 },     { 24, 2ull << 32 | R_RISCV_CALL, 0 },
				 { 32, 1ull << 32 | R_RISCV_GOT_HI20, 0 }, { 40, 1ull << 32 | R_RISCV_GOT_HI20, 0 },
				 { 48, 3ull << 32 | R_RISCV_CALL, 0 } };
	const uint8_t kinds[3] = { RELOC_KIND_NONE, RELOC_KIND_NONE, TENON_MEM_TEXT };
	uint8_t marks[3] = { 0 };
	struct reloc_need need = { .kinds = kinds, .kind = TENON_MEM_TEXT, .marks = marks };
	struct reloc_job job = { .entries = r, .cnt = CNT(r), .symbol_cnt = 3 };

	ARCH->count(&job, true, &need);
	ok(need.stubs == 2 && need.got == 1,
	   "count: one stub for a symbol, one for an addend, none in the same kind of memory");
}

int main(void)
{
	static const uint32_t refused[] = { 0x2, 0x4, 0x6, 0x8, 0x10, 0x20, 0x80000001 };
	struct tenon_diag d;
	size_t i;

	check_limits(ARCH, FAR_RUN, limits, CNT(limits));
	test_unknown();
	test_nothing_to_do();
	test_stubs();
	test_pairs();
	test_count();
	ok(ARCH->check_flags(0, &d) == 0 && ARCH->check_flags(EF_RISCV_RVC, &d) == 0,
	   "flags: with and without compressed code");
	for (i = 0; i < CNT(refused); i++)
		ok(ARCH->check_flags(refused[i], &d) == -TENON_ENOEXEC && d.reason == TENON_R_ELF_FLAGS &&
		       d.got == refused[i],
		   "flags %#x are refused", refused[i]);
	return tap_done();
}
