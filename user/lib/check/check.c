/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tmod_check(): would a kernel accept this file? */
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "user/lib/check/check.h"
#include "user/lib/say.h"
#include "user/lib/system.h"
#include "user/lib/tree.h"

void check_problem(struct check *c, enum tmod_problem_kind kind, const char *subject, const char *format, ...)
{
	char text[1024];
	struct tmod_problem problem = { kind, subject, text };
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	tmod_printable(text);
	c->problem_cnt++;
	if (c->each)
		c->each(c->data, &problem);
}

const char *check_info(const struct check *c, const char *key)
{
	return modinfo_get(&c->file->info, key);
}

bool check_has_checksums(const struct check *c)
{
	struct elf_section s;

	return elf_find_section(&c->file->elf, "__versions", &s) ||
	       elf_find_section(&c->file->elf, "__version_ext_crcs", &s);
}

/* Open the file and learn where the tree is. Return: 0, -ENOEXEC with @text, or another negative errno value. */
static int check_open(struct check *c, char *text, size_t size)
{
	int err = stat(c->path, &c->st) ? -errno : tmod_file_open(c->path, &c->file, text, size);
	const char *slash;

	/* A file that is there and has no .modinfo. */
	if (err == -ENOENT && !stat(c->path, &c->st)) {
		snprintf(text, size, "it has no section .modinfo, so it is no module");
		return -ENOEXEC;
	}
	if (err == -EILSEQ) {
		snprintf(text, size, "%s", tmod_error_text(err));
		return -ENOEXEC;
	}
	if (err == -ENOEXEC && !*text)
		snprintf(text, size, "it is no module file, or damaged");
	c->dir = tmod_tree_dir(tmod_system_tree(c->system));
	slash = strrchr(c->dir, '/');
	c->release = slash ? slash + 1 : c->dir;
	return err;
}

static void check_close(struct check *c)
{
	tmod_file_close(c->file);
	names_free(&c->names);
	names_free(&c->spaces);
	buf_free(&c->imports);
	arena_close(&c->arena);
}

/* A value of modules.dep: "path: dependencies". */
struct each_module {
	struct check *check;
	int (*each)(struct check *c, const char *path);
};

static int found_dep(void *data, const char *key, const char *value, uint32_t priority)
{
	const struct each_module *e = data;
	const char *colon = strchr(value, ':');
	char path[PATH_MAX];
	struct stat st;

	(void)key;
	(void)priority;
	if (!colon ||
	    !tree_path(tmod_system_tree(e->check->system), value, (size_t)(colon - value), path, sizeof(path)))
		return 0;
	if (stat(path, &st) || (st.st_dev == e->check->st.st_dev && st.st_ino == e->check->st.st_ino))
		return 0;
	return e->each(e->check, path);
}

void check_modules(struct check *c, int (*each)(struct check *c, const char *path))
{
	struct each_module e = { c, each };

	tmod_tree_each(tmod_system_tree(c->system), TMOD_INDEX_DEP, found_dep, &e);
}

/* What Linux passes over, and what is likely to be a mistake of who wrote it. */
static void check_modinfo(struct check *c)
{
	struct tmod_info info;
	const char *at = NULL;

	while (tmod_file_info(c->file, &at, &info)) {
		if (!info.key_len)
			say(c->messages, TMOD_WARNING, "its .modinfo has a value without a key: '%s'", at);
		else if (!at[info.key_len])
			say(c->messages, TMOD_WARNING, "its .modinfo has '%s', without a '='", at);
	}
	if (c->file->image.modinfo.len)
		say(c->messages, TMOD_WARNING, "the last string of its .modinfo does not end");
}

/* Return: 0, or an error with which nothing at all can be said of the file. */
static int check_all(struct check *c)
{
	struct stat st;
	int err;

	if (stat(c->dir, &st)) {
		err = -errno;
		say(c->messages, TMOD_ERROR, "%s: %s; is %s the name of a kernel whose modules are installed?", c->dir,
		    tmod_error_text(err), c->release);
		return err;
	}
	reference_find(c);
	err = exports_find(c);
	if (err)
		return err;
	tmod_module_name(check_info(c, "name") ?: c->path, c->name, sizeof(c->name));
	check_modinfo(c);
	check_machine(c);
	check_vermagic(c);
	check_depends(c);
	check_symbols(c);
	check_parameters(c);
	err = check_signature(c);
	return c->failed ? -ENOMEM : err;
}

static int check(struct check *c)
{
	char text[1024] = "";
	int err = check_open(c, text, sizeof(text));

	if (!err)
		err = check_all(c);
	else if (err == -ENOEXEC)
		check_problem(c, TMOD_PROBLEM_FORMAT, "", "%s", text);
	else
		say(c->messages, TMOD_ERROR, "%s: %s", c->path, tmod_error_text(err));
	check_close(c);
	return err && err != -ENOEXEC ? err : c->problem_cnt;
}

int tmod_check(struct tmod_system *system, const char *path, const char *options, const char *certificates,
	       check_problem_fn *each, void *data)
{
	struct check c = { .system = system,
			   .messages = system_messages(system),
			   .path = path,
			   .options = options,
			   .certificates = certificates,
			   .peer_cnt_max = UINT32_MAX,
			   .each = each,
			   .data = data };

	return check(&c);
}

int check_quickly(struct tmod_system *system, const char *path, const char *options, uint32_t peer_cnt_max,
		  check_problem_fn *each, void *data)
{
	struct check c = { .system = system,
			   .path = path,
			   .options = options,
			   .peer_cnt_max = peer_cnt_max,
			   .each = each,
			   .data = data };

	return check(&c);
}
