/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The text of a diagnosis. Apart from fail.c, so that an image without texts links without them. */
#include "core/string.h"

#include "tenon/diag.h"

static const char *const texts[TENON_R_COUNT] = {
#define TEXT(name, error, text) [TENON_R_##name] = text,
	TENON_REASONS(TEXT)
#undef TEXT
};

static const char *const names[TENON_R_COUNT] = {
#define NAME(name, error, text) [TENON_R_##name] = #name,
	TENON_REASONS(NAME)
#undef NAME
};

/* A buffer that counts on when it is full; the NUL comes last, over the last byte if need be. */
struct out {
	char *buf;
	size_t size, len;
};

static void put(struct out *o, char c)
{
	if (o->len < o->size)
		o->buf[o->len] = c;
	o->len++;
}

/* Names come from files nobody vouches for: nothing in them may start a new line or command a terminal. */
static void put_name(struct out *o, const char *s, size_t max)
{
	for (size_t i = 0; i < max && s[i]; i++)
		put(o, s[i] >= ' ' && s[i] <= '~' ? s[i] : '?');
}

static void put_number(struct out *o, uint64_t v, unsigned int base)
{
	char digits[20];
	unsigned int n = 0;

	do {
		digits[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v);
	while (n)
		put(o, digits[--n]);
}

/* Hexadecimal, except where it would only obscure: one digit, and errno values. */
static void put_value(struct out *o, tenon_addr v)
{
	if (v < 10) {
		put_number(o, v, 10);
	} else if (v >= (tenon_addr)0 - 4095) {
		put(o, '-');
		put_number(o, (tenon_addr)0 - v, 10);
	} else {
		put(o, '0');
		put(o, 'x');
		put_number(o, v, 16);
	}
}

static void put_field(struct out *o, const struct tenon_diag *d, char field)
{
	switch (field) {
	case 'm':
		put_name(o, d->module[0] ? d->module : "?", sizeof(d->module));
		break;
	case 'n':
		put_name(o, d->name, sizeof(d->name));
		break;
	case 'o':
		put_name(o, d->other, sizeof(d->other));
		break;
	case 's':
		put_number(o, d->section, 10);
		break;
	case '@':
		put_value(o, d->offset);
		break;
	case 'g':
		put_value(o, d->got);
		break;
	case 'w':
		put_value(o, d->want);
		break;
	}
}

size_t tenon_diag_format(const struct tenon_diag *diag, char *buf, size_t size)
{
	const char *text = (size_t)diag->reason < TENON_R_COUNT ? texts[diag->reason] : "{m}: unknown reason";
	struct out o = { buf, size, 0 };

	for (const char *s = text; *s; s++) {
		if (s[0] == '{' && s[1] && s[2] == '}') {
			put_field(&o, diag, s[1]);
			s += 2;
		} else {
			put(&o, *s);
		}
	}
	if (size)
		buf[o.len < size ? o.len : size - 1] = '\0';
	return o.len;
}

const char *tenon_reason_name(enum tenon_reason reason)
{
	return (size_t)reason < TENON_R_COUNT ? names[reason] : "?";
}
