/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What stands in each of the files that depmod writes: one function for each adds it to a buffer. */
#ifndef LIB_DEPMOD_FILES_H
#define LIB_DEPMOD_FILES_H

#include "user/lib/depmod/depmod.h"

/* What it has to say goes to @to: several files are made at once. */
typedef int depmod_file_fn(struct depmod *d, const struct tmod_messages *to, struct buf *out);

depmod_file_fn depmod_dep, depmod_dep_bin, depmod_alias, depmod_alias_bin, depmod_softdep, depmod_weakdep,
    depmod_symbols, depmod_symbols_bin, depmod_builtin_bin, depmod_builtin_alias_bin, depmod_devname, depmod_record;

/**
 * depmod_info_next - step through the entries of a module that were kept
 * @at: in and out; NULL to begin
 * Return: the value of the next entry with that key, or NULL.
 */
const char *depmod_info_next(const struct depmod_module *m, const char *key, const char **at);

#endif
