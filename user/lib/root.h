/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Paths below the root of another system, where an absolute link means a path inside that root. */
#ifndef LIB_ROOT_H
#define LIB_ROOT_H

#include <stddef.h>

/**
 * root_resolve - where a path below a root leads when absolute links in it are taken inside the root
 * @root: a directory; NULL: the path stays as it is
 * @path: begins with @root
 * @out: gets the path to open: @path itself unless such a link leads elsewhere; at least PATH_MAX bytes.
 * May be @path
 *
 * A link that leads nowhere inside the root is taken as it stands: trees that are put together from links to a store
 * outside of them are read as well. So are all links by kernels before Linux 5.6, which have no openat2().
 */
void root_resolve(const char *root, const char *path, char *out, size_t size);

#endif
