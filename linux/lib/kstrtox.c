// SPDX-License-Identifier: GPL-2.0-only
/* Text to numbers: the whole text is a number, a newline may end it; -ERANGE if it does not fit, else -EINVAL. */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/kstrtox.h>

#include "linux/export.h"

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* As in C: base 0 is told by 0x or 0. */
static const char *prefix(const char *s, unsigned int *base)
{
	bool hex = s[0] == '0' && (s[1] | 0x20) == 'x' && digit(s[2]) < 16;

	if (!*base)
		*base = hex ? 16 : s[0] == '0' ? 8 : 10;
	return hex && *base == 16 ? s + 2 : s;
}

static int parse(const char *s, unsigned int base, unsigned long long *out)
{
	unsigned long long value = 0;
	const char *first = s = prefix(s, &base);

	for (; digit(*s) < (int)base; s++)
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, (unsigned int)digit(*s), &value))
			return -ERANGE;
	if (s == first || (*s == '\n' ? s[1] : s[0]))
		return -EINVAL;
	*out = value;
	return 0;
}

int kstrtoull(const char *s, unsigned int base, unsigned long long *res)
{
	return parse(s + (*s == '+'), base, res);
}
EXPORT_SYMBOL(kstrtoull);

int kstrtoll(const char *s, unsigned int base, long long *res)
{
	unsigned long long value;
	bool negative = *s == '-';
	int err = negative ? parse(s + 1, base, &value) : kstrtoull(s, base, &value);

	if (err)
		return err;
	if (value > (unsigned long long)LLONG_MAX + negative)
		return -ERANGE;
	*res = (long long)(negative ? 0 - value : value);
	return 0;
}
EXPORT_SYMBOL(kstrtoll);

#define NARROWER(name, type, wide, widest)                                                                             \
	int name(const char *s, unsigned int base, type *res)                                                          \
	{                                                                                                              \
		widest value;                                                                                          \
		int err = wide(s, base, &value);                                                                       \
                                                                                                                       \
		if (err)                                                                                               \
			return err;                                                                                    \
		if (value != (type)value)                                                                              \
			return -ERANGE;                                                                                \
		*res = (type)value;                                                                                    \
		return 0;                                                                                              \
	}                                                                                                              \
	EXPORT_SYMBOL(name)

NARROWER(_kstrtoul, unsigned long, kstrtoull, unsigned long long);
NARROWER(_kstrtol, long, kstrtoll, long long);
NARROWER(kstrtouint, unsigned int, kstrtoull, unsigned long long);
NARROWER(kstrtoint, int, kstrtoll, long long);
NARROWER(kstrtou16, u16, kstrtoull, unsigned long long);
NARROWER(kstrtos16, s16, kstrtoll, long long);
NARROWER(kstrtou8, u8, kstrtoull, unsigned long long);
NARROWER(kstrtos8, s8, kstrtoll, long long);

/* Only the first letters count: y t 1 on, n f 0 off. */
int kstrtobool(const char *s, bool *res)
{
	char c = s ? (char)tolower(*s) : 0;

	if (c == 'o')
		c = tolower(s[1]) == 'n' ? 'y' : tolower(s[1]) == 'f' ? 'n' : 0;
	switch (c) {
	case 'y':
	case 't':
	case '1':
		*res = true;
		return 0;
	case 'n':
	case 'f':
	case '0':
		*res = false;
		return 0;
	}
	return -EINVAL;
}
EXPORT_SYMBOL(kstrtobool);
