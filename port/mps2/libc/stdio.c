/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "port/mps2/board.h"

int vprintf(const char *fmt, va_list args)
{
	char text[256]; /* longer text is cut */
	int len = tenon_vsnprintf(text, sizeof(text), fmt, args);

	console_write(text, strnlen(text, sizeof(text)));
	return len;
}

int printf(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vprintf(fmt, args);
	va_end(args);
	return len;
}

int putchar(int c)
{
	const char text = (char)c;

	console_write(&text, 1);
	return c;
}

/* Nothing is held back. */
int fflush(FILE *f)
{
	(void)f;
	return 0;
}
