/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "core/arch/common.h"

OUT_OF_LINE int rela_refuse(const struct reloc_job *job, const Elf64_Rela *r, enum tenon_reason reason, uint64_t got)
{
	job->diag->section = job->section;
	job->diag->want = ELF64_R_SYM(r->r_info);
	job->diag->got = got;
	return fail_at(job->diag, reason, r->r_offset);
}
