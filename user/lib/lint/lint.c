/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "user/lib/config/depmod_conf.h"
#include "user/lib/config/files.h"
#include "user/lib/config/text.h"
#include "user/lib/lint/lint.h"
#include "user/lib/say.h"
#include "user/lib/system.h"

static const struct tmod_lint_rule rules[RULE_CNT] = {
	[RULE_BAD_LINE] = { "bad-line",
			    "A line or a file that cannot be understood or read, and what it says is left out" },
	[RULE_NOT_READ] = { "not-read", "A file with directives that is not read because of its name" },
	[RULE_EXTRA_WORDS] = { "extra-words", "Words at the end of a line that are ignored" },
	[RULE_COMMENT] = { "comment", "A comment after a value, which becomes part of it" },
	[RULE_JOINED_COMMENT] = { "joined-comment",
				  "A directive that a backslash makes part of the comment before it" },
	[RULE_NEVER_COUNTS] = { "never-counts", "A line that another line keeps from having any effect" },
	[RULE_DUPLICATE] = { "duplicate", "A line that repeats another" },
	[RULE_UNKNOWN_MODULE] = { "unknown-module", "A module that the tree does not have" },
	[RULE_UNKNOWN_PARAMETER] = { "unknown-parameter", "A parameter that the module does not have" },
	[RULE_BAD_VALUE] = { "bad-value", "A value with which the kernel refuses the module" },
	[RULE_BUILTIN] = { "built-in", "A line about a module that is part of the kernel, for which it has no effect" },
	[RULE_POLICY] = { "policy", "Lines of policy that contradict each other" },
	[RULE_CYCLE] = { "softdep-cycle", "Modules that are each to be loaded before the other" },
	[RULE_UNKNOWN_DIRECTORY] = { "unknown-directory", "A directory that the tree does not have" },
};

const struct tmod_lint_rule *tmod_lint_rules(size_t *cnt)
{
	*cnt = RULE_CNT;
	return rules;
}

uint32_t lint_add(struct lint *l, enum rule rule, enum tmod_level level, uint32_t file, uint32_t line, uint32_t column,
		  const char *format, ...)
{
	struct finding f = { .file = file, .number = (uint32_t)(l->findings.len / sizeof(f)) };
	char text[1024];
	va_list ap;

	if (file == NAME_NONE)
		return UINT32_MAX;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	f.public = (struct tmod_finding){ .rule = rules[rule].id, .level = level, .line = line, .column = column };
	f.public.file = lint_file(l, file)->path;
	f.public.text = arena_copy(&l->arena, text, strlen(text));
	l->failed |= !f.public.text;
	if (f.public.text)
		tmod_printable((char *)(uintptr_t)f.public.text);
	buf_add(&l->findings, &f, sizeof(f));
	return f.public.text && !l->findings.failed ? f.number : UINT32_MAX;
}

void lint_edit(struct lint *l, uint32_t finding, size_t off, size_t len, const char *text, size_t text_len)
{
	struct edit e = { .finding = finding, .off = off, .len = len };

	if (finding == UINT32_MAX)
		return;
	e.file = lint_finding(l, finding)->file;
	e.text = arena_copy(&l->arena, text, text_len);
	l->failed |= !e.text;
	lint_finding(l, finding)->public.fixable = true;
	if (e.text)
		buf_add(&l->edits, &e, sizeof(e));
}

/*
 * What the reader of the configuration says begins with "FILE:LINE:COLUMN: ", "FILE:LINE: " or "FILE: ". A file's name
 * may have a colon.
 */
static void take_message(void *data, enum tmod_level level, const char *text)
{
	struct lint *l = data;
	uint32_t file = NAME_NONE, line = 0, column = 0;
	const char *at = text;
	char path[PATH_MAX];
	int len = 0;

	while (file == NAME_NONE && (at = strchr(at, ':'))) {
		if ((size_t)snprintf(path, sizeof(path), "%.*s", (int)(at - text), text) < sizeof(path))
			file = names_find(&l->paths, path);
		at++;
	}
	if (file == NAME_NONE) {
		say(l->messages, level, "%s", text);
		return;
	}
	if (sscanf(at, "%u:%u:%n", &line, &column, &len) == 2 && len)
		at += len;
	else if (len = 0, sscanf(at, "%u:%n", &line, &len) == 1 && len)
		at += len;
	else
		line = 0;
	lint_add(l, RULE_BAD_LINE, level <= TMOD_ERROR ? TMOD_ERROR : TMOD_WARNING, file, line, line ? column : 0, "%s",
		 at + strspn(at, " "));
}

