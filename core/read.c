/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Stage 1: one private copy of the file, so that the bytes that are verified are the bytes that are used. */
#include "core/load.h"

#define FILE_BYTES_MAX (1ull << 30)

int load_read(struct load *l, struct tenon_source *src)
{
	int64_t got;

	if (!src->size)
		return fail(l->diag, TENON_R_FILE_EMPTY);
	if (src->size > FILE_BYTES_MAX)
		return fail_value(l->diag, TENON_R_FILE_TOO_LARGE, (tenon_addr)src->size, FILE_BYTES_MAX);
	l->file_size = (size_t)src->size;
	if (src->constant) {
		l->file = (void *)src->constant;
		return 0;
	}
	/* Not through mem_alloc: clearing it first would touch every byte twice. */
	l->file = l->t->host->alloc(l->t->host->context, l->file_size);
	if (!l->file)
		return -TENON_ENOMEM;
	l->file_is_copy = true;
	got = src->read_at(src, 0, l->file, l->file_size);
	if (got < 0)
		return fail_got(l->diag, TENON_R_READ_FAILED, (tenon_addr)got);
	return (size_t)got == l->file_size ? 0 : fail_value(l->diag, TENON_R_READ_SHORT, (tenon_addr)got, l->file_size);
}
