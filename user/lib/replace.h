/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Replacing files so that whoever reads them sees the old ones or the new ones, never a part. */
#ifndef LIB_REPLACE_H
#define LIB_REPLACE_H

#include "user/lib/buf.h"

struct replacement {
	const char *name; /* in the directory dir */
	char temporary[64];
	int dir;
	bool written;
	int fd;
};

/**
 * replace_write - write the new contents of @name beside it
 * @dir: stays open until replace_commit() or replace_drop()
 *
 * Return: 0 or a negative errno value.
 */
int replace_write(struct replacement *r, int dir, const char *name, const struct buf *contents);

/** replace_flush - let the contents go to the disk; what does not will be noticed by replace_sync(). */
void replace_flush(const struct replacement *r);

/** replace_sync - wait until what replace_write() wrote is on the disk. Return: 0 or a negative errno value. */
int replace_sync(struct replacement *r);

/** replace_commit - give the file its name, after replace_sync(). Return: 0 or a negative errno value. */
int replace_commit(struct replacement *r);

/* Forget what was written and not committed. */
void replace_drop(struct replacement *r);

#endif
