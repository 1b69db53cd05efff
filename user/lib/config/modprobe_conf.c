/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The directives of modprobe.d(5). */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "user/lib/config/config.h"
#include "user/lib/config/lines.h"

/* What stands after the name. */
enum operand {
	NOTHING, /* further words are ignored */
	MODULE,
	TEXT,    /* all of the line */
	OPTIONS, /* ... in which tabs become blanks */
	SOFTDEP,
	WORDS,
	SWITCH, /* nothing; nor is there a name */
	NAMES,  /* any number of names, and nothing else but a comment */
	OVER,   /* the same, where "over" is the second */
};

static const struct keyword {
	const char *word;
	enum tmod_directive directive;
	enum operand operand;
} keywords[] = {
	{ "blacklist", TMOD_BLACKLIST, NOTHING }, { "options", TMOD_OPTIONS, OPTIONS },
	{ "softdep", TMOD_SOFTDEP, SOFTDEP },     { "alias", TMOD_ALIAS, MODULE },
	{ "install", TMOD_INSTALL, TEXT },        { "remove", TMOD_REMOVE, TEXT },
	{ "weakdep", TMOD_WEAKDEP, WORDS },       { "forbid", TMOD_FORBID, NAMES },
	{ "allow", TMOD_ALLOW, NAMES },           { "prefer", TMOD_PREFER, OVER },
	{ "fallback", TMOD_FALLBACK, NAMES },     { "trusted_commands", TMOD_DIRECTIVE_CNT, SWITCH },
};

static const struct keyword *find_keyword(const char *word)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (!strcmp(keywords[i].word, word))
			return &keywords[i];
	return NULL;
}

/* Write a name as indexes have it, in place. */
static bool normalise(const struct lines *l, char *name)
{
	if (tmod_alias_name(name, name, strlen(name) + 1))
		return true;
	line_bad(l, name, "brackets that do not match");
	return false;
}

/* The words of a line with single blanks between them, in place. */
static const char *join_words(struct lines *l, char *first)
{
	char *end = first + strlen(first), *word;

	while ((word = line_word(l))) {
		size_t len = strlen(word);

		*end++ = ' ';
		memmove(end, word, len);
		end += len;
		*end = '\0';
	}
	return first;
}

/* Return: 0 with the value, NULL if the line is bad, which is said; or -ENOMEM. */
static int read_operand(struct tmod_config *c, struct lines *l, enum operand operand, const char **value)
{
	char *at;

	*value = NULL;
	switch (operand) {
	case NOTHING:
	case NAMES: /* these three never get here */
	case OVER:
	case SWITCH:
		*value = "";
		return 0;
	case MODULE:
		at = line_word(l);
		if (!at)
			line_bad(l, NULL, "the name of a module is missing");
		else if (normalise(l, at))
			*value = at;
		return 0;
	case TEXT:
	case OPTIONS:
		at = line_rest(l);
		*value = at && operand == OPTIONS ? options_normalise(at) : at;
		if (!*value)
			line_bad(l, NULL, "nothing follows the name of the module");
		return 0;
	case WORDS:
		at = line_word(l);
		if (at)
			*value = join_words(l, at);
		else
			line_bad(l, NULL, "the names of modules are missing");
		return 0;
	case SOFTDEP:
		at = line_rest(l);
		if (!at) {
			line_bad(l, NULL, "'pre:' or 'post:' and the names of modules are missing");
			return 0;
		}
		*value = softdep_normalise(&c->arena, at);
		if (!*value)
			return -ENOMEM;
		if (!**value && !config_of_tree(l->file))
			line_warn(l, at, "no module is named after 'pre:' or 'post:', so the line has no effect");
		return 0;
	}
	return 0;
}

/*
 * A line of policy that is not understood whole stops what it could have been about. Which of two modules comes first
 * stops none.
 */
static int refuse(struct tmod_config *c, const struct lines *l, enum tmod_directive directive, const char *at,
		  const char *why)
{
	uint32_t line, column;
	char start[64], text[512];
	const char *reason;

	if (directive == TMOD_PREFER || directive == TMOD_FALLBACK) {
		line_bad(l, at, why);
		return 0;
	}
	line_place(l, at, &line, &column);
	snprintf(text, sizeof(text), "not understood as policy, column %u: %s", column, why);
	reason = arena_copy(&c->arena, text, strlen(text));
	say(l->messages, TMOD_ERROR, "%s:%u:%u: bad line starting with '%s': %s; until it is mended %s", l->file, line,
	    column, line_start(l, start, sizeof(start)), why,
	    directive == TMOD_FORBID ? "no module is loaded" : "only modules that other allow lines name are loaded");
	if (!reason)
		return -ENOMEM;
	config_add(c, directive, directive == TMOD_FORBID ? "*" : "", reason, l->file, line);
	return 0;
}

