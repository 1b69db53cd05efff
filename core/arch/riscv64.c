/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * 64-bit RISC-V. Source: RISC-V ABIs Specification 1.0 (riscv-elf), section 8.4; field layouts: the unprivileged ISA.
 * Modules are built without linker relaxation, so nothing is ever removed: RELAX is ignored, ALIGN must be satisfied.
 */
#include "core/arch/common.h"
#include "tenon/fmt/elf_riscv64.h"
#include "tenon/host.h"

#define STUB_BYTES 24
#define GOT_BYTES 8
#define OPCODE_MASK 0x7fu
#define OPCODE_LUI 0x37u
#define RS1_MASK (0x1fu << 15)
/* How many entries may stand at one place: HI20, RELAX, and one to spare. Bounds the search for a partner. */
#define AT_ONE_PLACE_MAX 3
/* How many entries before a LO12 are looked at before a search; nearly always its partner is among them. */
#define NEAR_CNT 4

enum calc { UNKNOWN, ABS, PCREL, GOT, PARTNER };
enum check {
	ANY,
	SIGNED,
	EITHER, /* fits as signed or unsigned */
	HI20,   /* fits in the upper 20 bits, once the sign of the lower 12 is made up for */
};
enum field {
	SET,
	ADD,
	SUB, /* width bytes of data */
	SET6,
	SUB6, /* the lower 6 bits of a byte */
	TYPE_U,
	TYPE_I,
	TYPE_S, /* immediates of instructions, by format */
	TYPE_B,
	TYPE_J,
	TYPE_CB,
	TYPE_CJ,
	AUIPC_JALR, /* of those that jump */
};

struct howto {
	uint8_t calc, check, bits; /* the value must fit in so many bits */
	uint8_t field, width;      /* bytes that are read and written */
};

#define ROW(type) [R_RISCV_##type]

static const struct howto howtos[] = {
	ROW(32) = { ABS, EITHER, 32, SET, 4 },
	ROW(64) = { ABS, ANY, 0, SET, 8 },
	ROW(BRANCH) = { PCREL, SIGNED, 13, TYPE_B, 4 },
	ROW(JAL) = { PCREL, SIGNED, 21, TYPE_J, 4 },
	ROW(CALL) = { PCREL, HI20, 0, AUIPC_JALR, 8 },
	ROW(CALL_PLT) = { PCREL, HI20, 0, AUIPC_JALR, 8 },
	ROW(GOT_HI20) = { GOT, HI20, 0, TYPE_U, 4 },
	ROW(PCREL_HI20) = { PCREL, HI20, 0, TYPE_U, 4 },
	ROW(PCREL_LO12_I) = { PARTNER, ANY, 0, TYPE_I, 4 },
	ROW(PCREL_LO12_S) = { PARTNER, ANY, 0, TYPE_S, 4 },
	ROW(HI20) = { ABS, HI20, 0, TYPE_U, 4 },
	ROW(LO12_I) = { ABS, ANY, 0, TYPE_I, 4 },
	ROW(LO12_S) = { ABS, ANY, 0, TYPE_S, 4 },
	/* Differences are taken modulo their width: half of one may be far out of its range. */
	ROW(ADD8) = { ABS, ANY, 0, ADD, 1 },
	ROW(ADD16) = { ABS, ANY, 0, ADD, 2 },
	ROW(ADD32) = { ABS, ANY, 0, ADD, 4 },
	ROW(ADD64) = { ABS, ANY, 0, ADD, 8 },
	ROW(SUB8) = { ABS, ANY, 0, SUB, 1 },
	ROW(SUB16) = { ABS, ANY, 0, SUB, 2 },
	ROW(SUB32) = { ABS, ANY, 0, SUB, 4 },
	ROW(SUB64) = { ABS, ANY, 0, SUB, 8 },
	ROW(RVC_BRANCH) = { PCREL, SIGNED, 9, TYPE_CB, 2 },
	ROW(RVC_JUMP) = { PCREL, SIGNED, 12, TYPE_CJ, 2 },
	ROW(SUB6) = { ABS, ANY, 0, SUB6, 1 },
	ROW(SET6) = { ABS, ANY, 0, SET6, 1 },
	ROW(SET8) = { ABS, ANY, 0, SET, 1 },
	ROW(SET16) = { ABS, ANY, 0, SET, 2 },
	ROW(SET32) = { ABS, ANY, 0, SET, 4 },
	ROW(32_PCREL) = { PCREL, SIGNED, 32, SET, 4 },
};

