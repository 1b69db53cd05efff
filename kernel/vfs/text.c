// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/vfs/text.h"

#include <stdarg.h>

#include "kernel/mm/heap.h"
#include "tenon/runtime.h"

static bool make_room(struct text *t, size_t more)
{
	size_t size = t->size ? t->size : 256;
	char *bytes;

	while (size - t->len < more && size <= HEAP_BYTES_MAX / 2)
		size *= 2;
	if (t->failed || size - t->len < more) {
		t->failed = true;
		return false;
	}
	if (size == t->size)
		return true;
	bytes = t->fixed ? NULL : heap_resize(t->bytes, size);
	t->failed = !bytes;
	if (t->failed)
		return false;
	t->bytes = bytes;
	t->size = size;
	return true;
}

void text_add(struct text *t, const char *bytes, size_t len)
{
	if (!make_room(t, len))
		return;
	memcpy(t->bytes + t->len, bytes, len);
	t->len += len;
}

void text_printf(struct text *t, const char *fmt, ...)
{
	va_list args;
	size_t len;

	va_start(args, fmt);
	len = (size_t)tenon_vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (!make_room(t, len + 1)) /* with the NUL that is then written over */
		return;
	va_start(args, fmt);
	tenon_vsnprintf(t->bytes + t->len, len + 1, fmt, args);
	va_end(args);
	t->len += len;
}

void text_add_escaped(struct text *t, const char *string)
{
	for (; *string; string++) {
		if (*string == ' ' || *string == '\t' || *string == '\n' || *string == '\\')
			text_printf(t, "\\%03o", (unsigned char)*string);
		else
			text_add(t, string, 1);
	}
}

void text_free(struct text *t)
{
	heap_free(t->bytes);
	*t = (struct text){ 0 };
}
