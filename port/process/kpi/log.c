/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The log as modules see it: kpi/log.def. */
#include <stdio.h>
#include <string.h>

#include "port/process/kpi/object.h"

#define PREFIX_BYTES (TENON_NAME_BYTES + 2)

/* As the definition says: no newline at the end, other control characters as \xNN. Return: bytes. */
static size_t escape(char *to, size_t size, const char *text, size_t len)
{
	static const char hex[] = "0123456789abcdef";
	size_t used = 0;

	if (len && text[len - 1] == '\n')
		len--;
	for (size_t i = 0; i < len && used + 4 <= size; i++) {
		unsigned char ch = (unsigned char)text[i];

		if ((ch >= ' ' && ch != 0x7f) || ch == '\t') {
			to[used++] = (char)ch;
			continue;
		}
		to[used++] = '\\';
		to[used++] = 'x';
		to[used++] = hex[ch >> 4];
		to[used++] = hex[ch & 15];
	}
	return used;
}

int tenon_log(int level, const void *text, size_t len)
{
	struct caller c = kpi_caller();
	const struct tenon_module *m = tenon_current(&c.self->core);
	char line[PREFIX_BYTES + 4 * TENON_LOG_BYTES];
	int prefix;

	if (level < TENON_LEVEL_ERR || level > TENON_LEVEL_DEBUG || len > TENON_LOG_BYTES)
		return -TENON_EINVAL;
	prefix = m ? snprintf(line, PREFIX_BYTES, "%s: ", tenon_module_name(m)) : 0;
	len = escape(line + prefix, sizeof(line) - PREFIX_BYTES, text, len);
	log_line(c.h, (enum tenon_log_level)level, line, (size_t)prefix + len);
	return 0;
}
