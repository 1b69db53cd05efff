// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Formatted text, as C11 7.21.6.1 has it without floating point and %n. */
#include "tenon/module.h"

#define WIDTH_MAX 32767 /* a larger width or precision in a format is taken as this */

struct out {
	char *buf;
	size_t size, len; /* len counts on beyond size: snprintf returns what there would have been room for */
};

struct spec {
	bool left, plus, space, alt, zero;
	int width;
	int precision; /* -1: none given */
	char length;   /* H for hh, h, l, L for ll and j, z, t or 0 */
	char conversion;
};

static void put(struct out *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

static void put_text(struct out *o, const char *text, size_t len)
{
	while (len--)
		put(o, *text++);
}

static void pad(struct out *o, char c, int cnt)
{
	while (cnt-- > 0)
		put(o, c);
}

/* ---- the specification ---------------------------------------------------------------------------------------- */

static const char *parse_flags(const char *fmt, struct spec *s)
{
	for (;; fmt++) {
		switch (*fmt) {
		case '-':
			s->left = true;
			break;
		case '+':
			s->plus = true;
			break;
		case ' ':
			s->space = true;
			break;
		case '#':
			s->alt = true;
			break;
		case '0':
			s->zero = true;
			break;
		default:
			return fmt;
		}
	}
}

static const char *parse_number(const char *fmt, int *out)
{
	int n = 0;

	for (; *fmt >= '0' && *fmt <= '9'; fmt++)
		n = n * 10 + (*fmt - '0') < WIDTH_MAX ? n * 10 + (*fmt - '0') : WIDTH_MAX;
	*out = n;
	return fmt;
}

static const char *parse_length(const char *fmt, struct spec *s)
{
	switch (*fmt) {
	case 'h':
	case 'l':
		s->length = *fmt++;
		if (*fmt == s->length) {
			s->length = *fmt == 'h' ? 'H' : 'L';
			fmt++;
		}
		return fmt;
	case 'j':
		s->length = 'L';
		return fmt + 1;
	case 'z':
	case 't':
		s->length = *fmt;
		return fmt + 1;
	default:
		return fmt;
	}
}

static int clamp(int n)
{
	return n > WIDTH_MAX ? WIDTH_MAX : n;
}

/* Read one specification after its '%'. Return: what follows it. */
static const char *parse_spec(const char *fmt, struct spec *s, va_list *args)
{
	*s = (struct spec){ .precision = -1 };
	fmt = parse_flags(fmt, s);
	if (*fmt == '*') {
		s->width = va_arg(*args, int);
		if (s->width < 0) {
			s->left = true;
			s->width = s->width < -WIDTH_MAX ? WIDTH_MAX : -s->width;
		}
		s->width = clamp(s->width);
		fmt++;
	} else {
		fmt = parse_number(fmt, &s->width);
	}
	if (*fmt == '.') {
		if (*++fmt == '*') {
			s->precision = clamp(va_arg(*args, int));
			fmt++;
		} else {
			fmt = parse_number(fmt, &s->precision);
		}
	}
	fmt = parse_length(fmt, s);
	s->conversion = *fmt;
	return *fmt ? fmt + 1 : fmt;
}

/* ---- conversions ---------------------------------------------------------------------------------------------- */

static int64_t take_signed(const struct spec *s, va_list *args)
{
	switch (s->length) {
	case 'H':
		return (signed char)va_arg(*args, int);
	case 'h':
		return (short)va_arg(*args, int);
	case 'l':
		return va_arg(*args, long);
	case 'L':
		return va_arg(*args, long long);
	case 'z':
	case 't':
		return va_arg(*args, ptrdiff_t);
	default:
		return va_arg(*args, int);
	}
}

static uint64_t take_unsigned(const struct spec *s, va_list *args)
{
	switch (s->length) {
	case 'H':
		return (unsigned char)va_arg(*args, unsigned int);
	case 'h':
		return (unsigned short)va_arg(*args, unsigned int);
	case 'l':
		return va_arg(*args, unsigned long);
	case 'L':
		return va_arg(*args, unsigned long long);
	case 'z':
	case 't':
		return va_arg(*args, size_t);
	default:
		return va_arg(*args, unsigned int);
	}
}

/* The digits of @value, from the end of @end backward. Return: how many; none for 0. */
static int digits(char *end, uint64_t value, unsigned int base, bool upper)
{
	const char *figures = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	int cnt = 0;

	for (; value; value /= base, cnt++)
		*--end = figures[value % base];
	return cnt;
}

/* Sign or 0x, zeros, digits, and blanks on the side that the flags say. */
static void put_number(struct out *o, const struct spec *s, const char *prefix, uint64_t value, unsigned int base)
{
	char text[24];
	int cnt = digits(text + sizeof(text), value, base, s->conversion == 'X');
	int prefix_len = (int)strlen(prefix);
	int least = s->precision < 0 ? 1 : s->precision; /* digits */
	int zeros;

	if (s->alt && base == 8 && least <= cnt)
		least = cnt + 1;
	if (s->zero && !s->left && s->precision < 0 && s->width - prefix_len > least)
		least = s->width - prefix_len;
	zeros = least > cnt ? least - cnt : 0;
	if (!s->left)
		pad(o, ' ', s->width - prefix_len - zeros - cnt);
	put_text(o, prefix, (size_t)prefix_len);
	pad(o, '0', zeros);
	put_text(o, text + sizeof(text) - cnt, (size_t)cnt);
	if (s->left)
		pad(o, ' ', s->width - prefix_len - zeros - cnt);
}

static void put_signed(struct out *o, const struct spec *s, int64_t value)
{
	const char *sign = value < 0 ? "-" : s->plus ? "+" : s->space ? " " : "";

	put_number(o, s, sign, value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

static void put_hex(struct out *o, const struct spec *s, uint64_t value)
{
	put_number(o, s, !s->alt || !value ? "" : s->conversion == 'X' ? "0X" : "0x", value, 16);
}

static void put_string(struct out *o, const struct spec *s, const char *text)
{
	size_t len;

	if (!text)
		text = "(null)";
	len = s->precision < 0 ? strlen(text) : strnlen(text, (size_t)s->precision);
	if (!s->left && len < (size_t)s->width)
		pad(o, ' ', s->width - (int)len);
	put_text(o, text, len);
	if (s->left && len < (size_t)s->width)
		pad(o, ' ', s->width - (int)len);
}

static void put_char(struct out *o, const struct spec *s, char c)
{
	if (!s->left)
		pad(o, ' ', s->width - 1);
	put(o, c);
	if (s->left)
		pad(o, ' ', s->width - 1);
}

/* Return: false if there is no such conversion. */
static bool convert(struct out *o, const struct spec *s, va_list *args)
{
	switch (s->conversion) {
	case 'd':
	case 'i':
		put_signed(o, s, take_signed(s, args));
		return true;
	case 'u':
		put_number(o, s, "", take_unsigned(s, args), 10);
		return true;
	case 'o':
		put_number(o, s, "", take_unsigned(s, args), 8);
		return true;
	case 'x':
	case 'X':
		put_hex(o, s, take_unsigned(s, args));
		return true;
	case 'p':
		put_number(o, s, "0x", (uintptr_t)va_arg(*args, void *), 16);
		return true;
	case 'c':
		put_char(o, s, (char)va_arg(*args, int));
		return true;
	case 's':
		put_string(o, s, va_arg(*args, const char *));
		return true;
	case '%':
		put(o, '%');
		return true;
	default:
		return false;
	}
}

int tenon_vsnprintf(char *buf, size_t size, const char *fmt, va_list args)
{
	struct out o = { .buf = buf, .size = size };
	struct spec s;
	va_list ap;

	va_copy(ap, args); /* a parameter of array type would be a pointer, whose address has another type */
	while (*fmt) {
		const char *start = fmt;

		if (*fmt++ != '%') {
			put(&o, *start);
			continue;
		}
		fmt = parse_spec(fmt, &s, &ap);
		if (!convert(&o, &s, &ap))
			put_text(&o, start, (size_t)(fmt - start));
	}
	va_end(ap);
	if (size)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return (int)o.len;
}
EXPORT_SYMBOL(tenon_vsnprintf);

int tenon_snprintf(char *buf, size_t size, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = tenon_vsnprintf(buf, size, fmt, args);
	va_end(args);
	return len;
}
EXPORT_SYMBOL(tenon_snprintf);
