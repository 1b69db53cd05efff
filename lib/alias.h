/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef LIB_ALIAS_H
#define LIB_ALIAS_H

#include <stdbool.h>
#include <stddef.h>

/* With the NUL; keys of indexes are no longer than this. */
#define TMOD_ALIAS_BYTES_MAX 4096

/**
 * alias_normalise - write an alias as the indexes have it: '-' is '_', but not between brackets
 * Return: false if the brackets do not match or it does not fit.
 */
bool alias_normalise(const char *alias, char *out, size_t size);

#endif
