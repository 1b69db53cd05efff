/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Names and text that come from modules: what a name may be, and how text is made harmless. */
#include "tenon/kpi_host.h"
#include "tenon/runtime.h"

static bool printable(unsigned char c)
{
	return c >= ' ' && c < 0x7f;
}

bool tenon_name_valid(const char *name, size_t size)
{
	size_t len;

	for (len = 0; len < size && name[len]; len++)
		if (!printable((unsigned char)name[len]) || strchr(" /\"\\", name[len]))
			return false;
	return len && len < size && name[0] != '.';
}

size_t tenon_text_escape(char *to, size_t size, const char *text, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	size_t used = 0;

	for (size_t i = 0; i < len && used + 1 < size; i++) {
		unsigned char c = (unsigned char)text[i];

		if (printable(c) || c == '\t') {
			to[used++] = (char)c;
			continue;
		}
		if (size - used < 5)
			break;
		to[used++] = '\\';
		to[used++] = 'x';
		to[used++] = hex[c >> 4];
		to[used++] = hex[c & 15];
	}
	if (size)
		to[used] = '\0';
	return used;
}