/* The directory of a file is called @name. */
static bool is_in(const char *path, const char *name)
{
	const char *end = strrchr(path, '/');
	size_t len = strlen(name);

	return end && (size_t)(end - path) >= len && !memcmp(end - len, name, len) &&
	       (end - len == path || end[-1 - (ptrdiff_t)len] == '/');
}

/* A file that is not read, for its name has no .conf: does it look as if it were to be? */
static void add_unread(struct lint *l, const char *path, bool depmod)
{
	struct lint_file f = { .path = arena_copy(&l->arena, path, strlen(path)), .depmod = depmod };
	struct buf bytes = { 0 };
	uint32_t cnt = l->paths.cnt;
	bool found = false;

	if (f.path && !text_read(path, true, &f.st, &bytes) && names_add(&l->paths, path) == cnt) {
		buf_add(&l->files, &f, sizeof(f));
		for (const char *p = bytes.data, *end = p + bytes.len, *eol; p && p < end && !found; p = eol + 1) {
			size_t len;

			eol = memchr(p, '\n', (size_t)(end - p));
			eol = eol ? eol : end;
			len = strcspn(p, " \t\n");
			found = p + len < eol && lint_is_keyword(p, len);
		}
		if (found && !l->files.failed)
			lint_add(l, RULE_NOT_READ, TMOD_WARNING, cnt, 0, 0,
				 "the file is not read: its name does not end in .conf");
	}
	buf_free(&bytes);
}

/* Names that say that a file is not to be read. */
static bool is_set_aside(const char *name)
{
	static const char *const ends[] = { "~",         ".bak",          ".old",      ".orig",      ".save",
					    ".disabled", ".off",          ".dpkg-old", ".dpkg-dist", ".dpkg-new",
					    ".dpkg-bak", ".dpkg-remove",  ".dpkg-tmp", ".rpmsave",   ".rpmnew",
					    ".rpmorig",  ".ucf-dist",     ".ucf-old",  ".ucf-new",   ".pacnew",
					    ".pacsave",  ".before-tenon", ".swp",      ".md",        ".txt" };
	size_t len = strlen(name);

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (len > strlen(ends[i]) && !strcmp(name + len - strlen(ends[i]), ends[i]))
			return true;
	return *name == '.' || !strncmp(name, "README", 6);
}

static void look_for_unread(struct lint *l, const char *path, bool depmod)
{
	DIR *dir = opendir(path);
	const struct dirent *d;
	char file[PATH_MAX];

	while (dir && (d = readdir(dir))) {
		size_t len = strlen(d->d_name);

		if (is_set_aside(d->d_name) || (len > 5 && !strcmp(d->d_name + len - 5, ".conf")))
			continue;
		if ((size_t)snprintf(file, sizeof(file), "%s/%s", path, d->d_name) < sizeof(file))
			add_unread(l, file, depmod);
	}
	if (dir)
		closedir(dir);
}

static int read_file(void *data, const struct conf_file *file)
{
	struct lint *l = data;
	struct lint_file f = { .path = file->path, .depmod = is_in(file->path, "depmod.d") };
	struct buf bytes = { 0 };
	uint32_t number = l->paths.cnt;
	int err = text_read(file->path, file->in_directory, &f.st, &bytes);

	if (names_add(&l->paths, file->path) != number) {
		buf_free(&bytes);
		return l->paths.text.failed ? -ENOMEM : 0;
	}
	buf_add(&l->files, &f, sizeof(f));
	buf_char(&bytes, '\0');
	if (l->files.failed || bytes.failed)
		err = -ENOMEM;
	else if (err && err != -ENOMEM && !f.depmod)
		err = 0; /* the reader of the configuration will tell */
	else if (err && err != -ENOMEM)
		err = lint_add(l, RULE_BAD_LINE, TMOD_ERROR, number, 0, 0, "%s", strerror(-err)) == UINT32_MAX ?
			  -ENOMEM :
			  0;
	else if (!err)
		err = f.depmod ? lint_depmod_lines(l, number, bytes.data, bytes.len - 1) :
				 lint_modprobe_lines(l, number, bytes.data, bytes.len - 1);
	buf_free(&bytes);
	return err;
}

