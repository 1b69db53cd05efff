// SPDX-License-Identifier: GPL-2.0-only
/*
 * LZ4 blocks back to bytes, which Linux has in its core. By the published block format ("LZ4 Block Format
 * Description"): sequences of a token (high four bits: literals, low four: match length less 4), literals, and a
 * 16-bit little-endian offset back; four bits of ones are continued by bytes, of which 255 again are continued. The
 * last sequence ends after its literals.
 */
#include <linux/kernel.h>
#include <linux/lz4.h>
#include <linux/string.h>

#include "linux/export.h"

#define MATCH_MIN 4

struct lz4 {
	const u8 *in, *in_end;
	u8 *out, *out_start, *out_end;
};

/* A length that begins with four bits. Return: false if the input ends in it. */
static bool read_length(struct lz4 *z, size_t *len)
{
	u8 more;

	if (*len != 15)
		return true;
	do {
		if (z->in == z->in_end)
			return false;
		more = *z->in++;
		*len += more; /* at most 255 for each byte of input, whose size is an int: does not overflow */
	} while (more == 255);
	return true;
}

static bool copy_literals(struct lz4 *z, size_t len)
{
	if (!read_length(z, &len) || len > (size_t)(z->in_end - z->in) || len > (size_t)(z->out_end - z->out))
		return false;
	memcpy(z->out, z->in, len);
	z->in += len;
	z->out += len;
	return true;
}

static bool copy_match(struct lz4 *z, size_t len)
{
	size_t offset;

	if (z->in_end - z->in < 2)
		return false;
	offset = z->in[0] | (size_t)z->in[1] << 8;
	z->in += 2;
	if (!read_length(z, &len))
		return false;
	len += MATCH_MIN;
	if (!offset || offset > (size_t)(z->out - z->out_start) || len > (size_t)(z->out_end - z->out))
		return false;
	/* Byte by byte: a match may reach into what it writes itself. */
	for (; len; len--, z->out++)
		*z->out = *(z->out - offset);
	return true;
}

int LZ4_decompress_safe(const char *source, char *dest, int compressed, int room)
{
	struct lz4 z = { (const u8 *)source, (const u8 *)source + compressed, (u8 *)dest, (u8 *)dest,
			 (u8 *)dest + room };

	if (compressed <= 0 || room < 0)
		return -1;
	while (z.in < z.in_end) {
		u8 token = *z.in++;

		if (!copy_literals(&z, token >> 4))
			return -1;
		if (z.in == z.in_end)
			return (int)(z.out - z.out_start);
		if (!copy_match(&z, token & 15))
			return -1;
	}
	return -1;
}
EXPORT_SYMBOL(LZ4_decompress_safe);