/* NULL for a type that is not in the table. */
static const struct howto *find_howto(uint32_t type)
{
	return type < sizeof(howtos) / sizeof(howtos[0]) && howtos[type].calc != UNKNOWN ? &howtos[type] : NULL;
}

/* Compressed instructions are fine. Floating-point registers, 16 registers, stronger ordering are for other hosts. */
static int check_flags(uint32_t e_flags, struct tenon_diag *diag)
{
	return e_flags & ~EF_RISCV_RVC ? fail_got(diag, TENON_R_ELF_FLAGS, e_flags) : 0;
}

static void count(const struct reloc_job *job, bool far, struct reloc_need *need)
{
	const Elf64_Rela *r = job->entries, *const end = r + job->cnt;

	for (; r < end; r++) {
		uint32_t symbol = ELF64_R_SYM(r->r_info);

		if (symbol >= job->symbol_cnt)
			continue;
		switch (ELF64_R_TYPE(r->r_info)) {
		case R_RISCV_CALL:
		case R_RISCV_CALL_PLT:
			if (far)
				need_stub(need, symbol, r->r_addend == 0);
			break;
		case R_RISCV_GOT_HI20:
			need_got(need, symbol);
			break;
		}
	}
}

/* auipc t3, 0; ld t3, 16(t3); jr t3; nop; the target. A call may change t3, as a PLT does. */
static void emit_stub(uint8_t *write, uint64_t run, uint64_t target)
{
	(void)run;
	put_le32(write, 0x00000e17);
	put_le32(write + 4, 0x010e3e03);
	put_le32(write + 8, 0x000e0067);
	put_le32(write + 12, 0x00000013);
	put_le64(write + 16, target);
}

static bool fits_hi20(uint64_t x)
{
	return fits_signed((int64_t)(x + 0x800), 32);
}

/*
 * Low addresses, as the 0 of a weak symbol that nobody has, are out of reach of an auipc but not of a lui. As GNU ld
 * does it: both halves of the pair take the address itself. Return: whether this is such a pair; @x: its value, replaced.
 */
static bool counts_from_zero(const struct reloc_job *job, const Elf64_Rela *hi, uint64_t *x)
{
	uint64_t address = *x + job->run + hi->r_offset;

	if (ELF64_R_TYPE(hi->r_info) != R_RISCV_PCREL_HI20 || fits_hi20(*x) || !fits_hi20(address))
		return false;
	*x = address;
	return true;
}

/*
 * A call that does not reach goes through a stub, one of a weak function that nobody has to address 0. @x: its value,
 * replaced. Any other value does not fit.
 */
static OUT_OF_LINE int reach(const struct reloc_job *job, const Elf64_Rela *r, uint64_t *x)
{
	uint32_t type = ELF64_R_TYPE(r->r_info);
	uint64_t place = job->run + r->r_offset, stub;
	uint8_t *write = job->write + r->r_offset;

	if (counts_from_zero(job, r, x)) {
		put_le32(write, (get_le32(write) & ~OPCODE_MASK) | OPCODE_LUI);
		return 0;
	}
	if (type != R_RISCV_CALL && type != R_RISCV_CALL_PLT)
		return rela_refuse(job, r, TENON_R_REL_RANGE, *x);
	if (!job->values[ELF64_R_SYM(r->r_info)]) {
		put_le32(write + 4, get_le32(write + 4) & ~RS1_MASK); /* jalr counts from x0 */
		*x = (uint64_t)r->r_addend;
		return fits_hi20(*x) ? 0 : rela_refuse(job, r, TENON_R_REL_RANGE, *x);
	}
	if (!reloc_slot(job->stubs, ELF64_R_SYM(r->r_info), r->r_addend == 0, STUB_BYTES, *x + place, emit_stub, &stub))
		return rela_refuse(job, r, TENON_R_REL_STUBS, *x);
	*x = stub - place;
	return fits_hi20(*x) ? 0 : rela_refuse(job, r, TENON_R_REL_RANGE, *x);
}

static bool is_hi20_at(const Elf64_Rela *r, uint64_t offset)
{
	uint32_t type = ELF64_R_TYPE(r->r_info);

	return r->r_offset == offset && (type == R_RISCV_PCREL_HI20 || type == R_RISCV_GOT_HI20);
}

