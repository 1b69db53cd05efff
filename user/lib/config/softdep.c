/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <string.h>

#include "user/lib/config/config.h"

/* Other blanks too than those that separate the words of a line: the value may come from a module. */
#define BLANKS " \t\n\v\f\r"

enum part { NEITHER, PRE, POST };

static bool is(const char *word, size_t len, const char *text)
{
	return len == strlen(text) && !memcmp(word, text, len);
}

static char *append(char *to, const char *text, size_t len)
{
	return (char *)memcpy(to, text, len) + len;
}

/* Write the words of one part, after its marker if there are any. */
static char *write_part(const char *value, enum part wanted, const char *marker, bool first, char *to)
{
	enum part part = NEITHER;
	bool marked = false;
	size_t len;

	for (const char *w = value + strspn(value, BLANKS); *w; w += len + strspn(w + len, BLANKS)) {
		len = strcspn(w, BLANKS);
		if (is(w, len, "pre:")) {
			part = PRE;
		} else if (is(w, len, "post:")) {
			part = POST;
		} else if (part == wanted) {
			if (!marked)
				to = append(first ? to : append(to, " ", 1), marker, strlen(marker));
			to = append(append(to, " ", 1), w, len);
			marked = true;
		}
	}
	return to;
}

const char *softdep_normalise(struct arena *arena, const char *value)
{
	/* Words, markers and single blanks: never more than there was. */
	char *text = arena_bytes(arena, strlen(value) + 1), *end;

	if (!text)
		return NULL;
	end = write_part(value, PRE, "pre:", true, text);
	end = write_part(value, POST, "post:", end == text, end);
	*end = '\0';
	return text;
}
