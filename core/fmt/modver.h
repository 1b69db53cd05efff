/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The checksums with which a module's imports were built, in either form. Layout in include/tenon/fmt/modtables.h. */
#ifndef CORE_FMT_MODVER_H
#define CORE_FMT_MODVER_H

#include <stddef.h>
#include <stdint.h>

/* What is left of a table: __versions, or __version_ext_crcs with __version_ext_names. */
struct modver {
	const uint8_t *entries; /* of checksum and name, or checksums */
	size_t size;            /* bytes */
	size_t word_bytes;      /* before the name in an entry; 0: names are apart */
	const char *names;
	size_t names_size;
};

/**
 * modver_next - take the next entry
 * @name: in the table; terminated
 *
 * Return: 1; 0 at the end; -TENON_ENOEXEC: a checksum is incomplete, or a name does not end.
 */
int modver_next(struct modver *v, const char **name, uint32_t *crc);

#endif
