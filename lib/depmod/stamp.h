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

static inline struct stamp stamp_of(const struct stat *st)
{
	return (struct stamp){ st->st_dev, st->st_ino, (uint64_t)st->st_size,
			       st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec,
			       st->st_ctim.tv_sec * 1000000000 + st->st_ctim.tv_nsec };
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
