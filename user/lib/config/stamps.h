/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What files and directories looked like when they were read, to find out whether they are still the same. */
#ifndef LIB_CONFIG_STAMPS_H
#define LIB_CONFIG_STAMPS_H

#include <stdbool.h>
#include <sys/stat.h>

#include "user/lib/buf.h"

struct stamps {
	struct buf all; /* of struct stamp */
};

/** stamps_add - remember a path, which must outlive the stamps; @st: NULL if there is nothing. */
void stamps_add(struct stamps *s, const char *path, const struct stat *st);

/** stamps_have - has what @st is of been added, under whatever path? */
bool stamps_have(const struct stamps *s, const struct stat *st);

/** stamps_differ - is one of the paths now another file, or changed, or gone, or there at last? */
bool stamps_differ(const struct stamps *s);

#endif
