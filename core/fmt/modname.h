/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Names of modules and parameters: '-' and '_' are the same, and '_' is how a name is kept. */
#ifndef CORE_FMT_MODNAME_H
#define CORE_FMT_MODNAME_H

#include <stdbool.h>
#include <stddef.h>

static inline char modname_fold(char c)
{
	return c == '-' ? '_' : c;
}

/** modname_fold_text - fold a name in place. Return: @name. */
static inline char *modname_fold_text(char *name)
{
	for (char *c = name; *c; c++)
		*c = modname_fold(*c);
	return name;
}

/** modname_is - is @text, of @len bytes without NUL, the terminated @name? */
static inline bool modname_is(const char *name, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!name[i] || modname_fold(name[i]) != modname_fold(text[i]))
			return false;
	return !name[len];
}

#endif
