/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a line of modprobe.d says of itself: words that do not count, comments that are none. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>

#include "user/lib/lint/lint.h"

/* What follows the name, as far as comments and further words are concerned. */
enum rest {
	NAME_ONLY,    /* further words are ignored */
	NAME_NAME,    /* so are they after the second */
	VALUES,       /* parameters */
	ALL_WORDS,    /* each is a name */
	COMMAND,      /* the shell's, which knows comments */
	WITH_COMMENT, /* a comment may stand here */
};

static const struct keyword {
	const char *word;
	enum rest rest;
} keywords[] = {
	{ "blacklist", NAME_ONLY }, { "alias", NAME_NAME },       { "options", VALUES },
	{ "softdep", ALL_WORDS },   { "weakdep", ALL_WORDS },     { "install", COMMAND },
	{ "remove", COMMAND },      { "forbid", WITH_COMMENT },   { "allow", WITH_COMMENT },
	{ "prefer", WITH_COMMENT }, { "fallback", WITH_COMMENT }, { "override", WITH_COMMENT },
	{ "search", WITH_COMMENT }, { "external", WITH_COMMENT }, { "exclude", WITH_COMMENT },
};

static const struct keyword *find_keyword(const char *word, size_t len)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (strlen(keywords[i].word) == len && !memcmp(keywords[i].word, word, len))
			return &keywords[i];
	return NULL;
}

bool lint_is_keyword(const char *word, size_t len)
{
	return find_keyword(word, len);
}

/* A line as it stands in the file, without the end of line. */
struct line {
	struct lint *lint;
	uint32_t file, number;
	const char *bytes; /* of the file */
	const char *start, *end;
};

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && (*p == ' ' || *p == '\t'))
		p++;
	return p;
}

static const char *skip_word(const char *p, const char *end)
{
	while (p < end && *p != ' ' && *p != '\t')
		p++;
	return p;
}

static uint32_t column(const struct line *n, const char *at)
{
	return (uint32_t)(at - n->start) + 1;
}

