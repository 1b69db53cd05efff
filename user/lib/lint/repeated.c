/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Lines that say again what another says, or that another keeps from counting. */
#include <stdio.h>

#include "user/lib/lint/lint.h"

/* What has been seen: keys, and the entry of each that counts so far. */
struct seen {
	struct names keys;
	struct buf entries; /* const struct tmod_entry * of each */
	struct buf key;     /* the one at hand */
};

/* Return: where the entry of the key is that came before; the key is new if that is @entry itself. NULL: no memory. */
static const struct tmod_entry **see(struct seen *s, const struct tmod_entry *entry)
{
	uint32_t cnt = s->keys.cnt, number;

	buf_char(&s->key, '\0');
	number = s->key.failed ? NAME_NONE : names_add(&s->keys, s->key.data);
	s->key.len = 0;
	if (number == cnt)
		buf_add(&s->entries, &entry, sizeof(entry));
	if (number == NAME_NONE || s->entries.failed)
		return NULL;
	return (const struct tmod_entry **)(void *)s->entries.data + number;
}

static void add_duplicate(struct lint *l, const struct tmod_entry *e, const struct tmod_entry *first)
{
	lint_entry(l, RULE_DUPLICATE, TMOD_NOTICE, e, "%s:%u says the same", first->file, first->line);
}

/* Lines with one name: that they are repeated has no effect. @values: so have lines with the same value only. */
static void look_at_same(struct lint *l, struct seen *s, enum tmod_directive directive, bool values)
{
	for (const struct tmod_entry *e = NULL, **first; (e = tmod_config_next(l->config, directive, e));) {
		if (*e->value && !values)
			continue; /* policy that is not understood */
		buf_char(&s->key, (char)('a' + directive));
		buf_text(&s->key, e->name);
		buf_char(&s->key, ' ');
		buf_text(&s->key, values ? e->value : "");
		first = see(s, e);
		if (first && *first != e)
			add_duplicate(l, e, *first);
	}
}

/* The first command for a name is run. */
static void look_at_commands(struct lint *l, struct seen *s, enum tmod_directive directive)
{
	for (const struct tmod_entry *e = NULL, **first; (e = tmod_config_next(l->config, directive, e));) {
		buf_char(&s->key, (char)('a' + directive));
		buf_text(&s->key, e->name);
		first = see(s, e);
		if (!first || *first == e)
			continue;
		if (!strcmp((*first)->value, e->value))
			add_duplicate(l, e, *first);
		else
			lint_entry(l, RULE_NEVER_COUNTS, TMOD_WARNING, e,
				   "the command is never run: that of %s:%u, which comes first, is", (*first)->file,
				   (*first)->line);
	}
}

/* The end of a parameter: blanks in quotes belong to it. */
static const char *parameter_end(const char *p)
{
	for (bool quoted = false; *p && (quoted || *p != ' '); p++)
		quoted ^= *p == '"';
	return p;
}

/* Does a line say @text, which is a parameter with its value? */
static bool says(const struct tmod_entry *e, const char *text, size_t len)
{
	for (const char *p = e->value, *end; *(p += strspn(p, " ")); p = end) {
		end = parameter_end(p);
		if ((size_t)(end - p) == len && !memcmp(p, text, len))
			return true;
	}
	return false;
}

/* The last value of a parameter counts. That a file with a later name sets another one is what such files are for. */
static void look_at_options(struct lint *l, struct seen *s, const struct tmod_entry *e)
{
	for (const char *p = e->value, *end; *(p += strspn(p, " ")); p = end) {
		const struct tmod_entry **last;

		end = parameter_end(p);
		buf_char(&s->key, (char)('a' + TMOD_OPTIONS));
		buf_text(&s->key, e->name);
		buf_char(&s->key, ' ');
		buf_add(&s->key, p, strcspn(p, "= "));
		last = see(s, e);
		if (!last || *last == e || *p == '#')
			continue;
		if (says(*last, p, (size_t)(end - p)))
			add_duplicate(l, e, *last);
		else
			lint_entry(l, RULE_NEVER_COUNTS, !strcmp((*last)->file, e->file) ? TMOD_WARNING : TMOD_NOTICE,
				   *last,
				   "what it says of the parameter %.*s does not count: %s:%u says something else and "
				   "comes last",
				   (int)strcspn(p, "= "), p, e->file, e->line);
		*last = e;
	}
}

void lint_repeated(struct lint *l)
{
	struct seen s = { 0 };

	look_at_same(l, &s, TMOD_BLACKLIST, false);
	look_at_same(l, &s, TMOD_FORBID, false);
	look_at_same(l, &s, TMOD_ALLOW, false);
	look_at_same(l, &s, TMOD_FALLBACK, false);
	look_at_same(l, &s, TMOD_PREFER, true);
	look_at_same(l, &s, TMOD_ALIAS, true);
	look_at_same(l, &s, TMOD_SOFTDEP, true);
	look_at_commands(l, &s, TMOD_INSTALL);
	look_at_commands(l, &s, TMOD_REMOVE);
	for (const struct tmod_entry *e = NULL; (e = tmod_config_next(l->config, TMOD_OPTIONS, e));)
		look_at_options(l, &s, e);
	l->failed |= s.keys.text.failed || s.entries.failed || s.key.failed;
	names_free(&s.keys);
	buf_free(&s.entries);
	buf_free(&s.key);
}
