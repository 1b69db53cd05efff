/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* gzip (RFC 1952) by zlib. A stream has its memory from when it begins until it ends. */
#include "zlib.h"

#include "tenon/module.h"

#define GZIP_WINDOW (MAX_WBITS + 16) /* a gzip header, and the sum at its end is checked */

static tenon_handle unpacker;

static void *allocate(void *opaque, unsigned int cnt, unsigned int bytes)
{
	(void)opaque;
	return tenon_alloc(THIS_MODULE, (size_t)cnt * bytes);
}

static void give_back(void *opaque, void *p)
{
	(void)opaque;
	tenon_free(p);
}

static long begin(struct tenon_unpack *step)
{
	z_stream *z = tenon_alloc(THIS_MODULE, sizeof(*z));

	if (!z)
		return -TENON_ENOMEM;
	*z = (z_stream){ .zalloc = allocate, .zfree = give_back };
	if (inflateInit2(z, GZIP_WINDOW) != Z_OK) {
		tenon_free(z);
		return -TENON_ENOMEM;
	}
	step->stream = z;
	return 0;
}

static long go_on(z_stream *z, struct tenon_unpack *step, const void *packed, size_t packed_len, void *plain,
		  size_t plain_len)
{
	int err;

	z->next_in = (void *)(uintptr_t)packed;
	z->avail_in = (unsigned int)packed_len;
	z->next_out = plain;
	z->avail_out = (unsigned int)plain_len;
	err = inflate(z, Z_NO_FLUSH);
	if (err != Z_OK && err != Z_STREAM_END && err != Z_BUF_ERROR)
		return err == Z_MEM_ERROR ? -TENON_ENOMEM : -TENON_EINVAL;
	step->used = (uint32_t)(packed_len - z->avail_in);
	step->ended = err == Z_STREAM_END;
	return (long)(plain_len - z->avail_out);
}

static long unpack(void *ctx, struct tenon_unpack *step, const void *packed, size_t packed_len, void *plain,
		   size_t plain_len)
{
	(void)ctx;
	switch (step->what) {
	case TENON_UNPACK_BEGIN:
		return begin(step);
	case TENON_UNPACK_GO_ON:
		return go_on(step->stream, step, packed, packed_len, plain, plain_len);
	default:
		inflateEnd(step->stream);
		tenon_free(step->stream);
		return 0;
	}
}

static void __exit gzip_exit(void)
{
	tenon_unpacker_unregister(unpacker);
}

static int __init gzip_init(void)
{
	static const struct tenon_unpacker_ops ops = { .step = unpack };

	unpacker = tenon_unpacker_register(THIS_MODULE, "gzip", &ops, NULL);
	return tenon_handle_error(unpacker);
}

module_init(gzip_init);
module_exit(gzip_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Unpacks gzip");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("unpack-gzip");
MODULE_INFO(idle_ms, "5000");
