/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <regex.h>
#include <string.h>

#include "user/lib/config/depmod_conf.h"
#include "user/lib/config/files.h"
#include "user/lib/config/lines.h"
#include "user/lib/config/text.h"
#include "user/lib/say.h"

enum { SEARCH, EXTERNAL, EXCLUDE };

/* What reading needs. */
struct reading {
	struct depmod_conf *conf;
	const char *release;
	const struct tmod_messages *messages;
	struct buf bytes;
};

static void add(struct buf *list, const char *word)
{
	buf_add(list, &word, sizeof(word));
}

/*
 * The C library writes a repetition out, 'x+' as 'xx*', so that a short expression could take all memory. How deep they
 * are nested is not looked at: no line needs so many. A reference back ('\1') may take all time there is.
 */
static bool is_modest(const char *pattern)
{
	unsigned long product = 1;

	for (const char *c = pattern; *c; c++) {
		if (*c == '+' && (product *= 2) > 1000)
			return false;
		if (*c == '\\' && c[1] >= '1' && c[1] <= '9')
			return false;
	}
	for (const char *brace = pattern; (brace = strchr(brace, '{')); brace++) {
		char *end;
		unsigned long least = strtoul(brace + 1, &end, 10);
		unsigned long most = *end == ',' ? strtoul(end + 1, NULL, 10) : 0;

		if (least > 1000 || most > 1000)
			return false;
		if (least > 1 || most > 1)
			product *= least > most ? least : most;
		if (product > 1000)
			return false;
	}
	return strlen(pattern) <= 256;
}

/* Does the line concern this kernel? '*': any; else an extended regular expression for a part of the release. */
static bool concerns(const struct lines *l, const char *release, const char *pattern)
{
	regex_t regex;
	bool match;

	if (!strcmp(pattern, "*"))
		return true;
	if (!is_modest(pattern) || regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB)) {
		line_bad(l, pattern, "neither '*' nor a regular expression for kernel versions");
		return false;
	}
	match = !regexec(&regex, release, 0, NULL, 0);
	regfree(&regex);
	return match;
}

static void read_override(struct reading *r, struct lines *l)
{
	const char *module = line_word(l), *kernels = line_word(l), *dir = line_word(l);
	struct depmod_override override = { module, dir };

	if (!dir)
		line_bad(l, NULL, "needs the names of a module, of kernel versions and of a directory");
	else if (concerns(l, r->release, kernels))
		buf_add(&r->conf->override_list, &override, sizeof(override));
}

static void read_external(struct reading *r, struct lines *l)
{
	const char *kernels = line_word(l), *word = line_word(l);

	if (!word)
		line_bad(l, NULL, "needs the names of kernel versions and of a directory");
	else if (concerns(l, r->release, kernels))
		for (; word; word = line_word(l))
			add(&r->conf->lists[EXTERNAL], word);
}

static void read_words(struct lines *l, struct buf *list)
{
	const char *word = line_word(l);

	if (!word)
		line_warn(l, NULL, "the line names no directory, so it has no effect");
	for (; word; word = line_word(l))
		add(list, word);
}

static void read_line(struct reading *r, struct lines *l)
{
	if (!strcmp(l->first, "search"))
		read_words(l, &r->conf->lists[SEARCH]);
	else if (!strcmp(l->first, "exclude"))
		read_words(l, &r->conf->lists[EXCLUDE]);
	else if (!strcmp(l->first, "override"))
		read_override(r, l);
	else if (!strcmp(l->first, "external"))
		read_external(r, l);
	else if (!strcmp(l->first, "include") || !strcmp(l->first, "make_map_files"))
		line_warn(l, l->first, "a directive of former times, which is ignored");
	else
		line_bad(l, l->first, "there is no such directive");
}

static int read_conf(void *data, const struct conf_file *file)
{
	struct reading *r = data;
	struct lines l;
	struct stat st;
	int err = text_read(file->path, file->in_directory, &st, &r->bytes);

	if (err && err != -ENOMEM)
		say(r->messages, TMOD_ERROR, "%s: %s; it is not read", file->path, strerror(-err));
	if (err)
		return err == -ENOMEM ? err : 0;
	err = lines_open(&l, &r->conf->arena, file->path, r->bytes.data, r->bytes.len, r->messages);
	while (!err && lines_next(&l))
		read_line(r, &l);
	return err;
}

static const char *const *list(struct buf *words)
{
	add(words, NULL);
	return (const char *const *)(void *)words->data;
}

int depmod_conf_open(struct depmod_conf *c, const char *const *paths, const char *release,
		     const struct tmod_messages *messages)
{
	struct reading r = { .conf = c, .release = release, .messages = messages };
	struct stamps stamps = { 0 };
	struct conf_files files = { .arena = &c->arena, .stamps = &stamps, .messages = messages };
	int err;

	*c = (struct depmod_conf){ 0 };
	for (; paths && *paths; paths++)
		conf_files_add(&files, *paths, false);
	if (!paths)
		conf_files_add_usual(&files, "depmod.d");
	if (files.unread)
		say(messages, TMOD_ERROR, "%s: %s", files.unread, strerror(-files.unread_err));
	err = conf_files_each(&files, read_conf, &r);
	buf_free(&r.bytes);
	buf_free(&stamps.all);
	if (!c->lists[SEARCH].len) {
		add(&c->lists[SEARCH], "updates");
		add(&c->lists[SEARCH], "built-in");
	}
	c->search = list(&c->lists[SEARCH]);
	c->external = list(&c->lists[EXTERNAL]);
	c->exclude = list(&c->lists[EXCLUDE]);
	c->overrides = (const struct depmod_override *)(void *)c->override_list.data;
	c->override_cnt = c->override_list.len / sizeof(*c->overrides);
	for (int i = 0; i < 3; i++)
		if (c->lists[i].failed)
			err = -ENOMEM;
	if (c->override_list.failed)
		err = -ENOMEM;
	if (err)
		depmod_conf_close(c);
	return err;
}

void depmod_conf_close(struct depmod_conf *c)
{
	for (int i = 0; i < 3; i++)
		buf_free(&c->lists[i]);
	buf_free(&c->override_list);
	arena_close(&c->arena);
}
