/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "user/lib/say.h"

const char *tmod_error_text(int err)
{
	switch (err) {
	case -EILSEQ:
		return "it is packed, and what is packed is damaged";
	case -ELIBACC:
		return "it is packed, and the library that unpacks it is not installed";
	default:
		return strerror(-err);
	}
}

/* Much of what is said comes from files, and must not command the terminal. Messages have lines of their own. */
static void make_printable(char *text)
{
	for (char *line = text, *end; line; line = end) {
		end = strchr(line, '\n');
		if (end)
			*end = '\0';
		tmod_printable(line);
		if (end)
			*end++ = '\n';
	}
}

void say(const struct tmod_messages *to, enum tmod_level level, const char *format, ...)
{
	char text[4096 + 512];
	va_list ap;

	if (!to || !to->say)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	make_printable(text);
	to->say(to->data, level, text);
}
