/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/arch_limits.h"

#define GUARD_BYTES 32
#define GUARD 0xa5

void patch_apply(struct patch *p)
{
	uint8_t bytes[GUARD_BYTES + PATCH_SECTION_BYTES + GUARD_BYTES], before[sizeof(bytes)];
	uint8_t *const section = bytes + GUARD_BYTES;
	const bool inside = p->offset <= PATCH_SECTION_BYTES && PATCH_SECTION_BYTES - p->offset >= p->width;
	Elf64_Rela rela = { p->offset, (uint64_t)p->symbol << 32 | p->type, p->addend };
	Elf32_Rel rel = { (uint32_t)p->offset, p->symbol << 8 | p->type };
	uint64_t values[2] = { 0, p->value };
	struct reloc_slots stubs = { p->stubs, p->stubs_run, p->stub_cnt, 0, NULL };
	struct reloc_slots got = { p->got, p->got_run, p->got_cnt, 0, NULL };
	struct reloc_job job = {
		.entries = p->arch->rela ? (const void *)&rela : &rel,
		.cnt = 1,
		.section = 7,
		.write = section,
		.run = p->run,
		.size = PATCH_SECTION_BYTES,
		.values = values,
		.symbol_cnt = 2,
		.stubs = &stubs,
		.got = &got,
		.diag = &p->diag,
	};

	memset(bytes, GUARD, sizeof(bytes));
	if (inside)
		memcpy(section + p->offset, &p->before, p->width);
	memcpy(before, bytes, sizeof(bytes));
	memset(&p->diag, 0, sizeof(p->diag));
	p->ret = p->arch->relocate(&job);
	p->stubs_used = stubs.used;
	p->got_used = got.used;

	p->after = 0;
	if (inside)
		memcpy(&p->after, section + p->offset, p->width);
	if (inside && !p->ret)
		memcpy(section + p->offset, &p->before, p->width);
	p->intact = !memcmp(bytes, before, sizeof(bytes));
}

/* A patch for row @l that gives @value, @offset bytes into the section. */
static struct patch patch_of(const struct tenon_arch *arch, uint64_t run, const struct limit *l, int64_t value,
			     uint64_t offset)
{
	uint64_t symbol = (uint64_t)value - (uint64_t)l->addend + (l->pcrel ? run + offset : 0);

	return (struct patch){
		.arch = arch,
		.run = run,
		.offset = offset,
		.width = l->width,
		.before = l->before,
		.type = l->type,
		.symbol = 1,
		.addend = l->addend,
		.value = arch->is64 ? symbol : (uint32_t)symbol,
	};
}

static bool row_ok;

static void expect_done(const struct limit *l, struct patch p, uint64_t after, const char *what)
{
	patch_apply(&p);
	if (p.ret == 0 && p.after == after && p.intact)
		return;
	diag("%s, %s: returned %d, reason %d, place %#llx instead of %#llx%s", l->name, what, p.ret, p.diag.reason,
	     (unsigned long long)p.after, (unsigned long long)after, p.intact ? "" : ", neighbours changed");
	row_ok = false;
}

static void expect_refused(const struct limit *l, struct patch p, enum tenon_reason reason, const char *what)
{
	patch_apply(&p);
	if (p.ret == -TENON_ENOEXEC && p.diag.reason == reason && p.diag.section == 7 && p.diag.offset == p.offset &&
	    p.diag.want == p.symbol && p.intact)
		return;
	diag("%s, %s: returned %d, reason %d instead of %d, place %#llx%s", l->name, what, p.ret, p.diag.reason, reason,
	     (unsigned long long)p.after, p.intact ? "" : ", bytes changed");
	row_ok = false;
}

static void check_limit(const struct tenon_arch *arch, uint64_t run, const struct limit *l)
{
	const uint64_t offset = l->place_align > 1 ? 16 : 19, last = PATCH_SECTION_BYTES - l->width;
	const enum tenon_reason beyond = l->stub ? TENON_R_REL_STUBS : TENON_R_REL_RANGE;
	struct patch p;

	row_ok = true;
	expect_done(l, patch_of(arch, run, l, l->low, offset), l->after_low, "low end");
	expect_done(l, patch_of(arch, run, l, l->high, offset), l->after_high, "high end");
	if (!l->unchecked) {
		expect_refused(l, patch_of(arch, run, l, l->low - l->step, offset), beyond, "below the low end");
		expect_refused(l, patch_of(arch, run, l, l->high + l->step, offset), beyond, "above the high end");
	}
	if (l->aligned)
		expect_refused(l, patch_of(arch, run, l, l->low + 1, offset), TENON_R_REL_ALIGN, "misaligned target");
	if (l->place_align > 1)
		expect_refused(l, patch_of(arch, run, l, l->low, offset + 1), TENON_R_REL_ALIGN, "misaligned place");
	expect_done(l, patch_of(arch, run, l, l->low, last), l->after_low, "last place");
	expect_refused(l, patch_of(arch, run, l, l->low, last + 1), TENON_R_REL_OFFSET, "one past the last place");
	expect_refused(l, patch_of(arch, run, l, l->low, PATCH_SECTION_BYTES), TENON_R_REL_OFFSET, "at the end");
	expect_refused(l, patch_of(arch, run, l, l->low, arch->is64 ? UINT64_MAX : UINT32_MAX), TENON_R_REL_OFFSET,
		       "offset that wraps");

	p = patch_of(arch, run, l, l->low, offset);
	p.symbol = 2;
	expect_refused(l, p, TENON_R_REL_SYMBOL, "symbol index at the count");
	p.symbol = 0xffffff;
	expect_refused(l, p, TENON_R_REL_SYMBOL, "largest symbol index");
	p.symbol = 1;
	p.value = RELOC_DISCARDED;
	expect_refused(l, p, TENON_R_REL_DISCARDED, "discarded symbol");
	ok(row_ok, "%s %s: limits", arch->name, l->name);
}

void check_limits(const struct tenon_arch *arch, uint64_t run, const struct limit *rows, size_t cnt)
{
	size_t i;

	for (i = 0; i < cnt; i++)
		check_limit(arch, run, &rows[i]);
}

void check_unknown(const struct tenon_arch *arch, const uint32_t *known, size_t cnt)
{
	const uint32_t end = arch->is64 ? 1100 : 256;
	static const struct limit any = { .name = "unknown type" };
	uint32_t type, refused = 0;
	size_t i;

	row_ok = true;
	for (type = 0; type < end; type++) {
		struct patch p = { .arch = arch, .type = type, .symbol = 1, .width = 8, .offset = 16 };

		for (i = 0; i < cnt && known[i] != type; i++)
			;
		if (i < cnt)
			continue;
		refused++;
		expect_refused(&any, p, TENON_R_REL_TYPE, "type");
	}
	ok(row_ok && refused + cnt == end, "%s: the %u other types below %u are refused", arch->name, refused, end);
}
