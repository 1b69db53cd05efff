/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "user/lib/config/lines.h"

int lines_open(struct lines *l, struct arena *arena, const char *file, const char *bytes, size_t size,
	       const struct tmod_messages *messages)
{
	/* A byte-order mark, with which editors of other systems begin a file, is no part of its first line. */
	if (size >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3)) {
		bytes += 3;
		size -= 3;
	}
	/* No line's text is longer than the line, and the last may be without the character that its NUL replaces. */
	*l = (struct lines){ .file = file, .messages = messages, .next = bytes, .end = bytes + size };
	l->next_number = 1;
	l->out = arena_bytes(arena, size + 1);
	return l->out ? 0 : -ENOMEM;
}

/* The bytes of the line's end that a '\' at @p takes away, itself among them; 0: it takes away no line's end. */
static size_t joint(const char *p, const char *end)
{
	size_t left = (size_t)(end - p);

	if (left >= 2 && p[0] == '\\' && p[1] == '\n')
		return 2;
	return left >= 3 && p[0] == '\\' && p[1] == '\r' && p[2] == '\n' ? 3 : 0;
}

/* The end of what comes before the first '\' of a line, or before the line's end. */
static const char *plain_end(const char *p, const char *end)
{
	const char *newline = memchr(p, '\n', (size_t)(end - p)), *backslash;

	end = newline ?: end;
	backslash = memchr(p, '\\', (size_t)(end - p));
	return backslash ?: end;
}

/* Take one line, however many '\' join. */
static void take(struct lines *l)
{
	const char *p = plain_end(l->next, l->end);
	char *to = l->out;

	l->number = l->next_number;
	l->raw = l->next;
	l->text = to;
	memcpy(to, l->raw, (size_t)(p - l->raw));
	to += p - l->raw;
	while (p < l->end && *p != '\n') {
		size_t n = joint(p, l->end);

		p += n;
		if (n)
			l->next_number++;
		else if (*p != '\\' || ++p < l->end)
			*to++ = *p++;
	}
	l->next_number++;
	l->next = p < l->end ? p + 1 : p;
	/* Of a file with the line ends of other systems. */
	if (to > l->text && to[-1] == '\r')
		to--;
	*to = '\0';
	l->out = to + 1;
	l->rest = l->text;
	l->cut = memchr(l->text, '\0', (size_t)(to - l->text));
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

char *line_word(struct lines *l)
{
	char *word = l->rest, *end;

	while (is_blank(*word))
		word++;
	for (end = word; *end && !is_blank(*end);)
		end++;
	if (end == word)
		return NULL;
	l->rest = end;
	if (*end)
		*l->rest++ = '\0';
	return word;
}

char *line_rest(struct lines *l)
{
	return *l->rest ? l->rest : NULL;
}

bool lines_next(struct lines *l)
{
	while (l->next < l->end) {
		size_t len;

		take(l);
		len = strlen(l->text);
		l->first = line_word(l);
		if (l->first && *l->first == '#')
			continue;
		if (l->cut)
			line_warn(l, l->text + len, "a NUL byte; what follows it in the line is ignored");
		if (l->first)
			return true;
	}
	return false;
}

/* Where in the file the character of the text at @at stands: follow the '\' once more. */
static void locate(const struct lines *l, const char *at, uint32_t *line, uint32_t *column)
{
	const char *p = l->raw, *start = p;

	*line = l->number;
	for (size_t n = (size_t)(at - l->text);; p++) {
		for (size_t joined; (joined = joint(p, l->end)); (*line)++)
			start = p += joined;
		if (!n--)
			break;
		if (*p == '\\')
			p++;
	}
	*column = (uint32_t)(p - start) + 1;
}

void line_place(const struct lines *l, const char *at, uint32_t *line, uint32_t *column)
{
	locate(l, at ? at : l->out - 1, line, column);
}

const char *line_start(const struct lines *l, char *text, size_t size)
{
	snprintf(text, size, "%s", l->first);
	return tmod_printable(text);
}

void line_bad(const struct lines *l, const char *at, const char *why)
{
	uint32_t line, column;
	char start[64];

	line_place(l, at, &line, &column);
	say(l->messages, TMOD_ERROR, "%s:%u:%u: ignoring bad line starting with '%s': %s", l->file, line, column,
	    line_start(l, start, sizeof(start)), why);
}

void line_warn(const struct lines *l, const char *at, const char *what)
{
	uint32_t line, column;

	line_place(l, at, &line, &column);
	say(l->messages, TMOD_WARNING, "%s:%u:%u: %s", l->file, line, column, what);
}