/* The paths of one kind, or all usual ones. @paths: gets those asked for, ended by NULL. */
static int read_files(struct lint *l, const char *name, struct buf *paths)
{
	static const char *const places[] = { "/etc", "/run", "/usr/local/lib", "/usr/lib" };
	bool depmod = !strcmp(name, "depmod.d");
	struct stamps stamps = { 0 };
	struct conf_files files = { .arena = &l->arena, .stamps = &stamps, .messages = l->messages };
	char path[PATH_MAX];
	int err;

	for (const char *const *p = l->request->paths; p && *p; p++) {
		snprintf(path, sizeof(path), "%s/", *p);
		if ((is_in(*p, "depmod.d") || is_in(path, "depmod.d")) != depmod)
			continue;
		conf_files_add(&files, *p, false);
		look_for_unread(l, *p, depmod);
		buf_add(paths, p, sizeof(*p));
	}
	if (!l->request->paths)
		conf_files_add_usual(&files, name);
	for (size_t i = 0; !l->request->paths && i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", places[i], name);
		look_for_unread(l, path, depmod);
	}
	buf_add(paths, &(const char *){ NULL }, sizeof(char *));
	err = conf_files_each(&files, read_file, l);
	buf_free(&stamps.all);
	return paths->failed ? -ENOMEM : err;
}

/* Read both kinds, and let the reader of the configuration say what it cannot understand. */
static int read_all(struct lint *l)
{
	const struct tmod_messages messages = { take_message, l };
	const char *release = strrchr(tmod_tree_dir(tmod_system_tree(l->system)), '/') + 1;
	struct buf modprobe = { 0 }, depmod = { 0 };
	struct depmod_conf conf;
	int err = read_files(l, "modprobe.d", &modprobe);

	if (!err)
		err = read_files(l, "depmod.d", &depmod);
	if (!err)
		err = tmod_config_open(l->request->paths ? (const char *const *)(void *)modprobe.data : NULL, NULL,
				       &messages, &l->config);
	if (!err)
		err = depmod_conf_open(&conf, l->request->paths ? (const char *const *)(void *)depmod.data : NULL,
				       release, &messages);
	if (!err)
		depmod_conf_close(&conf);
	buf_free(&modprobe);
	buf_free(&depmod);
	return err;
}

static int by_place(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->public.line != y->public.line)
		return x->public.line < y->public.line ? -1 : 1;
	return x->number < y->number ? -1 : 1;
}

static void compare(struct lint *l)
{
	lint_repeated(l);
	lint_policy(l);
	lint_cycles(l);
	lint_preferences(l);
	if (!l->tree)
		return;
	lint_modules(l);
	lint_parameters(l);
}

static void tell(struct lint *l, void (*each)(void *data, const struct tmod_finding *finding), void *data)
{
	size_t cnt = l->findings.len / sizeof(struct finding);

	if (cnt)
		qsort(l->findings.data, cnt, sizeof(struct finding), by_place);
	for (uint32_t i = 0; i < cnt; i++)
		each(data, &lint_finding(l, i)->public);
}

int tmod_lint(struct tmod_system *system, const struct tmod_lint *request,
	      void (*each)(void *data, const struct tmod_finding *finding), void *data)
{
	struct tmod_tree *tree = tmod_system_tree(system);
	struct lint l = { .system = system, .messages = system_messages(system), .request = request };
	int err;

	l.tree = !tmod_tree_load(tree, TMOD_INDEX_DEP);
	if (!l.tree)
		say(l.messages, TMOD_WARNING,
		    "%s has no index of modules; names of modules and parameters are not checked", tmod_tree_dir(tree));
	err = read_all(&l);
	if (!err)
		compare(&l);
	if (l.failed || l.findings.failed || l.edits.failed)
		err = -ENOMEM;
	if (!err && request->fix)
		err = lint_fix(&l);
	if (err != -ENOMEM)
		tell(&l, each, data);
	if (!err)
		err = (int)l.paths.cnt;
	tmod_config_close(l.config);
	names_free(&l.paths);
	buf_free(&l.files);
	buf_free(&l.findings);
	buf_free(&l.edits);
	arena_close(&l.arena);
	return err;
}
