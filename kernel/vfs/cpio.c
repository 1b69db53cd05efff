// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/vfs/cpio.h"

#include <stdbool.h>

#include "kernel/init.h"
#include "kernel/vfs/node.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

enum field {
	INO,
	MODE,
	UID,
	GID,
	NLINK,
	MTIME,
	FILESIZE,
	DEVMAJOR,
	DEVMINOR,
	RDEVMAJOR,
	RDEVMINOR,
	NAMESIZE,
	CHECK,
	FIELD_CNT
};

#define MAGIC "070701"
#define MAGIC_BYTES 6
#define DIGITS 8 /* of each field, hexadecimal */
#define HEADER_BYTES (MAGIC_BYTES + FIELD_CNT * DIGITS)

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_fields(const char *text, uint32_t field[FIELD_CNT])
{
	int i, j, d;

	for (i = 0; i < FIELD_CNT; i++) {
		field[i] = 0;
		for (j = 0; j < DIGITS; j++) {
			d = digit(*text++);
			if (d < 0)
				return false;
			field[i] = field[i] << 4 | (uint32_t)d;
		}
	}
	return true;
}

/* Take @bytes and what fills them up to a multiple of 4 from the archive. NULL: they are not there. */
static const char *take(struct cpio *c, size_t bytes)
{
	const char *at = c->bytes + c->at;

	if (bytes > c->size - c->at)
		return NULL;
	c->at += bytes;
	while (c->at % 4 && c->at < c->size)
		c->at++;
	return at;
}

/* The next member of this archive. Return: as cpio_next. */
static int __init member(struct cpio *c, struct cpio_entry *e)
{
	size_t start = c->at;
	uint32_t field[FIELD_CNT];
	const char *header;

	/* Name and header are filled up together. */
	header = c->size - c->at >= HEADER_BYTES ? c->bytes + c->at : NULL;
	if (!header || memcmp(header, MAGIC, MAGIC_BYTES) || !read_fields(header + MAGIC_BYTES, field))
		return -TENON_EBADMSG;
	e->name = NULL;
	if (field[NAMESIZE] > 1 && field[NAMESIZE] <= PATH_BYTES)
		e->name = take(c, HEADER_BYTES + (size_t)field[NAMESIZE]);
	if (e->name)
		e->name += HEADER_BYTES;
	if (!e->name || e->name[field[NAMESIZE] - 1] || strlen(e->name) != field[NAMESIZE] - 1) {
		c->at = start;
		return -TENON_EBADMSG;
	}
	if (!strcmp(e->name, "TRAILER!!!"))
		return 0;
	e->data_bytes = field[FILESIZE];
	e->data = take(c, e->data_bytes);
	if (!e->data) {
		c->at = start;
		return -TENON_EBADMSG;
	}
	e->mode = field[MODE];
	e->uid = field[UID];
	e->gid = field[GID];
	e->link_cnt = field[NLINK];
	e->device = device_number(field[RDEVMAJOR], field[RDEVMINOR]);
	e->modified_s = field[MTIME];
	return 1;
}

/* Several archives may stand one behind the other, with zeros between. Return: is there another? */
static bool another(struct cpio *c)
{
	while (c->at < c->size && !c->bytes[c->at])
		c->at++;
	return c->at < c->size;
}

int __init cpio_next(struct cpio *c, struct cpio_entry *e)
{
	int more = member(c, e);

	while (!more && another(c))
		more = member(c, e);
	return more;
}
