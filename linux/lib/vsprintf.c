// SPDX-License-Identifier: GPL-2.0-only
/* Formatting into buffers, by the formatter of runtime/. */
#include <linux/kernel.h>

#include "linux/glue.h"
#include "linux/export.h"

int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	return lx_vsnprintf(buf, size, fmt, args);
}
EXPORT_SYMBOL(vsnprintf);

int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	int len = lx_vsnprintf(buf, size, fmt, args);

	if (len < (int)size)
		return len;
	return size ? (int)size - 1 : 0;
}
EXPORT_SYMBOL(vscnprintf);

int snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = lx_vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}
EXPORT_SYMBOL(snprintf);

int scnprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vscnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}
EXPORT_SYMBOL(scnprintf);

int sprintf(char *buf, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = lx_vsnprintf(buf, INT_MAX, fmt, args);
	va_end(args);
	return len;
}
EXPORT_SYMBOL(sprintf);
