/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* One line for the log. */
#include "kpi/impl/impl.h"

void line_add(struct line *l, const char *text)
{
	l->len += tenon_text_escape(l->text + l->len, sizeof(l->text) - l->len, text, strlen(text));
}

void line_add_number(struct line *l, uint64_t n, unsigned int base)
{
	char digits[21];
	size_t at = sizeof(digits) - 1;

	digits[at] = '\0';
	do {
		digits[--at] = "0123456789abcdef"[n % base];
		n /= base;
	} while (n);
	line_add(l, digits + at);
}

void line_log(const struct line *l, enum tenon_log_level level)
{
	const struct tenon_host *core = kpi.core_host;

	core->log(core->context, level, l->text, l->len);
}
