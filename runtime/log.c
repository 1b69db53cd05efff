// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The log: lines are formatted here, in the module's domain, and leave it as bytes. */
#include "tenon/module.h"

#define LINE_BYTES 256 /* on the caller's stack */

int tenon_printk(int level, const char *fmt, ...)
{
	char line[LINE_BYTES];
	va_list args;
	size_t len;

	va_start(args, fmt);
	len = (size_t)tenon_vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	return tenon_log(level, line, len < sizeof(line) ? len : sizeof(line) - 1);
}
EXPORT_SYMBOL(tenon_printk);
