/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The configuration as a whole: which files are read, and finding what they say. */
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "user/lib/config/config.h"
#include "user/lib/config/files.h"
#include "user/lib/config/text.h"
#include "user/lib/say.h"

/* FNV-1a. */
static uint32_t hash_name(const char *name)
{
	uint32_t hash = 2166136261u;

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash;
}

void config_add(struct tmod_config *c, enum tmod_directive directive, const char *name, const char *value,
		const char *file, uint32_t line)
{
	/*
	 * As kmod: a '*' in the name of a module that is to be blacklisted or to get options is a character as others.
	 */
	bool exact = directive == TMOD_BLACKLIST || directive == TMOD_OPTIONS || !name[strcspn(name, "*?[\\")];
	struct config_entry e = {
		.public = { directive, name, value, file, line },
		.hash = exact ? hash_name(name) : 0,
		.pattern = !exact,
		.untrusted = c->untrusted,
	};

	buf_add(&c->entries, &e, sizeof(e));
}

bool config_of_tree(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	return !strcmp(name, "modules.softdep") || !strcmp(name, "modules.weakdep");
}

char *options_normalise(char *value)
{
	for (char *tab = value; (tab = strchr(tab, '\t')); tab++)
		*tab = ' ';
	return value;
}

static struct config_entry *entries(const struct tmod_config *c)
{
	return (struct config_entry *)(void *)c->entries.data;
}

/* Entries of one directive side by side, in the order in which they came. */
static int sort_by_directive(struct tmod_config *c)
{
	size_t cnt = c->entries.len / sizeof(struct config_entry);
	struct config_entry *from = entries(c), *to = malloc(cnt ? c->entries.len : 1);
	uint32_t at[TMOD_DIRECTIVE_CNT];

	if (!to || c->entries.failed) {
		free(to);
		return -ENOMEM;
	}
	for (size_t i = 0; i < cnt; i++)
		c->first[from[i].public.directive + 1]++;
	for (int d = 0; d < TMOD_DIRECTIVE_CNT; d++) {
		at[d] = c->first[d];
		c->first[d + 1] += c->first[d];
	}
	for (size_t i = 0; i < cnt; i++)
		to[at[from[i].public.directive]++] = from[i];
	free(from);
	c->entries.data = (char *)to;
	return 0;
}

/* What reading a file needs. */
struct reading {
	struct tmod_config *config;
	const struct tmod_messages *messages;
	struct buf bytes;
};

/* What cannot be read may forbid any module, but for what depmod writes. @path: in the arena */
static void unread(struct reading *r, const char *path, int err)
{
	bool policy = !config_of_tree(path);

	say(r->messages, TMOD_ERROR, "%s: %s; %s", path, strerror(-err),
	    policy ? "it may hold policy, so no module is loaded" : "it is not read");
	if (policy)
		config_add(r->config, TMOD_FORBID, "*", "it may hold policy, and cannot be read", path, 0);
}

/*
 * By somebody else than root and who reads it: commands of such a file are theirs. A device such as /dev/null has none.
 */
static bool can_be_changed(const struct stat *st)
{
	return S_ISREG(st->st_mode) && (st->st_mode & S_IWOTH || (st->st_uid && st->st_uid != geteuid()));
}

/*
 * Warn of commands in files that others can write or, if that is asked for, let them stop what they would be run for:
 * an `install` becomes a `forbid`, a `remove` goes.
 */
static void judge_commands(struct tmod_config *c, const struct tmod_messages *messages)
{
	struct config_entry *all = entries(c), *to = all;
	const char *told = NULL;

	for (const struct config_entry *e = all; e && e < all + c->entries.len / sizeof(*e); e++) {
		bool command = e->public.directive == TMOD_INSTALL || e->public.directive == TMOD_REMOVE;

		if (command && e->untrusted && told != e->public.file) {
			told = e->public.file;
			say(messages, TMOD_WARNING,
			    "%s:%u: others than root can write this file, and its commands are %s", told,
			    e->public.line, c->trusted_commands ? "refused" : "run");
		}
		if (command && e->untrusted && c->trusted_commands && e->public.directive == TMOD_REMOVE)
			continue;
		*to = *e;
		if (command && e->untrusted && c->trusted_commands) {
			to->public.directive = TMOD_FORBID;
			to->public.value = "commands of a file that others can write are not run";
		}
		to++;
	}
	c->entries.len = (size_t)(to - all) * sizeof(*to);
}

