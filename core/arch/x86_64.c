/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * x86-64. Source: System V ABI, AMD64 Architecture Processor Supplement, section 4.4.
 * A place must be zero before it is patched, as compilers leave it with RELA entries: a section that was patched
 * already, or twice by a crafted file, does not pass.
 */
#include "core/arch/common.h"
#include "tenon/fmt/elf_x86_64.h"
#include "tenon/host.h"

#define STUB_BYTES 16
#define GOT_BYTES 8
/* A branch's displacement counts from its end, which the addend takes into account. */
#define BRANCH_ADDEND (-4)

static int check_flags(uint32_t e_flags, struct tenon_diag *diag)
{
	return e_flags ? fail_got(diag, TENON_R_ELF_FLAGS, e_flags) : 0;
}

#define TYPE_BIT(type) (1ull << (type))

static void count(const struct reloc_job *job, bool far, struct reloc_need *need)
{
	const Elf64_Rela *r = job->entries, *const end = r + job->cnt;
	const uint64_t got =
	    TYPE_BIT(R_X86_64_GOTPCREL) | TYPE_BIT(R_X86_64_GOTPCRELX) | TYPE_BIT(R_X86_64_REX_GOTPCRELX);
	const uint64_t counted = got | (far ? TYPE_BIT(R_X86_64_PLT32) : 0);

	for (; r < end; r++) {
		uint32_t symbol = ELF64_R_SYM(r->r_info), type = ELF64_R_TYPE(r->r_info);

		/* Nearly all need nothing, and this is all the time they take. */
		if (!(counted >> (type & 63) & 1) || type > 63 || symbol >= job->symbol_cnt)
			continue;
		if (type == R_X86_64_PLT32)
			need_stub(need, symbol, r->r_addend == BRANCH_ADDEND);
		else
			need_got(need, symbol);
	}
}

/* jmp *0(%rip), and what it jumps to; int3 to fill it up. */
static void emit_stub(uint8_t *write, uint64_t run, uint64_t target)
{
	(void)run;
	put_le16(write, 0x25ff);
	put_le32(write + 2, 0);
	put_le64(write + 6, target);
	put_le16(write + 14, 0xcccc);
}

/* Is this displacement that of a call, jmp or jcc? Data that refers to a function looks the same to the ABI. */
static bool is_branch(const uint8_t *section, uint64_t offset)
{
	if (offset >= 1 && (section[offset - 1] | 1) == 0xe9)
		return true;
	return offset >= 2 && section[offset - 2] == 0x0f && (section[offset - 1] & 0xf0) == 0x80;
}

/* A branch that does not reach goes through a stub. @x: its value, replaced. Any other value does not fit. */
static OUT_OF_LINE int reach(const struct reloc_job *job, const Elf64_Rela *r, uint64_t *x)
{
	uint64_t place = job->run + r->r_offset, target = *x + place - (uint64_t)BRANCH_ADDEND, stub;

	if (ELF64_R_TYPE(r->r_info) != R_X86_64_PLT32 || !is_branch(job->write, r->r_offset))
		return rela_refuse(job, r, TENON_R_REL_RANGE, *x);
	if (!reloc_slot(job->stubs, ELF64_R_SYM(r->r_info), r->r_addend == BRANCH_ADDEND, STUB_BYTES, target, emit_stub,
			&stub))
		return rela_refuse(job, r, TENON_R_REL_STUBS, *x);
	*x = stub + (uint64_t)BRANCH_ADDEND - place;
	return fits_signed((int64_t)*x, 32) ? 0 : rela_refuse(job, r, TENON_R_REL_RANGE, *x);
}

/* The run address of the GOT entry of @r's symbol, 0 if there is no room for it. */
static OUT_OF_LINE uint64_t got_entry(const struct reloc_job *job, const Elf64_Rela *r)
{
	uint32_t symbol = ELF64_R_SYM(r->r_info);
	uint64_t slot;

	return reloc_slot(job->got, symbol, true, GOT_BYTES, job->values[symbol], emit_got64, &slot) ? slot : 0;
}

static int relocate(struct reloc_job *job)
{
	const Elf64_Rela *r = job->entries, *const end = r + job->cnt;
	const uint64_t *const values = job->values;
	uint8_t *const write = job->write;
	const uint64_t run = job->run;
	/* Offsets below these leave 4 and 8 bytes inside the section. */
	const uint64_t room4 = job->size < 4 ? 0 : job->size - 3, room8 = job->size < 8 ? 0 : job->size - 7;
	const uint32_t symbol_cnt = job->symbol_cnt;

	for (; r < end; r++) {
		uint64_t x, offset = r->r_offset;
		uint32_t symbol = ELF64_R_SYM(r->r_info), type = ELF64_R_TYPE(r->r_info);
		bool fits = true, wide = false;

		if (unlikely(symbol >= symbol_cnt))
			return rela_refuse(job, r, TENON_R_REL_SYMBOL, symbol);
		x = values[symbol];
		if (unlikely(x == RELOC_DISCARDED) && type != R_X86_64_NONE)
			return rela_refuse(job, r, TENON_R_REL_DISCARDED, symbol);
		x += (uint64_t)r->r_addend;

		switch (type) {
		case R_X86_64_PC32:
		case R_X86_64_PLT32:
			x -= run + offset;
			fits = fits_signed((int64_t)x, 32);
			break;
		case R_X86_64_64:
			wide = true;
			break;
		case R_X86_64_32S:
			fits = fits_signed((int64_t)x, 32);
			break;
		case R_X86_64_32:
			fits = x <= UINT32_MAX;
			break;
		case R_X86_64_PC64:
			x -= run + offset;
			wide = true;
			break;
		case R_X86_64_GOTPCREL:
		case R_X86_64_GOTPCRELX:
		case R_X86_64_REX_GOTPCRELX:
			x = got_entry(job, r);
			if (!x)
				return rela_refuse(job, r, TENON_R_REL_STUBS, 0);
			x += (uint64_t)r->r_addend - (run + offset);
			fits = fits_signed((int64_t)x, 32);
			break;
		case R_X86_64_NONE:
			continue;
		default:
			return rela_refuse(job, r, TENON_R_REL_TYPE, type);
		}

		if (unlikely(offset >= (wide ? room8 : room4)))
			return rela_refuse(job, r, TENON_R_REL_OFFSET, job->size);
		if (unlikely(!fits)) {
			uint64_t near = x;
			int ret = reach(job, r, &near);

			if (ret)
				return ret;
			x = near;
		}
		if (unlikely(wide ? get_le64(write + offset) : get_le32(write + offset)))
			return rela_refuse(job, r, TENON_R_REL_NONZERO, 0);
		if (wide)
			put_le64(write + offset, x);
		else
			put_le32(write + offset, (uint32_t)x);
	}
	return 0;
}

const struct tenon_arch tenon_arch_x86_64 = {
	.name = "x86_64",
	.machine = EM_X86_64,
	.is64 = true,
	.rela = true,
	.branch_reach = 1ull << 31,
	.stub_bytes = STUB_BYTES,
	.got_bytes = GOT_BYTES,
	.trap_fill = 0xcccccccc, /* int3 */
	.check_flags = check_flags,
	.count = count,
	.relocate = relocate,
};
