/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <dlfcn.h>
#include <errno.h>
#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include "user/lib/unpack.h"

#define STEP (256u << 10)

enum packing unpack_recognise(const uint8_t *start, size_t len)
{
	if (len >= 2 && !memcmp(start, "\x1f\x8b", 2))
		return PACKING_GZ;
	if (len >= 6 && !memcmp(start,
				"\xfd"
				"7zXZ",
				6))
		return PACKING_XZ;
	if (len >= 4 && !memcmp(start, "\x28\xb5\x2f\xfd", 4))
		return PACKING_ZST;
	return PACKING_NONE;
}

#ifdef TMOD_STATIC
/* A static program has the libraries in it. */
#define load(name) true
#define FUNCTION(lib, name) __typeof__(&(name)) call_##name = (lib) ? &(name) : NULL
#else
/* Load a library for good: loading it again costs little, and nobody has to remember a handle. */
static void *load(const char *name)
{
	return dlopen(name, RTLD_NOW | RTLD_NODELETE);
}

/* A function of a library, with the type of its declaration. */
#define FUNCTION(lib, name) __typeof__(&(name)) call_##name = (__typeof__(&(name)))dlsym(lib, #name)
#endif

/* Room for the next piece of output. Return: NULL if it would be more than @limit, or there is no memory. */
static void *next_piece(struct buf *out, size_t limit, int *err)
{
	void *to = out->len <= limit ? buf_room(out, STEP) : NULL;

	if (!to)
		*err = out->failed ? -ENOMEM : -EFBIG;
	return to;
}

/* A frame that says how large it is below this is unpacked in one go; a larger one has to show it. */
#define BELIEVED_BYTES (64u << 20)

/* Frame after frame, piece by piece. */
static int stream_zst(ZSTD_DCtx *zst, __typeof__(&ZSTD_decompressStream) decompress, __typeof__(&ZSTD_isError) failed,
		      ZSTD_inBuffer *from, size_t limit, struct buf *out)
{
	size_t left = 1; /* 0 at the end of each frame */
	int err = 0;

	while (!err && (left || from->pos < from->size)) {
		ZSTD_outBuffer to = { next_piece(out, limit, &err), STEP, 0 };
		size_t before = from->pos;

		if (err)
			break;
		left = decompress(zst, &to, from);
		out->len += to.pos;
		if (failed(left) || (left && !to.pos && from->pos == before))
			err = -EILSEQ;
	}
	return err;
}

static int unpack_zst(struct unpacker *u, const void *in, size_t len, size_t limit, struct buf *out)
{
	__auto_type lib = load("libzstd.so.1");
	ZSTD_inBuffer from = { in, len, 0 };
	unsigned long long size;

	if (!lib)
		return -ELIBACC;
	FUNCTION(lib, ZSTD_createDCtx);
	FUNCTION(lib, ZSTD_getFrameContentSize);
	FUNCTION(lib, ZSTD_decompressDCtx);
	FUNCTION(lib, ZSTD_DCtx_reset);
	FUNCTION(lib, ZSTD_decompressStream);
	FUNCTION(lib, ZSTD_isError);
	if (!call_ZSTD_createDCtx || !call_ZSTD_getFrameContentSize || !call_ZSTD_decompressDCtx ||
	    !call_ZSTD_DCtx_reset || !call_ZSTD_decompressStream || !call_ZSTD_isError)
		return -ELIBACC;
	if (!u->zst)
		u->zst = call_ZSTD_createDCtx();
	if (!u->zst)
		return -ENOMEM;
	/* Nearly always one frame: unpacked to its place, without a window in between. What is more fails here. */
	size = call_ZSTD_getFrameContentSize(in, len);
	if (size <= BELIEVED_BYTES && size <= limit && buf_room(out, (size_t)size)) {
		out->len = call_ZSTD_decompressDCtx(u->zst, out->data, (size_t)size, in, len);
		if (!call_ZSTD_isError(out->len))
			return 0;
		out->len = 0;
	}
	call_ZSTD_DCtx_reset(u->zst, ZSTD_reset_session_only);
	return stream_zst(u->zst, call_ZSTD_decompressStream, call_ZSTD_isError, &from, limit, out);
}

static void end_zst(struct unpacker *u)
{
	__auto_type lib = load("libzstd.so.1");
	FUNCTION(lib, ZSTD_freeDCtx);

	if (call_ZSTD_freeDCtx)
		call_ZSTD_freeDCtx(u->zst);
	u->zst = NULL;
}

static int unpack_xz(const void *in, size_t len, size_t limit, struct buf *out)
{
	__auto_type lib = load("liblzma.so.5");
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_ret ret = LZMA_OK;
	int err = 0;

	if (!lib)
		return -ELIBACC;
	FUNCTION(lib, lzma_stream_decoder);
	FUNCTION(lib, lzma_code);
	FUNCTION(lib, lzma_end);
	if (!call_lzma_stream_decoder || !call_lzma_code || !call_lzma_end)
		return -ELIBACC;
	if (call_lzma_stream_decoder(&stream, UINT64_MAX, LZMA_CONCATENATED) != LZMA_OK)
		return -ENOMEM;
	stream.next_in = in;
	stream.avail_in = len;
	while (!err && ret == LZMA_OK) {
		stream.next_out = next_piece(out, limit, &err);
		stream.avail_out = STEP;
		if (err)
			break;
		ret = call_lzma_code(&stream, LZMA_FINISH);
		out->len += STEP - stream.avail_out;
	}
	call_lzma_end(&stream);
	if (!err && ret != LZMA_STREAM_END)
		err = ret == LZMA_MEM_ERROR ? -ENOMEM : -EILSEQ;
	return err;
}

static int unpack_gz(const void *in, size_t len, size_t limit, struct buf *out)
{
	__auto_type lib = load("libz.so.1");
	z_stream stream = { .next_in = (z_const Bytef *)in, .avail_in = (uInt)len };
	int ret = Z_OK, err = 0;

	if (!lib)
		return -ELIBACC;
	FUNCTION(lib, inflateInit2_);
	FUNCTION(lib, inflate);
	FUNCTION(lib, inflateEnd);
	if (!call_inflateInit2_ || !call_inflate || !call_inflateEnd)
		return -ELIBACC;
	if (call_inflateInit2_(&stream, 16 + MAX_WBITS, ZLIB_VERSION, (int)sizeof(stream)) != Z_OK)
		return -ENOMEM;
	while (!err && ret == Z_OK) {
		stream.next_out = next_piece(out, limit, &err);
		stream.avail_out = STEP;
		if (err)
			break;
		ret = call_inflate(&stream, Z_NO_FLUSH);
		out->len += STEP - stream.avail_out;
	}
	call_inflateEnd(&stream);
	if (!err && ret != Z_STREAM_END)
		err = ret == Z_MEM_ERROR ? -ENOMEM : -EILSEQ;
	return err;
}

int unpack_bytes(struct unpacker *u, enum packing packing, const void *in, size_t len, size_t limit, struct buf *out)
{
	int err = -EINVAL;

	switch (packing) {
	case PACKING_GZ:
		err = unpack_gz(in, len, limit, out);
		break;
	case PACKING_XZ:
		err = unpack_xz(in, len, limit, out);
		break;
	case PACKING_ZST:
		err = unpack_zst(u, in, len, limit, out);
		break;
	case PACKING_NONE:
		break;
	}
	return !err && out->len > limit ? -EFBIG : err;
}

void unpack_end(struct unpacker *u)
{
	if (u->zst)
		end_zst(u);
}
