/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Parameters of native modules: the text "key=value key2=\"a b\"", the table in __param, and storing values through
 * the module's memory while it is still open for writing.
 */
#ifndef CORE_PARAM_H
#define CORE_PARAM_H

#include "core/load.h"

#define PARAM_TEXT_MAX 1024 /* bytes of one value */

/* One key=value of a text, cut out; neither is terminated. */
struct param_arg {
	const char *key, *value; /* value is NULL if there is no '=' */
	size_t key_len, value_len;
};

/**
 * param_next - cut the next argument off a text
 * @at: in and out: position in the text
 *
 * Return: 1 with *arg, 0 at the end, or -TENON_EINVAL (PARAM_SYNTAX: a quote is not closed, or no key).
 */
int param_next(const char **at, struct param_arg *arg, struct tenon_diag *diag);

/**
 * param_number - read a whole value as an integer, in C's notation
 * @neg: whether a minus sign stood before it
 *
 * Return: 0, -TENON_EINVAL (not a number), -TENON_ERANGE (more than 64 bits).
 */
int param_number(const char *text, size_t len, uint64_t *out, bool *neg);

/** param_apply - set every parameter of l->params. */
int param_apply(struct load *l);

/**
 * param_check_names - check that l->params has no unknown and no repeated name, and set nothing
 * @entry_bytes: of an entry of the table in __param, which begins with a pointer to the name
 */
int param_check_names(struct load *l, uint32_t entry_bytes);

#endif
