/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Does any byte of the file belong to two sections, or to a section and a header?
 *
 * Without memory to sort in, the sections are checked in file order, a batch at a time: collect those with the lowest
 * offsets that were not checked yet in a heap, sort it, compare neighbours. A usual module fits in two or three
 * batches. For n sections it takes n / BATCH passes over the headers, at the limit of 65,000 about 130 million short
 * steps, whatever order a hostile file has them in.
 */
#include "core/fail.h"
#include "core/fmt/elf_internal.h"

#define BATCH 32

/* Bytes of the file that are taken. Section 0 has none of its own and stands for the section header table. */
struct span {
	tenon_addr start;
	uint32_t section;
};

static const struct span none = { (tenon_addr)-1, 0 };

static tenon_addr table_end(const struct elf_file *f)
{
	return f->shoff + (tenon_addr)f->section_cnt * (ELF_IS64(f) ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
}

/* Replace what is on top of a heap, the highest start, by @p. */
static void replace_top(struct span *heap, size_t cnt, struct span p)
{
	size_t i = 0, child;

	for (; (child = 2 * i + 1) < cnt; i = child) {
		if (child + 1 < cnt && heap[child + 1].start > heap[child].start)
			child++;
		if (heap[child].start <= p.start)
			break;
		heap[i] = heap[child];
	}
	heap[i] = p;
}

/*
 * The lowest spans that start where @last does or after it, but not @last itself; sorted, the unused ones at the end.
 */
static void collect(const struct elf_file *f, const struct span *last, struct span *batch)
{
	for (size_t n = 0; n < BATCH; n++)
		batch[n] = none;
	for (uint32_t i = 0; i < f->section_cnt; i++) {
		struct span p = { f->shoff, i };
		struct elf_section s;

		elf_section_at(f, i, &s);
		if (i)
			p.start = s.size && elf_section_data(f, &s) ? s.offset : none.start;
		/* The first @last is the ELF header. */
		if (p.start >= last->start && (i != last->section || !last->start) && p.start < batch[0].start)
			replace_top(batch, BATCH, p);
	}
	for (size_t n = BATCH - 1; n; n--) {
		struct span top = batch[0];

		replace_top(batch, n, batch[n]);
		batch[n] = top;
	}
}

/* One of the two chains below: the section that it has come to, and where that starts. */
struct chain {
	uint32_t idx;
	tenon_addr start;
};

/* Go on to the next section of a chain that has bytes in the file; at the end it starts where none does. */
static void next_in_chain(const struct elf_file *f, bool relocs, struct chain *c)
{
	while (++c->idx < f->section_cnt) {
		uint32_t type = elf_section_type(f, c->idx);

		if ((type == SHT_RELA || type == SHT_REL) != relocs || type == SHT_NOBITS || type == SHT_NULL)
			continue;
		c->start = elf_section_offset(f, c->idx);
		if (elf_section_size(f, c->idx))
			return;
	}
	c->start = none.start;
}

/*
 * As linkers write a file: the sections in the order of their headers, then the relocations in theirs, then the
 * headers. Then one pass over each of the two chains shows that nothing overlaps.
 */
static bool is_in_order(const struct elf_file *f)
{
	tenon_addr end = ELF_IS64(f) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	struct chain c[2] = { { 0, 0 }, { 0, 0 } };

	for (int chain = 0; chain < 2; chain++)
		next_in_chain(f, chain, &c[chain]);
	for (;;) {
		int first = c[0].start <= c[1].start ? 0 : 1;

		if (c[first].start == none.start)
			return f->shoff >= end;
		if (c[first].start < end)
			return false;
		end = c[first].start + elf_section_size(f, c[first].idx);
		next_in_chain(f, first, &c[first]);
	}
}

int elf_check_overlap(const struct elf_file *f, struct tenon_diag *diag)
{
	tenon_addr last_end = ELF_IS64(f) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	struct span batch[BATCH], last = { 0, 0 };
	struct elf_section s;

	if (is_in_order(f))
		return 0;
	do {
		collect(f, &last, batch);
		for (size_t i = 0; i < BATCH && batch[i].start != none.start; i++) {
			if (batch[i].start < last_end) {
				diag->section = batch[i].section;
				return fail_got(diag, TENON_R_SEC_OVERLAP, last.section);
			}
			last = batch[i];
			elf_section_at(f, last.section, &s);
			last_end = last.section ? s.offset + s.size : table_end(f);
		}
	} while (batch[BATCH - 1].start != none.start);
	return 0;
}