/* The PCREL_HI20 or GOT_HI20 at @offset. Entries are in the order of their offsets, as assemblers write them. */
static const Elf64_Rela *find_hi20(const struct reloc_job *job, const Elf64_Rela *lo, uint64_t offset)
{
	const Elf64_Rela *entries = job->entries;
	size_t low = 0, high = job->cnt, i;

	for (i = 1; i <= NEAR_CNT && i <= (size_t)(lo - entries); i++)
		if (is_hi20_at(lo - i, offset))
			return lo - i;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (entries[mid].r_offset < offset)
			low = mid + 1;
		else
			high = mid;
	}
	for (i = low; i < job->cnt && i - low < AT_ONE_PLACE_MAX; i++)
		if (is_hi20_at(&entries[i], offset))
			return &entries[i];
	return NULL;
}

static int calculate(const struct reloc_job *job, const Elf64_Rela *r, uint8_t calc, uint64_t *x);

/* The value of the HI20 at the address @label, which must be in this section: @r sets its lower 12 bits. */
static int calculate_partner(const struct reloc_job *job, const Elf64_Rela *r, uint64_t label, uint64_t *x)
{
	const Elf64_Rela *hi = label - job->run < job->size ? find_hi20(job, r, label - job->run) : NULL;
	int err;

	if (!hi || r->r_addend)
		return rela_refuse(job, r, TENON_R_REL_PAIR, label);
	err = calculate(job, hi, ELF64_R_TYPE(hi->r_info) == R_RISCV_GOT_HI20 ? GOT : PCREL, x);
	if (!err)
		counts_from_zero(job, hi, x);
	return err;
}

/* The value of @r. Checks its symbol, not the place. */
static int calculate(const struct reloc_job *job, const Elf64_Rela *r, uint8_t calc, uint64_t *x)
{
	uint32_t symbol = ELF64_R_SYM(r->r_info);
	uint64_t value;

	if (unlikely(symbol >= job->symbol_cnt))
		return rela_refuse(job, r, TENON_R_REL_SYMBOL, symbol);
	value = job->values[symbol];
	if (unlikely(value == RELOC_DISCARDED))
		return rela_refuse(job, r, TENON_R_REL_DISCARDED, symbol);
	if (calc == PARTNER)
		return calculate_partner(job, r, value, x);
	if (calc == GOT && !reloc_slot(job->got, symbol, true, GOT_BYTES, value, emit_got64, &value))
		return rela_refuse(job, r, TENON_R_REL_STUBS, 0);
	value += (uint64_t)r->r_addend;
	if (calc != ABS)
		value -= job->run + r->r_offset;
	*x = value;
	return 0;
}

static bool fits(const struct howto *h, uint64_t x)
{
	switch (h->check) {
	case SIGNED:
		return fits_signed((int64_t)x, h->bits);
	case EITHER:
		return x < 1ull << h->bits || fits_signed((int64_t)x, h->bits);
	case HI20:
		return fits_hi20(x);
	}
	return true;
}

/* Bits @high to @low of @x, moved to bit @to. */
static uint32_t bits(uint64_t x, unsigned int high, unsigned int low, unsigned int to)
{
	return ((uint32_t)(x >> low) & ((1u << (high - low + 1)) - 1)) << to;
}

/* @old is what the place holds, at most 8 bytes of it: an instruction, or data. */
static uint64_t encode(uint64_t old, const struct howto *h, uint64_t x)
{
	uint64_t upper = x + 0x800; /* the lower 12 bits will be added as a signed number */

	switch (h->field) {
	case SET:
		return x;
	case ADD:
		return old + x;
	case SUB:
		return old - x;
	case SET6:
		return (old & 0xc0) | (x & 0x3f);
	case SUB6:
		return (old & 0xc0) | ((old - x) & 0x3f);
	case TYPE_U:
		return (old & 0xfff) | bits(upper, 31, 12, 12);
	case TYPE_I:
		return (old & 0xfffff) | bits(x, 11, 0, 20);
	case TYPE_S:
		return (old & 0x1fff07f) | bits(x, 11, 5, 25) | bits(x, 4, 0, 7);
	case TYPE_B:
		return (old & 0x1fff07f) | bits(x, 12, 12, 31) | bits(x, 10, 5, 25) | bits(x, 4, 1, 8) |
		       bits(x, 11, 11, 7);
	case TYPE_J:
		return (old & 0xfff) | bits(x, 20, 20, 31) | bits(x, 10, 1, 21) | bits(x, 11, 11, 20) |
		       bits(x, 19, 12, 12);
	case TYPE_CB:
		return (old & 0xe383) | bits(x, 8, 8, 12) | bits(x, 4, 3, 10) | bits(x, 7, 6, 5) | bits(x, 2, 1, 3) |
		       bits(x, 5, 5, 2);
	case TYPE_CJ:
		return (old & 0xe003) | bits(x, 11, 11, 12) | bits(x, 4, 4, 11) | bits(x, 9, 8, 9) |
		       bits(x, 10, 10, 8) | bits(x, 6, 6, 7) | bits(x, 7, 7, 6) | bits(x, 3, 1, 3) | bits(x, 5, 5, 2);
	default: /* AUIPC_JALR */
		return (old & 0x000fffff00000fff) | bits(upper, 31, 12, 12) | (uint64_t)bits(x, 11, 0, 20) << 32;
	}
}

