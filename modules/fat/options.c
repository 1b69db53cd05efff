/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What mount -o says: uid=, gid=, and umask=, fmask= and dmask= in octal. Names are always UTF-8, in small letters where they say so. */
#include "fat.h"

/* Return: false: it is not a number. */
static bool number(const char *text, size_t len, unsigned base, uint32_t max, uint32_t *n)
{
	uint64_t value = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)text[i] - '0';

		if (digit >= base)
			return false;
		value = value * base + digit;
		if (value > max)
			return false;
	}
	*n = (uint32_t)value;
	return len;
}

static bool begins(const char *text, size_t len, const char *with)
{
	size_t bytes = strlen(with);

	return len >= bytes && !memcmp(text, with, bytes);
}

static bool is(const char *text, size_t len, const char *option)
{
	return len == strlen(option) && begins(text, len, option);
}

static bool read_one(struct fat *fs, const char *text, size_t len)
{
	bool ok;

	if (begins(text, len, "uid="))
		return number(text + 4, len - 4, 10, UINT32_MAX, &fs->uid);
	if (begins(text, len, "gid="))
		return number(text + 4, len - 4, 10, UINT32_MAX, &fs->gid);
	if (begins(text, len, "fmask="))
		return number(text + 6, len - 6, 8, 0777, &fs->file_mask);
	if (begins(text, len, "dmask="))
		return number(text + 6, len - 6, 8, 0777, &fs->dir_mask);
	if (begins(text, len, "umask=")) {
		ok = number(text + 6, len - 6, 8, 0777, &fs->file_mask);
		fs->dir_mask = fs->file_mask;
		return ok;
	}
	return is(text, len, "utf8") || is(text, len, "shortname=mixed") || is(text, len, "iocharset=utf8");
}

int fat_read_options(struct fat *fs, const char *options, size_t len)
{
	fs->file_mask = fs->dir_mask = 022;
	while (len) {
		const char *comma = memchr(options, ',', len);
		size_t part = comma ? (size_t)(comma - options) : len;

		if (part && !read_one(fs, options, part)) {
			pr_err("option %.*s is unknown or has a wrong value\n", (int)part, options);
			return -TENON_EINVAL;
		}
		options += comma ? part + 1 : part;
		len -= comma ? part + 1 : part;
	}
	return 0;
}
