/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What tells whether a file is still the one that it was. */
#ifndef LIB_DEPMOD_STAMP_H
#define LIB_DEPMOD_STAMP_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

/* Times in ns. All zero: there is no such file. */
struct stamp {
	uint64_t dev, ino, size;
	int64_t mtime, ctime;
};

/* Of a file that changed so shortly before it was read that it can change again without a trace: like no stamp. */
#define STAMP_NONE ((struct stamp){ .size = 1 })
#define STAMP_SETTLED_NS 2000000000

/* A file may say that it is of any year; what has no number is as far away as there is one. */
static inline int64_t stamp_ns(const struct timespec *t)
{
	const int64_t most = INT64_MAX / 1000000000;

	return t->tv_sec >= most ? INT64_MAX : t->tv_sec <= -most ? INT64_MIN : t->tv_sec * 1000000000LL + t->tv_nsec;
}

static inline struct stamp stamp_of(const struct stat *st)
{
	return (struct stamp){ st->st_dev, st->st_ino, (uint64_t)st->st_size, stamp_ns(&st->st_mtim),
			       stamp_ns(&st->st_ctim) };
}

static inline bool stamp_same(const struct stamp *a, const struct stamp *b)
{
	return !memcmp(a, b, sizeof(*a));
}

/* The stamp of a file that was read after @now (ns). */
static inline struct stamp stamp_settled(struct stamp s, int64_t now)
{
	return s.ino && s.ctime > now - STAMP_SETTLED_NS ? STAMP_NONE : s;
}

#endif
