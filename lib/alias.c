/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "lib/alias.h"
#include "tenon/mod.h"

bool alias_normalise(const char *alias, char *out, size_t size)
{
	bool inside = false;
	size_t i;

	for (i = 0; alias[i] && i + 1 < size; i++) {
		char c = alias[i];

		if (c == ']' && !inside)
			return false;
		if (c == '[' || c == ']')
			inside = c == '[';
		out[i] = c == '-' && !inside ? '_' : c;
	}
	out[i] = '\0';
	return !alias[i] && !inside;
}

bool tmod_alias_name(const char *alias, char *name, size_t size)
{
	return alias_normalise(alias, name, size);
}
