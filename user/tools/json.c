/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tenon/mod.h"

#include "user/tools/json.h"

static void *need(void *memory)
{
	if (!memory) {
		fputs("tenon: ERROR: out of memory\n", stderr);
		exit(EXIT_FAILURE);
	}
	return memory;
}

/* Bytes of the character that begins here; 0: it is not UTF-8 (RFC 3629: shortest form, no surrogates, to U+10FFFF). */
static size_t character(const uint8_t *p, size_t len)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = *p < 0x80 ? 1 : *p < 0xc0 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : *p < 0xf8 ? 4 : 0;
	uint32_t c;

	if (n < 2 || n > len)
		return n == 1;
	c = *p & (0x7fu >> n);
	for (size_t i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	return c >= least[n] && c <= 0x10ffff && (c < 0xd800 || c > 0xdfff) ? n : 0;
}

json_t *json_bytes(const char *bytes, size_t len)
{
	char *out = need(malloc(len * 4 + 1)), *to = out;
	json_t *string;

	for (size_t i = 0, n; i < len; i += n) {
		n = character((const uint8_t *)bytes + i, len - i);
		if (!n || (bytes[i] == '\\' && i + 1 < len && bytes[i + 1] == 'x')) {
			to += sprintf(to, "\\x%02X", (uint8_t)bytes[i]);
			n = 1;
		} else {
			memcpy(to, bytes + i, n);
			to += n;
		}
	}
	string = need(json_stringn(out, (size_t)(to - out)));
	free(out);
	return string;
}

json_t *json_text(const char *text)
{
	return text ? json_bytes(text, strlen(text)) : json_null();
}

void json_put(json_t *object, const char *key, json_t *value)
{
	need(json_object_set_new(object, key, value) ? NULL : object);
}

void json_add(json_t *array, json_t *value)
{
	need(json_array_append_new(array, value) ? NULL : array);
}

json_t *json_words(const char *text, size_t len, const char *between)
{
	const char *end = text + len, *word = text;
	json_t *array = need(json_array());

	for (const char *p = text; p <= end; p++) {
		if (p < end && !(*p && strchr(between, *p)))
			continue;
		if (p > word)
			json_add(array, json_bytes(word, (size_t)(p - word)));
		word = p + 1;
	}
	return array;
}

static void make_string_printable(json_t *value)
{
	char *text = strdup(json_string_value(value));

	if (!text)
		abort();
	json_string_set_nocheck(value, tmod_printable(text));
	free(text);
}

void json_make_printable(json_t *value)
{
	const char *key;
	json_t *member;
	size_t i;

	if (json_is_string(value))
		make_string_printable(value);
	json_array_foreach(value, i, member)
		json_make_printable(member);
	json_object_foreach(value, key, member)
		json_make_printable(member);
}

int json_print(json_t *value)
{
	bool ok = !json_dumpf(need(value), stdout, JSON_INDENT(2)) && putchar('\n') != EOF && !fflush(stdout);

	json_decref(value);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
