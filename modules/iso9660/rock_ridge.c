/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Fields of a record's system use: their heads are SUSP's, the fields Rock Ridge's. */
#include "iso9660.h"

enum {
	HEAD = 4, /* two letters, length, version */
	CONTINUATIONS_MAX = 32,
};

enum name_flag { NAME_CONTINUES = 1, NAME_CURRENT = 2, NAME_PARENT = 4 };
enum component_flag { COMPONENT_CONTINUES = 1, COMPONENT_CURRENT = 2, COMPONENT_PARENT = 4, COMPONENT_ROOT = 8 };

static bool is(const uint8_t *field, const char *letters, size_t bytes)
{
	return field[0] == letters[0] && field[1] == letters[1] && field[2] >= bytes;
}

void iso_find_rock_ridge(struct iso *fs, const uint8_t *use, size_t bytes)
{
	fs->rock_ridge = bytes >= 7 && is(use, "SP", 7) && use[4] == 0xbe && use[5] == 0xef;
	fs->skip = fs->rock_ridge ? use[6] : 0;
}

/* Add to the name or the target; what is too long is cut, as the volume cannot have meant it. */
static void append(char *to, size_t *len, size_t max, const void *from, size_t bytes)
{
	if (bytes > max - *len)
		bytes = max - *len;
	memcpy(to + *len, from, bytes);
	*len += bytes;
}

static void read_name(const uint8_t *field, struct iso_node *n, bool *more)
{
	if (field[4] & (NAME_CURRENT | NAME_PARENT))
		return;
	if (!*more)
		n->name_len = 0; /* not the one that ISO 9660 has */
	append(n->name, &n->name_len, sizeof(n->name), field + 5, field[2] - 5u);
	*more = field[4] & NAME_CONTINUES;
}

/* Components of a link's target, with slashes between them (4.1.3). */
static void read_target(const uint8_t *field, struct iso_node *n, bool *more)
{
	const uint8_t *end = field + field[2];

	for (const uint8_t *c = field + 5; end - c >= 2 && end - c - 2 >= c[1]; c += 2 + c[1]) {
		if (n->target_len && !*more && n->target[n->target_len - 1] != '/')
			append(n->target, &n->target_len, sizeof(n->target), "/", 1);
		if (c[0] & COMPONENT_ROOT)
			append(n->target, &n->target_len, sizeof(n->target), "/", 1);
		else if (c[0] & COMPONENT_PARENT)
			append(n->target, &n->target_len, sizeof(n->target), "..", 2);
		else if (c[0] & COMPONENT_CURRENT)
			append(n->target, &n->target_len, sizeof(n->target), ".", 1);
		else
			append(n->target, &n->target_len, sizeof(n->target), c + 2, c[1]);
		*more = c[0] & COMPONENT_CONTINUES;
	}
}

/* Times stand one after the other, those that there are (4.1.6). */
static void read_times(const uint8_t *field, struct iso_node *n)
{
	uint64_t *const to[] = { NULL, &n->modified_ns, &n->accessed_ns, &n->changed_ns };
	const uint8_t *at = field + 5, *end = field + field[2];

	if (field[4] & 0x80) /* the long form, which no maker of images writes: the record's own time stays */
		return;
	for (unsigned i = 0; i < 4 && end - at >= 7; i++) {
		if (!(field[4] >> i & 1))
			continue;
		if (to[i])
			*to[i] = iso_time_ns(at);
		at += 7;
	}
}

static void read_attributes(const uint8_t *field, struct iso_node *n)
{
	n->mode = iso_u32(field + 4);
	n->link_cnt = iso_u32(field + 12);
	n->uid = iso_u32(field + 20);
	n->gid = iso_u32(field + 28);
}

/* As Linux's programs have it: 12 bits for the major number, 20 for the minor one. */
static void read_device(const uint8_t *field, struct iso_node *n)
{
	uint32_t high = iso_u32(field + 4), low = iso_u32(field + 12);
	uint32_t major = high ? high : low >> 8 & 0xfff, minor = high ? low : (low & 0xff) | (low >> 12 & 0xfff00);

	n->device = (minor & 0xff) | (major & 0xfff) << 8 | (minor & 0xfff00) << 12;
}

/* What goes on elsewhere. */
struct continuation {
	uint64_t sector;
	uint32_t offset, bytes; /* 0 bytes: nothing does */
};

static void read_field(const uint8_t *field, struct iso_node *n, struct continuation *next, bool more[2])
{
	if (is(field, "CE", 28))
		*next = (struct continuation){ iso_u32(field + 4), iso_u32(field + 12), iso_u32(field + 20) };
	else if (is(field, "NM", 5))
		read_name(field, n, &more[0]);
	else if (is(field, "SL", 5))
		read_target(field, n, &more[1]);
	else if (is(field, "PX", 36))
		read_attributes(field, n);
	else if (is(field, "PN", 20))
		read_device(field, n);
	else if (is(field, "TF", 5))
		read_times(field, n);
	else if (is(field, "RE", 4))
		n->hidden = true;
	else if (is(field, "CL", 12)) {
		n->is_moved = true;
		n->start = (uint64_t)iso_u32(field + 4) * ISO_SECTOR;
	}
}

int iso_rock_ridge(struct iso *fs, const uint8_t *use, size_t bytes, struct iso_node *n)
{
	struct continuation next = { 0 };
	bool more[2] = { false, false };

	for (unsigned i = 0; i < CONTINUATIONS_MAX; i++) {
		int err;

		while (bytes >= HEAD && use[2] >= HEAD && use[2] <= bytes && !is(use, "ST", HEAD)) {
			read_field(use, n, &next, more);
			bytes -= use[2];
			use += use[2];
		}
		if (!next.bytes)
			return 0;
		if (next.offset > ISO_SECTOR || next.bytes > ISO_SECTOR - next.offset)
			return volume_broken(&fs->volume, "a record goes on beyond a sector", n->number);
		err = iso_load(fs, &fs->more, next.sector);
		if (err)
			return err;
		use = fs->more.bytes + next.offset;
		bytes = next.bytes;
		next.bytes = 0;
	}
	return volume_broken(&fs->volume, "a record goes on without end", n->number);
}
