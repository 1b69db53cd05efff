/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Compressed module files, .ko.xz and .ko.zst: all at once, with a limit on what they may grow to. */
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "port/process/internal.h"

#define OUT_BYTES_MAX (256ul << 20)
#define GROWTH_FIRST 4 /* how many times larger than the file the first buffer is */

/* A buffer that is doubled until it holds everything. */
struct out {
	uint8_t *bytes;
	size_t cap, used;
};

static int grow(struct out *o)
{
	size_t cap = o->cap * 2;
	uint8_t *bytes;

	if (cap > OUT_BYTES_MAX)
		return -TENON_ENOEXEC;
	bytes = realloc(o->bytes, cap);
	if (!bytes)
		return -TENON_ENOMEM;
	o->bytes = bytes;
	o->cap = cap;
	return 0;
}

static int decompress_xz(const void *in, size_t in_size, struct out *o)
{
	lzma_stream s = LZMA_STREAM_INIT;
	lzma_ret got = lzma_stream_decoder(&s, OUT_BYTES_MAX, 0);
	int err = 0;

	s.next_in = in;
	s.avail_in = in_size;
	while (got == LZMA_OK && !err) {
		if (o->used == o->cap)
			err = grow(o);
		if (err)
			break;
		s.next_out = o->bytes + o->used;
		s.avail_out = o->cap - o->used;
		got = lzma_code(&s, LZMA_FINISH);
		o->used = o->cap - s.avail_out;
	}
	if (!err && (got != LZMA_STREAM_END || s.avail_in))
		err = got == LZMA_MEM_ERROR ? -TENON_ENOMEM : -TENON_ENOEXEC;
	lzma_end(&s);
	return err;
}

static int decompress_zstd(const void *in, size_t in_size, struct out *o)
{
	ZSTD_DStream *s = ZSTD_createDStream();
	ZSTD_inBuffer from = { in, in_size, 0 };
	size_t got = 1;
	int err = s ? 0 : -TENON_ENOMEM;

	while (!err && got) {
		ZSTD_outBuffer to = { o->bytes, o->cap, o->used };

		got = ZSTD_decompressStream(s, &to, &from);
		o->used = to.pos;
		if (ZSTD_isError(got))
			err = -TENON_ENOEXEC;
		else if (got && to.pos == to.size)
			err = grow(o);
		else if (got && from.pos == from.size)
			err = -TENON_ENOEXEC; /* the file ends too early */
	}
	if (!err && from.pos != from.size)
		err = -TENON_ENOEXEC;
	ZSTD_freeDStream(s);
	return err;
}

int decompress(const char *path, const void *in, size_t in_size, void **out, size_t *out_size)
{
	const char *suffix = strrchr(path, '.');
	bool xz = suffix && !strcmp(suffix, ".xz"), zst = suffix && !strcmp(suffix, ".zst");
	struct out o = { .cap = in_size * GROWTH_FIRST + 4096 };
	int err;

	if (!xz && !zst)
		return -TENON_EOPNOTSUPP;
	o.bytes = malloc(o.cap);
	if (!o.bytes)
		return -TENON_ENOMEM;
	err = xz ? decompress_xz(in, in_size, &o) : decompress_zstd(in, in_size, &o);
	if (err) {
		free(o.bytes);
		return err;
	}
	*out = o.bytes;
	*out_size = o.used;
	return 0;
}
