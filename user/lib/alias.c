/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "core/fmt/modname.h"
#include "tenon/mod.h"

bool tmod_alias_name(const char *alias, char *name, size_t size)
{
	bool inside = false;
	size_t i;

	for (i = 0; alias[i] && i + 1 < size; i++) {
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
