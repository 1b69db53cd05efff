/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Does any byte of the file belong to two sections, or to a section and a header?
 *
 * Without memory to sort in, the sections are checked in file order, a batch at a time: collect those with the lowest
 * offsets that were not checked yet, sort the batch, compare neighbours. A usual module fits in one or two batches. For
 * n sections it takes n / BATCH passes over the headers, at the limit of 65,000 about 66 million short steps, whatever
 * order a hostile file has them in.
 */
#include "core/fail.h"
#include "core/fmt/elf_internal.h"

#define BATCH 64

/* Bytes of the file that are taken. Section 0 has none of its own and stands for the section header table. */
struct span {
	tenon_addr start;
	uint32_t section;
};

static tenon_addr span_end(const struct elf_file *f, const struct span *p)
{
	struct elf_section s;

	if (!p->section)
		return f->shoff + (tenon_addr)f->section_cnt * (ELF_IS64(f) ? sizeof(Elf64_Shdr) : sizeof(Elf32_Shdr));
	elf_section_at(f, p->section, &s);
	return s.offset + s.size;
}

/* Restore the heap (highest start on top) below @i, the only place where it may be broken. */
static void sift_down(struct span *heap, size_t i)
{
	struct span moved = heap[i];
	size_t child;

	for (; (child = 2 * i + 1) < BATCH; i = child) {
		if (child + 1 < BATCH && heap[child + 1].start > heap[child].start)
			child++;
		if (heap[child].start <= moved.start)
			break;
		heap[i] = heap[child];
	}
	heap[i] = moved;
}

/* Keep @p if it is among the BATCH lowest so far. */
static size_t collect(struct span *batch, size_t cnt, struct span p)
{
	if (cnt < BATCH) {
		batch[cnt++] = p;
		for (size_t i = BATCH / 2; cnt == BATCH && i-- > 0;)
			sift_down(batch, i);
	} else if (p.start < batch[0].start) {
		batch[0] = p;
		sift_down(batch, 0);
	}
	return cnt;
}

/* The lowest spans that start where @last does, or behind it, but not @last itself; in no order. */
static size_t collect_batch(const struct elf_file *f, const struct span *last, struct span *batch)
{
	size_t cnt = 0;

	if (f->shoff >= last->start && (f->shoff != last->start || last->section))
		cnt = collect(batch, cnt, (struct span){ f->shoff, 0 });
	for (uint32_t i = 1; i < f->section_cnt; i++) {
		struct elf_section s;

		elf_section_at(f, i, &s);
		if (s.size && s.offset >= last->start && i != last->section && elf_section_data(f, &s))
			cnt = collect(batch, cnt, (struct span){ s.offset, i });
	}
	return cnt;
}

/* Insertion sort: linkers write sections nearly in order. */
static void sort(struct span *batch, size_t cnt)
{
	for (size_t i = 1; i < cnt; i++) {
		struct span p = batch[i];
		size_t to = i;

		for (; to && batch[to - 1].start > p.start; to--)
			batch[to] = batch[to - 1];
		batch[to] = p;
	}
}

int elf_check_overlap(const struct elf_file *f, struct tenon_diag *diag)
{
	struct span last = { 0, 0 }; /* the ELF header */
	tenon_addr last_end = ELF_IS64(f) ? sizeof(Elf64_Ehdr) : sizeof(Elf32_Ehdr);
	struct span batch[BATCH];
	size_t cnt;

	do {
		cnt = collect_batch(f, &last, batch);
		sort(batch, cnt);
		for (size_t i = 0; i < cnt; i++) {
			if (batch[i].start < last_end) {
				diag->section = batch[i].section;
				return fail_value(diag, TENON_R_SEC_OVERLAP, last.section, 0);
			}
			last = batch[i];
			last_end = span_end(f, &last);
		}
	} while (cnt == BATCH);
	return 0;
}
