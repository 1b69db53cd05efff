/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Unpacking gz, xz and zst. The libraries that do it are loaded when the first such file comes, and only then. */
#ifndef LIB_UNPACK_H
#define LIB_UNPACK_H

#include "user/lib/buf.h"

enum packing {
	PACKING_NONE,
	PACKING_GZ,
	PACKING_XZ,
	PACKING_ZST,
};

/* What one thread keeps from file to file. Zeroed at first. */
struct unpacker {
	struct ZSTD_DCtx_s *zst;
};

/** unpack_recognise - by the first bytes of a file; 6 suffice. */
enum packing unpack_recognise(const uint8_t *start, size_t len);

/**
 * unpack_bytes - unpack a whole file
 * @limit: what has more bytes than this is refused
 * @out: empty; gets the bytes
 *
 * Return: 0, -ELIBACC if the library cannot be loaded, -EILSEQ if the file is damaged or cut, -EFBIG, -ENOMEM.
 */
int unpack_bytes(struct unpacker *u, enum packing packing, const void *in, size_t len, size_t limit, struct buf *out);

void unpack_end(struct unpacker *u);

#endif