/* Why a word cannot be the name of a module, or a pattern of names; or NULL. Makes '-' to '_'. */
static const char *check_name(char *name)
{
	if (strchr(name, ','))
		return "names are separated by blanks, not by commas";
	if (name[strcspn(name, "./:\"'")])
		return "no module has such a name: neither paths nor aliases nor quotes stand here";
	return tmod_alias_name(name, name, strlen(name) + 1) ? NULL : "brackets that do not match";
}

/* The next name of a line that line_word() has cut to words: they stay where they were. */
static char *next_name(char *name)
{
	name += strlen(name) + 1;
	return name + strspn(name, " \t");
}

/* "A over B C", cut to words, of which @last is the last: a line for each of B and C. */
static int add_preferences(struct tmod_config *c, struct lines *l, char *first, const char *last)
{
	char *over = first < last ? next_name(first) : NULL;

	if (!over || over >= last || strcmp(over, "over"))
		return refuse(c, l, TMOD_PREFER, over, "the line must be 'prefer MODULE over MODULE ...'");
	for (char *other = over; other < last;) {
		other = next_name(other);
		if (!strcmp(first, other))
			return refuse(c, l, TMOD_PREFER, other, "a module cannot be preferred to itself");
	}
	for (char *other = next_name(over);; other = next_name(other)) {
		char *value = arena_bytes(&c->arena, strlen(other) + sizeof("over "));

		if (!value)
			return -ENOMEM;
		strcpy(stpcpy(value, "over "), other);
		config_add(c, TMOD_PREFER, first, value, l->file, l->number);
		if (other == last)
			return 0;
	}
}

/*
 * The names of a line of policy, up to a '#'. All are looked at before one counts: half a line would mean something
 * else than the whole.
 */
static int read_names(struct tmod_config *c, struct lines *l, enum tmod_directive directive)
{
	char *comment = strchr(l->rest, '#'), *first = NULL, *last = NULL, *name;
	const char *why;

	if (l->cut)
		return refuse(c, l, directive, l->rest + strlen(l->rest), "a NUL byte");
	if (comment)
		*comment = '\0';
	while ((name = line_word(l))) {
		why = check_name(name);
		if (why)
			return refuse(c, l, directive, name, why);
		first = first ? first : name;
		last = name;
	}
	if (!first)
		return refuse(c, l, directive, NULL, "the name of a module is missing");
	if (directive == TMOD_PREFER)
		return add_preferences(c, l, first, last);
	for (name = first; name <= last; name = next_name(name))
		config_add(c, directive, name, "", l->file, l->number);
	return 0;
}

/* The policy that a word was meant for which is none: "Forbid", "forbids", "allow:". */
static enum tmod_directive meant_policy(const char *word)
{
	if (!strncasecmp(word, "forbid", 6))
		return TMOD_FORBID;
	return !strncasecmp(word, "allow", 5) ? TMOD_ALLOW : TMOD_DIRECTIVE_CNT;
}

static int read_line(struct tmod_config *c, struct lines *l)
{
	const struct keyword *k = find_keyword(l->first);
	const char *value;
	char *name;
	int err;

	if (!k && meant_policy(l->first) != TMOD_DIRECTIVE_CNT)
		return refuse(c, l, meant_policy(l->first), l->first, "there is no such directive");
	if (!k) {
		line_bad(l, l->first,
			 !strcmp(l->first, "include") || !strcmp(l->first, "config") ?
			     "files cannot name others to be read any more" :
			     "there is no such directive");
		return 0;
	}
	if (config_of_tree(l->file) && k->directive != TMOD_SOFTDEP && k->directive != TMOD_WEAKDEP) {
		line_bad(l, l->first, "depmod writes only softdep and weakdep here");
		return 0;
	}
	if (k->operand == SWITCH) {
		c->trusted_commands = true;
		return 0;
	}
	if (k->operand == NAMES || k->operand == OVER)
		return read_names(c, l, k->directive);
	name = line_word(l);
	if (!name)
		line_bad(l, NULL, "the name of a module is missing");
	if (!name || !normalise(l, name))
		return 0;
	err = read_operand(c, l, k->operand, &value);
	if (!err && value)
		config_add(c, k->directive, name, value, l->file, l->number);
	return err;
}

int modprobe_conf_read(struct tmod_config *c, const char *file, const char *bytes, size_t size,
		       const struct tmod_messages *messages)
{
	struct lines l;
	int err = lines_open(&l, &c->arena, file, bytes, size, messages);

	while (!err && lines_next(&l))
		err = read_line(c, &l);
	return err;
}