/* The comment from @at on: it gets a line of its own before this one. */
static void move_comment(const struct line *n, uint32_t finding, const char *at)
{
	const char *end = at, *indent = skip_blanks(n->start, n->end);
	char text[1024];
	int len =
	    snprintf(text, sizeof(text), "%.*s%.*s\n", (int)(indent - n->start), n->start, (int)(n->end - at), at);

	while (end > n->start && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	if (len < 0 || (size_t)len >= sizeof(text) || memchr(n->start, '\\', (size_t)(n->end - n->start)))
		return;
	lint_edit(n->lint, finding, (size_t)(n->start - n->bytes), 0, text, (size_t)len);
	lint_edit(n->lint, finding, (size_t)(end - n->bytes), (size_t)(n->end - end), "", 0);
}

static void add_comment(const struct line *n, const char *at, const char *what)
{
	uint32_t finding = lint_add(n->lint, RULE_COMMENT, TMOD_WARNING, n->file, n->number, column(n, at),
				    "'%.*s' is no comment here: %s", (int)(n->end - at), at, what);

	move_comment(n, finding, at);
}

/* Is what stands between '=' and '#' a number or a word for yes or no, which no '#' can go on? */
static bool is_whole(const char *value, const char *end)
{
	const char *p = value;

	if (end - value == 1 && strchr("yYnN", *value))
		return true;
	while (p < end && (isxdigit((unsigned char)*p) || *p == 'x' || *p == '-'))
		p++;
	return p == end && p > value;
}

/* A '#' that begins a word or follows a number, outside of quotes. */
char *lint_comment(const char *parameters, const char *end)
{
	const char *value = NULL, *word = parameters;
	bool quoted = false;

	for (const char *p = parameters; p < end; p++) {
		if (*p == '"') {
			quoted = !quoted;
		} else if (!quoted && (*p == ' ' || *p == '\t')) {
			word = p + 1;
			value = NULL;
		} else if (*p == '=' && !value) {
			value = p + 1;
		} else if (*p == '#' && !quoted && (p == word || (value && is_whole(value, p)))) {
			return (char *)(uintptr_t)p;
		}
	}
	return NULL;
}

/* Names: no module's has a '#'. */
static void look_at_names(const struct line *n, const char *p, bool glued)
{
	for (const char *word = skip_blanks(p, n->end), *end; word < n->end; word = skip_blanks(end, n->end)) {
		const char *mark;

		end = skip_word(word, n->end);
		mark = memchr(word, '#', (size_t)(end - word));
		if (mark && (mark > word || !glued)) {
			add_comment(n, mark,
				    mark == word ? "each word is taken for the name of a module" :
						   "it is taken for a part of the name");
			return;
		}
		if (mark)
			return;
	}
}

static bool is_name(const char *word, const char *end)
{
	for (; word < end; word++)
		if (!isalnum((unsigned char)*word) && *word != '_' && *word != '-')
			return false;
	return true;
}

/* Words after the last that counts. Those of `blacklist` that are names get lines of their own. */
static void look_at_extra(const struct line *n, const struct keyword *k, const char *p)
{
	const char *extra = skip_blanks(p, n->end), *end = skip_word(extra, n->end);
	bool names = k->rest == NAME_ONLY && !memchr(n->start, '\\', (size_t)(n->end - n->start));
	uint32_t finding;

	if (extra == n->end || *extra == '#')
		return;
	finding = lint_add(n->lint, RULE_EXTRA_WORDS, TMOD_WARNING, n->file, n->number, column(n, extra),
			   "'%.*s' is ignored: '%s' takes %s", (int)(n->end - extra), extra, k->word,
			   k->rest == NAME_ONLY ? "one name" : "a pattern and one name");
	for (const char *w = extra; names && w < n->end && *w != '#'; w = skip_blanks(skip_word(w, n->end), n->end))
		names = is_name(w, skip_word(w, n->end));
	for (; names && extra < n->end && *extra != '#'; extra = skip_blanks(end, n->end)) {
		lint_edit(n->lint, finding, (size_t)(p - n->bytes), (size_t)(extra - p), "\nblacklist ", 11);
		p = end = skip_word(extra, n->end);
	}
}

static void look(const struct line *n, const char *first)
{
	const char *end = skip_word(first, n->end), *name = skip_blanks(end, n->end), *behind = skip_word(name, n->end);
	const struct keyword *k = find_keyword(first, (size_t)(end - first));
	const char *mark;

	if (!k || name == n->end)
		return;
	switch (k->rest) {
	case NAME_ONLY:
		look_at_names(n, end, true);
		look_at_extra(n, k, behind);
		return;
	case NAME_NAME:
		look_at_names(n, behind, true);
		look_at_extra(n, k, skip_word(skip_blanks(behind, n->end), n->end));
		return;
	case VALUES:
		mark = lint_comment(behind, n->end);
		if (mark)
			add_comment(n, mark, "the kernel gets it with the parameters");
		return;
	case ALL_WORDS:
		look_at_names(n, behind, false);
		return;
	case COMMAND:
	case WITH_COMMENT:
		return;
	}
}

/* A comment goes on after a '\': does the next line look as if it were to count? */
static void look_at_comment(const struct line *n)
{
	const char *join = n->start, *next = NULL, *end;
	uint32_t finding, number = n->number;

	while (!next && (join = memchr(join, '\n', (size_t)(n->end - join)))) {
		const char *word = skip_blanks(join + 1, n->end);

		number++;
		end = word + strcspn(word, " \t\n\\");
		if (end < n->end && (*end == ' ' || *end == '\t') && lint_is_keyword(word, (size_t)(end - word)))
			next = word;
		else
			join++;
	}
	if (!next)
		return;
	finding = lint_add(n->lint, RULE_JOINED_COMMENT, TMOD_WARNING, n->file, number, 0,
			   "the line is part of the comment before it, which ends in a backslash");
	end = join;
	while (end > n->start && (end[-1] == '\\' || end[-1] == '\r'))
		end--;
	lint_edit(n->lint, finding, (size_t)(end - n->bytes), (size_t)(join - end), "", 0);
}

/* Bytes up to the end of a line, however many '\' join. @number: counts them. */
static const char *line_end(const char *p, const char *end, uint32_t *number)
{
	for (; p < end && *p != '\n'; p++) {
		if (*p != '\\' || p + 1 == end)
			continue;
		if (p[1] == '\n' || (p[1] == '\r' && p + 2 < end && p[2] == '\n'))
			(*number)++;
		p += p[1] == '\r' && p + 2 < end && p[2] == '\n' ? 2 : 1;
	}
	return p;
}

int lint_modprobe_lines(struct lint *l, uint32_t file, const char *bytes, size_t size)
{
	const char *end = bytes + size, *p = bytes;
	struct line n = { .lint = l, .file = file, .bytes = bytes };
	uint32_t number = 1;

	for (; p < end; p = n.end + 1, number++) {
		const char *first = skip_blanks(p, end), *eol;

		n.start = p;
		n.number = number;
		eol = line_end(p, end, &number);
		n.end = eol;
		if (first == eol)
			continue;
		if (*first == '#')
			look_at_comment(&n);
		n.end = eol > p && eol[-1] == '\r' ? eol - 1 : eol;
		/* A joined line is left to the reader of the configuration. */
		if (*first != '#' && number == n.number)
			look(&n, first);
		n.end = eol;
	}
	return l->failed ? -ENOMEM : 0;
}
