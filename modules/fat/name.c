/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Names as programs have them, in UTF-8, and as they are on the volume: UTF-16, or 8 and 3 characters of code page 437. */
#include "fat.h"

// clang-format off
static const uint16_t code_page[128] = {
	0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef,
	0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9,
	0x00ff, 0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa,
	0x00f1, 0x00d1, 0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb,
	0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557,
	0x255d, 0x255c, 0x255b, 0x2510, 0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f,
	0x255a, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559,
	0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518, 0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580,
	0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5, 0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4,
	0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264, 0x2320, 0x2321, 0x00f7, 0x2248,
	0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, 0x00a0,
};
// clang-format on

size_t fat_name_len(const char *name, size_t len)
{
	while (len && name[len - 1] == '.')
		len--;
	return len;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Only of ASCII: this is what Linux's says of names in UTF-8. */
bool fat_name_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (a_len != b_len)
		return false;
	for (size_t i = 0; i < a_len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

/* One character. Return: its bytes, or 0: it is not UTF-8. */
static size_t decode(const char *name, size_t left, uint32_t *c)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint8_t first = (uint8_t)*name;
	size_t bytes = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;

	if (!bytes || bytes > left)
		return 0;
	*c = bytes == 1 ? first : first & (0xffu >> (bytes + 1));
	for (size_t i = 1; i < bytes; i++) {
		if ((name[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (name[i] & 0x3f);
	}
	return *c < least[bytes] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000) ? 0 : bytes;
}

static size_t encode(uint32_t c, char *to)
{
	size_t bytes = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (bytes == 1) {
		*to = (char)c;
		return 1;
	}
	for (size_t i = bytes - 1; i; i--, c >>= 6)
		to[i] = (char)(0x80 | (c & 0x3f));
	*to = (char)((0xf00u >> bytes & 0xf0u) | c);
	return bytes;
}

int fat_to_units(const char *name, size_t len, uint16_t *units)
{
	int cnt = 0;

	if (!len || name[len - 1] == ' ')
		return -TENON_EINVAL;
	for (size_t at = 0, bytes; at < len; at += bytes) {
		uint32_t c = 0;

		bytes = decode(name + at, len - at, &c);
		if (!bytes || c < ' ' || (c < 0x80 && strchr("*?<>|\":\\/", (int)c)))
			return -TENON_EINVAL;
		if (cnt + 1 + (c >= 0x10000) > FAT_UNITS_MAX)
			return -TENON_ENAMETOOLONG;
		if (c >= 0x10000) {
			units[cnt++] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
			c = 0xdc00 + (c & 0x3ff);
		}
		units[cnt++] = (uint16_t)c;
	}
	return cnt;
}

size_t fat_from_units(const uint16_t *units, size_t cnt, char *name)
{
	size_t len = 0;

	for (size_t i = 0; i < cnt; i++) {
		uint32_t c = units[i];

		if (c >= 0xd800 && c < 0xdc00 && i + 1 < cnt && units[i + 1] >> 10 == 0x37)
			c = 0x10000 + ((c & 0x3ff) << 10 | (units[++i] & 0x3ffu));
		else if (c >> 11 == 0x1b)
			c = '?';
		len += encode(c == '/' || !c ? '_' : c, name + len);
	}
	return len;
}

/* Characters up to the spaces at the end. */
static size_t from_part(const uint8_t *from, size_t cnt, bool is_lower, char *to)
{
	size_t len = 0;

	while (cnt && from[cnt - 1] == ' ')
		cnt--;
	for (size_t i = 0; i < cnt; i++) {
		char c = from[i] < ' ' || from[i] == '/' ? '_' : (char)from[i];

		len += from[i] >= 0x80 ? encode(code_page[from[i] - 0x80], to + len) :
					 encode((uint8_t)(is_lower ? lower(c) : c), to + len);
	}
	return len;
}

size_t fat_from_short(const struct fat_raw *raw, bool all_lower, char *name)
{
	struct fat_raw r = *raw;
	size_t len, extension;

	if (r.name[0] == FAT_IS_E5)
		r.name[0] = FAT_GONE;
	len = from_part(r.name, 8, all_lower || r.lower & FAT_LOWER_BASE, name);
	extension = from_part(r.name + 8, 3, all_lower || r.lower & FAT_LOWER_EXTENSION, name + len + 1);
	if (!extension)
		return len;
	name[len] = '.';
	return len + 1 + extension;
}

uint8_t fat_checksum(const uint8_t name[FAT_SHORT])
{
	uint8_t sum = 0;

	for (int i = 0; i < FAT_SHORT; i++)
		sum = (uint8_t)((uint8_t)(sum << 7 | sum >> 1) + name[i]);
	return sum;
}
