/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Module names, the names of their files, and text that may be shown. */
#include <string.h>

#include "core/fmt/modname.h"
#include "tenon/mod.h"

void tmod_module_name(const char *path, char *name, size_t size)
{
	const char *slash = strrchr(path, '/');
	size_t len = 0;

	if (slash)
		path = slash + 1;
	for (; path[len] && path[len] != '.' && len + 1 < size; len++)
		name[len] = modname_fold(path[len]);
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

char *tmod_printable(char *text)
{
	for (unsigned char *p = (unsigned char *)text; *p; p++) {
		if (*p < ' ' || *p == 0x7f)
			*p = '?';
		else if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) /* U+0080 to U+009F */
			p[0] = p[1] = '?';
	}
	return text;
}