static int read_conf(void *data, const struct conf_file *file)
{
	struct reading *r = data;
	struct stat st;
	int err = text_read(file->path, file->in_directory, &st, &r->bytes);
	bool there = !err || !stat(file->path, &st);

	stamps_add(&r->config->stamps, file->path, there ? &st : NULL);
	if (!err) {
		r->config->untrusted = can_be_changed(&st);
		err = modprobe_conf_read(r->config, file->path, r->bytes.data, r->bytes.len, r->messages);
		r->config->untrusted = false;
		return err;
	}
	if (err != -ENOMEM)
		unread(r, file->path, err);
	return err == -ENOMEM ? err : 0;
}

static int read_cmdline(struct reading *r)
{
	struct stat st;
	int err = text_read("/proc/cmdline", false, &st, &r->bytes);

	if (!err)
		return cmdline_read(r->config, r->bytes.data, r->bytes.len, r->messages);
	if (err != -ENOENT && err != -ENOMEM)
		say(r->messages, TMOD_WARNING, "/proc/cmdline: %s; it is not read", strerror(-err));
	return err == -ENOMEM ? err : 0;
}

/* The tree's own files take their places among the others by name. Many trees are without one of them. */
static void add_tree_file(struct conf_files *files, const char *tree_dir, const char *name)
{
	char path[PATH_MAX];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", tree_dir, name) < sizeof(path))
		conf_files_add(files, path, true);
}

int tmod_config_open(const char *const *paths, const char *tree_dir, const struct tmod_messages *messages,
		     struct tmod_config **config)
{
	struct tmod_config *c = calloc(1, sizeof(*c));
	struct conf_files files = { .messages = messages };
	struct reading r = { .config = c, .messages = messages };
	int err;

	if (!c)
		return -ENOMEM;
	files.arena = &c->arena;
	files.stamps = &c->stamps;
	if (tree_dir) {
		add_tree_file(&files, tree_dir, "modules.softdep");
		add_tree_file(&files, tree_dir, "modules.weakdep");
	}
	for (; paths && *paths; paths++)
		conf_files_add(&files, *paths, false);
	if (!paths)
		conf_files_add_usual(&files, "modprobe.d");
	if (files.unread)
		unread(&r, files.unread, files.unread_err);
	err = conf_files_each(&files, read_conf, &r);
	if (!err && tree_dir)
		err = read_cmdline(&r);
	buf_free(&r.bytes);
	judge_commands(c, messages);
	if (!err)
		err = c->stamps.all.failed ? -ENOMEM : sort_by_directive(c);
	if (err)
		tmod_config_close(c);
	else
		*config = c;
	return err;
}

void tmod_config_close(struct tmod_config *c)
{
	if (!c)
		return;
	buf_free(&c->entries);
	buf_free(&c->stamps.all);
	arena_close(&c->arena);
	free(c);
}

/* The entry after @entry, or the first; up to @end. */
static const struct config_entry *after(const struct tmod_config *c, enum tmod_directive directive,
					const struct tmod_entry *entry, const struct config_entry **end)
{
	const struct config_entry *all = entries(c);

	*end = all + c->first[directive + 1];
	return entry ? (const struct config_entry *)(const void *)entry + 1 : all + c->first[directive];
}

const struct tmod_entry *tmod_config_next(const struct tmod_config *c, enum tmod_directive directive,
					  const struct tmod_entry *entry)
{
	const struct config_entry *end, *e = after(c, directive, entry, &end);

	return e < end ? &e->public : NULL;
}

const struct tmod_entry *tmod_config_find(const struct tmod_config *c, enum tmod_directive directive, const char *name,
					  const struct tmod_entry *entry)
{
	const struct config_entry *end, *e = after(c, directive, entry, &end);
	uint32_t hash = e < end ? hash_name(name) : 0;

	for (; e < end; e++) {
		if (e->pattern ? !fnmatch(e->public.name, name, 0) : e->hash == hash && !strcmp(e->public.name, name))
			return &e->public;
	}
	return NULL;
}

bool tmod_config_changed(const struct tmod_config *c)
{
	return stamps_differ(&c->stamps);
}
