/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <string.h>

#include "user/lib/config/lines.h"

int lines_open(struct lines *l, struct arena *arena, const char *file, const char *bytes, size_t size,
	       const struct tmod_messages *messages)
{
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

/* Take one line, however many '\' join. */
static void take(struct lines *l)
{
	const char *p = l->next;
	char *to = l->out;

	l->number = l->next_number;
	l->raw = p;
	l->text = to;
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
}

char *line_word(struct lines *l)
{
	char *word = l->rest + strspn(l->rest, " \t");
	size_t len = strcspn(word, " \t");

	if (!len)
		return NULL;
	l->rest = word + len;
	if (*l->rest)
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
		if (l->text + len < l->out - 1)
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

/* The first word as far as a message should have it. */
static const char *shown(const char *word, char *out, size_t size)
{
	size_t i;

	for (i = 0; word[i] && i + 1 < size; i++)
		out[i] = (unsigned char)word[i] < ' ' || word[i] == 0x7f ? '?' : word[i];
	out[i] = '\0';
	return out;
}

void line_bad(const struct lines *l, const char *at, const char *why)
{
	uint32_t line, column;
	char start[64];

	locate(l, at ? at : l->out - 1, &line, &column);
	say(l->messages, TMOD_ERROR, "%s:%u:%u: ignoring bad line starting with '%s': %s", l->file, line, column,
	    shown(l->first, start, sizeof(start)), why);
}

void line_warn(const struct lines *l, const char *at, const char *what)
{
	uint32_t line, column;

	locate(l, at ? at : l->out - 1, &line, &column);
	say(l->messages, TMOD_WARNING, "%s:%u:%u: %s", l->file, line, column, what);
}
