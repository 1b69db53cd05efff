/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The short name of a new long one: the same in capitals if it can be, or its beginning, a tilde and a number. */
#include "fat.h"

/*
 * Each try reads the directory. With the largest there is, half of the numbers are taken at most, and so many in a row are not
 * unless they were made to be.
 */
enum { BASE = 8, EXTENSION = 3, COUNTED = 5, TRIES = 256 };

/* A character as short names have it; 0: they cannot. */
static uint8_t to_short(char c)
{
	if (c >= 'a' && c <= 'z')
		return (uint8_t)(c - 'a' + 'A');
	if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("$%'-_@~`!(){}^#&", c)))
		return (uint8_t)c;
	return 0;
}

/* Up to @room characters of [name, end), without spaces and dots. Return: how many; *same: nothing was left out or replaced. */
static unsigned put_part(const char *name, const char *end, uint8_t *to, unsigned room, bool *same)
{
	unsigned cnt = 0;

	for (; name < end; name++) {
		uint8_t c = to_short(*name);

		if (*name == ' ' || *name == '.' || cnt == room) {
			*same = false;
			continue;
		}
		if (!c)
			*same = false;
		if (!c && (*name & 0xc0) == 0x80)
			continue; /* the rest of a character */
		to[cnt++] = c ? c : '_';
	}
	return cnt;
}

/* The last dot that has something before it, or the first one. */
static const char *find_dot(const char *name, size_t len, bool last)
{
	const char *dot = name + len;

	for (const char *at = name + 1; at < name + len && (last || dot == name + len); at++)
		if (*at == '.')
			dot = at;
	return dot;
}

/* @last: the extension comes after the last dot. Return: how many characters the base has; *same: it is the name in capitals. */
static unsigned begin_short(const char *name, size_t len, bool last, uint8_t to[FAT_SHORT], bool *same)
{
	const char *dot, *end = name + len;
	unsigned cnt;

	*same = true;
	while (name < end && (*name == '.' || *name == ' ')) {
		*same = false;
		name++;
	}
	memset(to, ' ', FAT_SHORT);
	if (name == end)
		return 0;
	dot = find_dot(name, (size_t)(end - name), last);
	cnt = put_part(name, dot, to, BASE, same);
	if (dot < end && !put_part(dot + 1, end, to + BASE, EXTENSION, same))
		*same = false;
	return cnt;
}

int fat_format_short(const char *name, size_t len, uint8_t to[FAT_SHORT])
{
	bool same;

	return begin_short(name, len, false, to, &same) ? 0 : -TENON_EINVAL;
}

static uint32_t hash_of(const char *name, size_t len)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return hash;
}

/* ~1 to ~4 after what fits before it; then two characters, four digits of the name's hash, and ~1. */
static void set_tail(uint8_t to[FAT_SHORT], unsigned base, uint32_t hash, unsigned try)
{
	static const char digits[] = "0123456789ABCDEF";
	unsigned keep = try < COUNTED ? BASE - 2 : 2, at = base < keep ? base : keep;

	hash += try;
	for (unsigned i = 0; try >= COUNTED && i < 4; i++)
		to[at++] = (uint8_t)digits[hash >> (4 * i) & 15];
	to[at++] = '~';
	to[at++] = try < COUNTED ? (uint8_t)('0' + try) : '1';
	memset(to + at, ' ', BASE - at);
}

static bool is_upper(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (name[i] >= 'a' && name[i] <= 'z')
			return false;
	return true;
}

int fat_make_short(struct fat *fs, struct fat_node *dir, const char *name, size_t len, uint8_t to[FAT_SHORT],
		   bool *needs_long)
{
	uint8_t start[FAT_SHORT];
	bool same;
	unsigned base = begin_short(name, len, fs->long_names, start, &same);
	int err = fat_to_units(name, len, fs->units);

	if (err < 0)
		return err;
	memcpy(to, start, FAT_SHORT);
	*needs_long = fs->long_names && !(same && is_upper(name, len));
	if (!fs->long_names)
		return base ? 0 : -TENON_EINVAL;
	if (same)
		return 0; /* nothing has it: looking the name up would have found that */
	if (!base) {
		start[0] = '_';
		base = 1;
	}
	for (unsigned i = 1; i < TRIES; i++) {
		memcpy(to, start, FAT_SHORT);
		set_tail(to, base, hash_of(name, len), i);
		err = fat_find_short(fs, dir, to);
		if (err)
			return err == -TENON_ENOENT ? 0 : err;
	}
	return -TENON_ENOSPC;
}
