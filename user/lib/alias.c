/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <string.h>

#include "core/fmt/modname.h"
#include "tenon/mod.h"

bool tmod_alias_name(const char *alias, char *name, size_t size)
{
	size_t i = strcspn(alias, "-[]"); /* most have none of these */
	bool inside = false;

	if (i + 1 > size)
		i = size - 1;
	/* In place, as callers may want it. */
	memmove(name, alias, i);
	for (; alias[i] && i + 1 < size; i++) {
		char c = alias[i];

		if (c == ']' && !inside)
			return false;
		if (c == '[' || c == ']')
			inside = c == '[';
		name[i] = inside ? c : modname_fold(c);
	}
	name[i] = '\0';
	return !alias[i] && !inside;
}
