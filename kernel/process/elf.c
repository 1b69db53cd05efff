// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/process/elf.h"

#include "kernel/mm/user_areas.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

enum { TYPE_EXEC = 2, TYPE_DYN = 3, MACHINE_X86_64 = 62 };
enum { PT_LOAD = 1, PT_INTERP = 3, PT_GNU_STACK = 0x6474e551 };
enum { PF_EXEC = 1, PF_WRITE = 2, PF_READ = 4 };

int elf_check(const struct elf_header *h, size_t bytes, uint64_t *off, size_t *size)
{
	/* 64 bits, little-endian, version 1 */
	static const uint8_t ident[7] = { 0x7f, 'E', 'L', 'F', 2, 1, 1 };

	if (bytes < sizeof(*h) || memcmp(h->ident, ident, sizeof(ident)))
		return -TENON_ENOEXEC;
	if (h->machine != MACHINE_X86_64 || (h->type != TYPE_EXEC && h->type != TYPE_DYN))
		return -TENON_ENOEXEC;
	if (h->program_bytes != sizeof(struct elf_program_header) || !h->program_cnt ||
	    h->program_cnt > ELF_HEADERS_MAX)
		return -TENON_ENOEXEC;
	if (h->program_off > INT64_MAX - ELF_HEADERS_MAX * sizeof(struct elf_program_header))
		return -TENON_ENOEXEC;
	*off = h->program_off;
	*size = h->program_cnt * sizeof(struct elf_program_header);
	return 0;
}

static uint8_t access_of(uint32_t flags)
{
	return (uint8_t)((flags & PF_READ ? AREA_READ : 0) | (flags & PF_WRITE ? AREA_WRITE : 0) |
			 (flags & PF_EXEC ? AREA_EXEC : 0));
}

static int plan_segment(const struct elf_program_header *p, uint64_t limit, struct elf_plan *plan)
{
	struct elf_segment *s = &plan->segment[plan->segment_cnt];
	uint64_t skip = p->addr % USER_PAGE;

	if (!p->bytes)
		return 0;
	if (plan->segment_cnt == ELF_SEGMENTS_MAX || p->file_bytes > p->bytes || p->off % USER_PAGE != skip)
		return -TENON_ENOEXEC;
	if (p->addr >= limit || p->bytes > limit - p->addr || p->off > INT64_MAX - p->file_bytes)
		return -TENON_ENOEXEC;
	if (p->file_bytes < p->bytes && !(p->flags & PF_WRITE))
		return -TENON_ENOEXEC; /* the rest of its page would be the file's, not zeros */
	s->start = p->addr - skip;
	s->end = (p->addr + p->bytes + USER_PAGE - 1) & ~(USER_PAGE - 1);
	s->file_off = p->off - skip;
	s->file_end = p->addr + p->file_bytes;
	s->access = access_of(p->flags);
	if (plan->segment_cnt && s->start < s[-1].end)
		return -TENON_ENOEXEC;
	plan->segment_cnt++;
	return 0;
}

int elf_plan(const struct elf_header *h, const struct elf_program_header *headers, uint64_t limit,
	     struct elf_plan *plan)
{
	int err = 0;

	*plan = (struct elf_plan){ .anywhere = h->type == TYPE_DYN, .entry = h->entry, .header_cnt = h->program_cnt };
	for (unsigned i = 0; i < h->program_cnt && !err; i++) {
		const struct elf_program_header *p = &headers[i];

		switch (p->type) {
		case PT_LOAD:
			err = plan_segment(p, limit, plan);
			/* The program headers are where the segment that has their bytes is. */
			if (!err && h->program_off >= p->off && h->program_off - p->off < p->file_bytes)
				plan->headers = p->addr + (h->program_off - p->off);
			break;
		case PT_INTERP:
			if (p->file_bytes < 2 || p->file_bytes > ELF_INTERPRETER_BYTES ||
			    p->off > INT64_MAX - p->file_bytes)
				return -TENON_ENOEXEC;
			plan->interpreter_off = p->off;
			plan->interpreter_bytes = p->file_bytes;
			break;
		case PT_GNU_STACK:
			plan->executable_stack = p->flags & PF_EXEC;
			break;
		}
	}
	if (err || !plan->segment_cnt || plan->entry >= limit)
		return -TENON_ENOEXEC;
	return 0;
}
