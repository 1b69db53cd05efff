/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdarg.h>
#include <stdio.h>

#include "user/lib/say.h"

void say(const struct tmod_messages *to, enum tmod_level level, const char *format, ...)
{
	char text[4096 + 512];
	va_list ap;

	if (!to || !to->say)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	to->say(to->data, level, text);
}
