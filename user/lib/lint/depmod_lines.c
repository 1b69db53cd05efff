/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What lines of depmod.d name that the tree does not have. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "user/lib/lint/lint.h"

static const struct tmod_messages silence;

/* Is there such a directory? @dir: below the tree, or absolute. */
static bool is_directory(const struct lint *l, const char *dir)
{
	char path[PATH_MAX];
	struct stat st;

	snprintf(path, sizeof(path), "%s%s%s", *dir == '/' ? "" : tmod_tree_dir(tmod_system_tree(l->system)),
		 *dir == '/' ? "" : "/", dir);
	return !stat(path, &st) && S_ISDIR(st.st_mode);
}

/* Other kernels' trees may have what this one has not. */
static void look_at_directory(struct lint *l, uint32_t file, const struct lines *lines, const char *dir, bool needed)
{
	uint32_t line, column;

	if (!strcmp(dir, "built-in") || !strcmp(dir, "external") || is_directory(l, dir))
		return;
	line_place(lines, dir, &line, &column);
	lint_add(l, RULE_UNKNOWN_DIRECTORY, needed ? TMOD_WARNING : TMOD_NOTICE, file, line, column,
		 "there is no directory %s%s%s", *dir == '/' ? "" : tmod_tree_dir(tmod_system_tree(l->system)),
		 *dir == '/' ? "" : "/", dir);
}

int lint_depmod_lines(struct lint *l, uint32_t file, const char *bytes, size_t size)
{
	struct lines lines;
	int err = lines_open(&lines, &l->arena, lint_file(l, file)->path, bytes, size, &silence);

	while (!err && lines_next(&lines)) {
		const char *word, *kernels;

		if (!l->tree)
			continue;
		if (!strcmp(lines.first, "override")) {
			word = line_word(&lines) ? line_word(&lines) : NULL;
			kernels = word;
			word = kernels ? line_word(&lines) : NULL;
			if (word)
				look_at_directory(l, file, &lines, word, !strcmp(kernels, "*"));
		} else if (!strcmp(lines.first, "search") || !strcmp(lines.first, "exclude") ||
			   (!strcmp(lines.first, "external") && line_word(&lines))) {
			while ((word = line_word(&lines)))
				look_at_directory(l, file, &lines, word, false);
		}
	}
	return err;
}
