/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The directives of modprobe.d(5). */
#include <errno.h>
#include <string.h>

#include "user/lib/config/config.h"
#include "user/lib/config/lines.h"

/* What stands behind the name. */
enum operand {
	NOTHING, /* further words are ignored */
	MODULE,
	TEXT,    /* all of the line */
	OPTIONS, /* ... in which tabs become blanks */
	SOFTDEP,
	WORDS,
	NAMES,   /* any number of names, and nothing else */
};

static const struct keyword {
	const char *word;
	enum tmod_directive directive;
	enum operand operand;
} keywords[] = {
	{ "blacklist", TMOD_BLACKLIST, NOTHING },
	{ "options", TMOD_OPTIONS, OPTIONS },
	{ "softdep", TMOD_SOFTDEP, SOFTDEP },
	{ "alias", TMOD_ALIAS, MODULE },
	{ "install", TMOD_INSTALL, TEXT },
	{ "remove", TMOD_REMOVE, TEXT },
	{ "weakdep", TMOD_WEAKDEP, WORDS },
	{ "forbid", TMOD_FORBID, NAMES },
	{ "allow", TMOD_ALLOW, NAMES },
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

/* What modules say of themselves: not its reader's to mend, and no place for commands. */
static bool written_by_depmod(const struct lines *l)
{
	const char *slash = strrchr(l->file, '/'), *name = slash ? slash + 1 : l->file;

	return !strcmp(name, "modules.softdep") || !strcmp(name, "modules.weakdep");
}

/* Return: 0 with the value, NULL if the line is bad, which is said; or -ENOMEM. */
static int read_operand(struct tmod_config *c, struct lines *l, enum operand operand, const char **value)
{
	char *at;

	*value = NULL;
	switch (operand) {
	case NOTHING:
	case NAMES:
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
			line_bad(l, NULL, "nothing stands behind the name of the module");
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
		if (!**value && !written_by_depmod(l))
			line_warn(l, at, "no module is named behind 'pre:' or 'post:', so the line changes nothing");
		return 0;
	}
	return 0;
}

/*
 * A name that no module can have is no reason to let a list of what is allowed end: it is told, and kept. One that cannot
 * be read at all counts as one that nothing has.
 */
static void add_names(struct tmod_config *c, struct lines *l, enum tmod_directive directive, char *name)
{
	for (; name; name = line_word(l)) {
		if (!normalise(l, name)) {
			if (directive != TMOD_ALLOW)
				continue;
			*name = '\0';
		} else if (name[strcspn(name, "./:\"'")]) {
			line_warn(l, name, "no module has such a name: neither paths nor aliases nor quotes stand here");
		}
		config_add(c, directive, name, "", l->file, l->number);
	}
}

static int read_line(struct tmod_config *c, struct lines *l)
{
	const struct keyword *k = find_keyword(l->first);
	const char *value;
	char *name;
	int err;

	if (!k) {
		line_bad(l, l->first, !strcmp(l->first, "include") || !strcmp(l->first, "config") ?
			 "files cannot name others to be read any more" : "there is no such directive");
		return 0;
	}
	if (written_by_depmod(l) && k->directive != TMOD_SOFTDEP && k->directive != TMOD_WEAKDEP) {
		line_bad(l, l->first, "depmod writes only softdep and weakdep here");
		return 0;
	}
	name = line_word(l);
	if (!name)
		line_bad(l, NULL, "the name of a module is missing");
	if (!name && k->directive == TMOD_ALLOW)
		config_add(c, TMOD_ALLOW, "", "", l->file, l->number);
	else if (!name)
		return 0;
	else if (k->operand == NAMES)
		add_names(c, l, k->directive, name);
	if (k->operand == NAMES || !normalise(l, name))
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
