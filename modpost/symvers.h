/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Symvers files: what others export. One line for each symbol, fields separated by tabs:
 *
 *     0xCRC  name  module ("interface": the kernel's own)  type text  [EXPORT_SYMBOL or EXPORT_SYMBOL_GPL  [namespace]]
 *
 * A Linux kernel's own Module.symvers is read too: it has no type text.
 */
#ifndef MODPOST_SYMVERS_H
#define MODPOST_SYMVERS_H

#include <stdbool.h>

#include "modpost/object.h"

#define SYMVERS_INTERFACE "interface"
#define SYMVERS_LINUX "linux:" /* precedes the namespace of an export for Linux's own modules */

struct provided {
	const char *name, *module, *type;
	const char *space; /* namespace or "" */
	size_t line;       /* how many were read before it */
	uint32_t crc;
	bool gpl;
};

/* Everything points into memory that stays until the program ends. Sorted by name after symvers_sort. */
struct symvers {
	struct provided *entries;
	size_t cnt;
};

/** symvers_read - add a file's lines. Ends the program if one is malformed. */
void symvers_read(struct symvers *sv, const char *path);

/** symvers_sort - to be called once after the last file. Of equal names the one read first stays first. */
void symvers_sort(struct symvers *sv);

/** symvers_find - the first entry of that name, or NULL. */
const struct provided *symvers_find(const struct symvers *sv, const char *name);

/**
 * symvers_apply - give the exports of @o that are for Linux's own modules the checksums of that kernel, and no type
 * Ends the program if one is for GPL-compatible modules only here, or only there. One that this kernel does not have
 * gets checksum 0: its modules do not ask for it.
 */
void symvers_apply(const struct symvers *kernel, struct object *o);

/** symvers_write - write the exports of module @name to @path. */
void symvers_write(const struct object *o, const char *name, const char *path);

#endif
