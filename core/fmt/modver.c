/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "core/string.h"

#include "core/fmt/modver.h"
#include "tenon/errno.h"
#include "tenon/fmt/modtables.h"

int modver_next(struct modver *v, const char **name, uint32_t *crc)
{
	size_t entry = v->word_bytes ? TENON_VERSION_BYTES : sizeof(*crc);
	const char *end;

	if (!v->size)
		return 0;
	if (v->size < entry)
		return -TENON_ENOEXEC;
	if (v->word_bytes) {
		v->names = (const char *)v->entries + v->word_bytes;
		v->names_size = entry - v->word_bytes;
	}
	end = v->names_size ? memchr(v->names, 0, v->names_size) : NULL;
	if (!end)
		return -TENON_ENOEXEC;
	*name = v->names;
	memcpy(crc, v->entries, sizeof(*crc));
	v->names_size -= (size_t)(end + 1 - v->names);
	v->names = end + 1;
	v->entries += entry;
	v->size -= entry;
	return 1;
}
