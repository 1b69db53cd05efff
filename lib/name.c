/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Module names and the names of their files. */
#include <string.h>

#include "tenon/mod.h"

void tmod_module_name(const char *path, char *name, size_t size)
{
	const char *slash = strrchr(path, '/');
	size_t len = 0;

	if (slash)
		path = slash + 1;
	for (; path[len] && path[len] != '.' && len + 1 < size; len++)
		name[len] = path[len] == '-' ? '_' : path[len];
	if (size)
		name[len] = '\0';
}

bool tmod_is_module_file(const char *name)
{
	static const char *const endings[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst" };
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		size_t n = strlen(endings[i]);

		if (len > n && !strcmp(name + len - n, endings[i]))
			return true;
	}
	return false;
}