static uint64_t load(const uint8_t *place, unsigned int width)
{
	return width == 4 ? get_le32(place) : width == 8 ? get_le64(place) : width == 2 ? get_le16(place) : *place;
}

static void store(uint8_t *place, unsigned int width, uint64_t word)
{
	if (width == 4)
		put_le32(place, (uint32_t)word);
	else if (width == 8)
		put_le64(place, word);
	else if (width == 2)
		put_le16(place, (uint16_t)word);
	else
		*place = (uint8_t)word;
}

static int apply(const struct reloc_job *job, const Elf64_Rela *r, const struct howto *h)
{
	uint64_t x;
	uint8_t *place;
	int ret;

	if (unlikely(!reloc_inside(job, r->r_offset, h->width)))
		return rela_refuse(job, r, TENON_R_REL_OFFSET, job->size);
	ret = calculate(job, r, h->calc, &x);
	if (unlikely(ret))
		return ret;
	if (unlikely((h->field >= TYPE_U && r->r_offset & 1) || (h->field >= TYPE_B && x & 1)))
		return rela_refuse(job, r, TENON_R_REL_ALIGN, x);
	if (unlikely(!fits(h, x) || (h->field == AUIPC_JALR && !job->values[ELF64_R_SYM(r->r_info)]))) {
		ret = reach(job, r, &x);
		if (ret)
			return ret;
	}
	place = job->write + r->r_offset;
	store(place, h->width, encode(load(place, h->width), h, x));
	return 0;
}

/* Entries that patch nothing. */
static int pass(const struct reloc_job *job, const Elf64_Rela *r)
{
	uint32_t symbol = ELF64_R_SYM(r->r_info), type = ELF64_R_TYPE(r->r_info);
	uint64_t nops = (uint64_t)r->r_addend, align = 1;

	if (symbol >= job->symbol_cnt)
		return rela_refuse(job, r, TENON_R_REL_SYMBOL, symbol);
	if (type == R_RISCV_NONE || type == R_RISCV_RELAX)
		return 0;
	if (type != R_RISCV_ALIGN)
		return rela_refuse(job, r, TENON_R_REL_TYPE, type);
	if (!reloc_inside(job, r->r_offset, nops))
		return rela_refuse(job, r, TENON_R_REL_OFFSET, job->size);
	while (align <= nops)
		align <<= 1;
	/* What follows the nops is aligned as it is: no need to remove any. */
	if ((job->run + r->r_offset + nops) & (align - 1))
		return rela_refuse(job, r, TENON_R_REL_TYPE, type);
	return 0;
}

static int relocate(struct reloc_job *job)
{
	const Elf64_Rela *r = job->entries, *const end = r + job->cnt;

	for (; r < end; r++) {
		const struct howto *h = find_howto(ELF64_R_TYPE(r->r_info));
		int ret = h ? apply(job, r, h) : pass(job, r);

		if (unlikely(ret))
			return ret;
	}
	return 0;
}

const struct tenon_arch tenon_arch_riscv64 = {
	.name = "riscv64",
	.machine = EM_RISCV,
	.is64 = true,
	.rela = true,
	.branch_reach = (1ull << 31) - 0x800,
	.stub_bytes = STUB_BYTES,
	.got_bytes = GOT_BYTES,
	.trap_fill = 0x90029002, /* c.ebreak twice; without the C extension an illegal instruction */
	.check_flags = check_flags,
	.count = count,
	.relocate = relocate,
};
