/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The text of parameters: arguments and numbers. Quotes are like those of Linux's next_arg(), but one that is left open is
 * an error. The kernel's command line, which user/lib/config/cmdline.c reads, has the same quotes with other rules: a word
 * keeps its quotes there, because it is passed on as text. So the two share no code.
 */
#include "core/param.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Double quotes may stand around a whole value or a whole argument; blanks inside them count. */
int param_next(const char **at, struct param_arg *arg, struct tenon_diag *diag)
{
	const char *p = *at, *end;
	bool quoted = false, around;

	while (is_space(*p))
		p++;
	if (!*p)
		return 0;
	around = *p == '"';
	p += around;
	quoted = around;
	*arg = (struct param_arg){ .key = p };
	for (; *p && (quoted || !is_space(*p)); p++) {
		if (*p == '"')
			quoted = !quoted;
		else if (*p == '=' && !arg->value)
			arg->value = p + 1;
	}
	if (quoted)
		return fail_name(diag, TENON_R_PARAM_SYNTAX, "a quote is not closed");
	end = p;
	if (around && *--end != '"')
		return fail_name(diag, TENON_R_PARAM_SYNTAX, "text after a closing quote");
	arg->key_len = (size_t)((arg->value ? arg->value - 1 : end) - arg->key);
	if (arg->value) {
		arg->value_len = (size_t)(end - arg->value);
		if (arg->value_len >= 2 && arg->value[0] == '"' && end[-1] == '"') {
			arg->value++;
			arg->value_len -= 2;
		}
	}
	if (!arg->key_len)
		return fail_name(diag, TENON_R_PARAM_SYNTAX, "a value without a name");
	*at = p;
	return 1;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

int param_number(const char *text, size_t len, uint64_t *out, bool *neg)
{
	unsigned int base = 10;
	uint64_t v = 0, low, high; /* in halves: a 64-bit division is a large function on a small CPU */

	*neg = len && *text == '-';
	if (len && (*text == '-' || *text == '+')) {
		text++;
		len--;
	}
	if (len > 1 && text[0] == '0') {
		base = (text[1] | 0x20) == 'x' ? 16 : 8;
		text += base == 16 ? 2 : 1;
		len -= base == 16 ? 2 : 1;
	}
	if (!len)
		return -TENON_EINVAL;
	for (; len; text++, len--) {
		unsigned int d = (unsigned int)digit(*text);

		if (d >= base)
			return -TENON_EINVAL;
		low = (v & UINT32_MAX) * base + d;
		high = (v >> 32) * base + (low >> 32);
		if (high > UINT32_MAX)
			return -TENON_ERANGE;
		v = high << 32 | (uint32_t)low;
	}
	*out = v;
	return 0;
}
