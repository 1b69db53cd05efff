/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Packed files. Byte 0: what packs the rest (0: nothing: it may be packed already), bytes 1 to 4: which bit is then
 * changed, or none. What was not damaged comes back as it was; else the answer is an error or some bytes, within the
 * limit. fuzz_modfile is about what is in them.
 */
#include <errno.h>
#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "user/lib/unpack.h"

#define LIMIT (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void promise(bool kept)
{
	if (!kept)
		abort();
}

static size_t pack_gz(const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	z_stream z = { .next_in = (z_const Bytef *)in, .avail_in = (uInt)len, .next_out = out, .avail_out = (uInt)cap };

	promise(deflateInit2(&z, 1, Z_DEFLATED, 16 + MAX_WBITS, 1, Z_DEFAULT_STRATEGY) == Z_OK);
	promise(deflate(&z, Z_FINISH) == Z_STREAM_END);
	deflateEnd(&z);
	return cap - z.avail_out;
}

static size_t pack(int how, const uint8_t *in, size_t len, uint8_t *out, size_t cap)
{
	size_t end = 0;

	switch (how) {
	case 1:
		return pack_gz(in, len, out, cap);
	case 2:
		promise(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC32, NULL, in, len, out, &end, cap) == LZMA_OK);
		return end;
	case 3:
		end = ZSTD_compress(out, cap, in, len, 1);
		promise(!ZSTD_isError(end));
		return end;
	}
	memcpy(out, in, len);
	return len;
}

static void try_unpack(const uint8_t *packed, size_t len, const uint8_t *plain, size_t plain_len)
{
	enum packing packing = unpack_recognise(packed, len);
	struct unpacker u = { 0 };

	/* Twice with what is kept between files. */
	for (int i = 0; i < 2 && packing != PACKING_NONE; i++) {
		struct buf out = { 0 };
		int err = unpack_bytes(&u, packing, packed, len, LIMIT, &out);

		promise(!err || err == -EILSEQ || err == -EFBIG || err == -ENOMEM);
		promise(err || out.len <= LIMIT);
		if (plain)
			promise(!err && out.len == plain_len && (!plain_len || !memcmp(out.data, plain, plain_len)));
		buf_free(&out);
	}
	unpack_end(&u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t cap, len;
	uint32_t bit;
	uint8_t *packed;

	if (size < 5 || size > 1 << 16)
		return 0;
	memcpy(&bit, data + 1, 4);
	cap = size * 2 + 1024;
	packed = malloc(cap);
	promise(packed);
	len = pack(data[0] & 3, data + 5, size - 5, packed, cap);
	packed = realloc(packed, len + 1); /* so that a byte behind the end is found */
	if (bit && len)
		packed[bit / 8 % len] ^= (uint8_t)(1 << bit % 8);
	try_unpack(packed, len, bit || !(data[0] & 3) ? NULL : data + 5, size - 5);
	free(packed);
	return 0;
}
