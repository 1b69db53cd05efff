/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Parameters in `options`, as `tenon check` looks at them; each module file is opened once. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "user/lib/check/check.h"
#include "user/lib/lint/lint.h"
#include "user/lib/tree.h"

struct parameters {
	struct lint *lint;
	const struct tmod_entry *entry;
	const struct tmod_file *file;
};

static int by_name(const void *a, const void *b)
{
	const struct tmod_entry *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	return order ? order : *x < *y ? -1 : *x > *y;
}

/* The name of a parameter that is like another. Return: whether there is one. */
static bool nearest(const struct tmod_file *file, const char *name, char *text, size_t size)
{
	struct tmod_info info;
	const char *at = NULL;

	while (tmod_file_info(file, &at, &info)) {
		const char *colon = memchr(info.value, ':', info.value_len);

		if (info.key_len < 4 || memcmp(info.key, "parm", 4) || !colon || (size_t)(colon - info.value) >= size)
			continue;
		snprintf(text, size, "%.*s", (int)(colon - info.value), info.value);
		if (near_is(text, name))
			return true;
	}
	return false;
}

static void add_problem(void *data, const struct tmod_problem *problem)
{
	const struct parameters *p = data;
	char near[128];

	if (problem->kind == TMOD_PROBLEM_PARAMETER)
		lint_entry(p->lint, RULE_BAD_VALUE, TMOD_ERROR, p->entry, "%s; the kernel would not load %s",
			   problem->text, p->entry->name);
	else if (problem->kind == TMOD_PROBLEM_ODD_PARAMETER && nearest(p->file, problem->subject, near, sizeof(near)))
		lint_entry(p->lint, RULE_UNKNOWN_PARAMETER, TMOD_WARNING, p->entry, "%s; did you mean %s?",
			   problem->text, near);
	else if (problem->kind == TMOD_PROBLEM_ODD_PARAMETER)
		lint_entry(p->lint, RULE_UNKNOWN_PARAMETER, TMOD_WARNING, p->entry, "%s", problem->text);
}

/* What of the value is parameters: a comment after it has been reported. */
static char *without_comment(const char *value)
{
	char *text = strdup(value), *mark = text ? lint_comment(text, text + strlen(text)) : NULL;

	if (mark)
		*mark = '\0';
	return text;
}

struct opening {
	struct tmod_tree *tree;
	struct tmod_file *file;
	bool done;
};

/* @value: "path: dependencies". A damaged file is for `tenon check`. */
static int open_module(void *data, const char *key, const char *value, uint32_t priority)
{
	struct opening *o = data;
	struct tmod_file *f = o->file;
	struct tenon_diag diag;
	char path[PATH_MAX];

	(void)key;
	(void)priority;
	if (tree_path(o->tree, value, strcspn(value, ":"), path, sizeof(path)) &&
	    !image_open(&f->image, AT_FDCWD, path)) {
		o->done = !image_elf(&f->image, &f->elf, &diag) && !image_modinfo(&f->image, &f->elf, &f->info);
		image_close(&f->image);
	}
	return 1;
}

/* Read .modinfo of a module into @file, whose memory serves one after the other. Return: whether it is there. */
static bool read_module(const struct lint *l, const char *name, struct tmod_file *file)
{
	struct opening o = { .tree = tmod_system_tree(l->system), .file = file };

	tmod_tree_search(o.tree, TMOD_INDEX_DEP, name, false, open_module, &o);
	return o.done;
}

static void look(struct lint *l, struct tmod_file *file, const struct tmod_entry *e)
{
	struct parameters p = { l, e, file };
	char *text = without_comment(e->value);
	struct check c = { .options = text, .file = file, .each = add_problem, .data = &p };

	if (text)
		check_parameters(&c);
	l->failed |= !text || c.failed;
	arena_close(&c.arena);
	free(text);
}

void lint_parameters(struct lint *l)
{
	struct buf all = { 0 };
	struct tmod_file file = { .image = { .fd = -1 } };
	const struct tmod_entry **entries, *before = NULL;
	bool there = false;
	size_t cnt;

	for (const struct tmod_entry *e = NULL; (e = tmod_config_next(l->config, TMOD_OPTIONS, e));)
		buf_add(&all, &e, sizeof(e));
	entries = (const struct tmod_entry **)(void *)all.data;
	cnt = all.len / sizeof(*entries);
	if (cnt)
		qsort(entries, cnt, sizeof(*entries), by_name);
	for (size_t i = 0; i < cnt; before = entries[i++]) {
		if (!before || strcmp(before->name, entries[i]->name))
			there = read_module(l, entries[i]->name, &file);
		if (there)
			look(l, &file, entries[i]);
	}
	image_free(&file.image);
	l->failed |= all.failed;
	buf_free(&all);
}
