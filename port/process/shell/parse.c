/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Lines into commands, commands into words. */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/shell/shell.h"

static bool ends_command(char c)
{
	return !c || c == ';' || c == '\n';
}

/*
 * Copy one word to @to, without its quotes. Within single quotes everything stands for itself, within double quotes
 * all but a backslash before '"' or '\'. Return: the end of what was written, NULL if a quote is not closed.
 */
static char *take_word(const char **at, char *to)
{
	char quote = 0;

	for (const char *s = *at;; s++) {
		if (!quote && (ends_command(*s) || isspace((unsigned char)*s))) {
			*at = s;
			return to;
		}
		if (!*s)
			return NULL;
		if (*s == quote)
			quote = 0;
		else if (!quote && (*s == '"' || *s == '\''))
			quote = *s;
		else if (*s == '\\' && s[1] && (!quote || (quote == '"' && (s[1] == '"' || s[1] == '\\'))))
			*to++ = *++s;
		else
			*to++ = *s;
	}
}

/* Past blanks, and past empty commands and comments in front of one. */
static const char *skip_blank(const char *s, bool between_commands)
{
	for (;; s++) {
		if (*s == '#')
			while (s[1] && s[1] != '\n')
				s++;
		else if (!*s || !(isspace((unsigned char)*s) || *s == ';') || (!between_commands && ends_command(*s)))
			return s;
	}
}

int args_next(const char **at, struct args *out, const char **why)
{
	const char *s = skip_blank(*at, true);
	char *to;

	*out = (struct args){ 0 };
	if (!*s)
		return 0;
	/* Each word is no longer than its text, and has a NUL where that has a separator or the end. */
	to = out->storage = malloc(strlen(s) + 1);
	while (to && !ends_command(*s)) {
		if (out->cnt == ARGS_MAX) {
			*why = "too many words";
			goto wrong;
		}
		out->quoted[out->cnt] = *s == '"' || *s == '\'';
		out->word[out->cnt++] = to;
		to = take_word(&s, to);
		if (!to) {
			*why = "a quote is not closed";
			goto wrong;
		}
		*to++ = 0;
		s = skip_blank(s, false);
	}
	*at = s;
	if (out->storage)
		return 1;
	*why = "out of memory";
wrong:
	args_free(out);
	return -1;
}

void args_free(struct args *a)
{
	free(a->storage);
	a->storage = NULL;
}

char *args_params(const struct args *a, size_t first)
{
	size_t size = 1;
	char *text, *to;

	for (size_t i = first; i < a->cnt; i++)
		size += strlen(a->word[i]) + 3;
	text = to = malloc(size);
	if (!text)
		return NULL;
	for (size_t i = first; i < a->cnt; i++) {
		const char *word = a->word[i], *eq = strchr(word, '=');
		bool quote = eq && strpbrk(eq, " \t\n") && !strchr(eq, '"');

		if (i > first)
			*to++ = ' ';
		if (quote) {
			to = mempcpy(to, word, (size_t)(eq - word) + 1);
			*to++ = '"';
			word = eq + 1;
		}
		to = stpcpy(to, word);
		if (quote)
			*to++ = '"';
	}
	*to = 0;
	return text;
}
