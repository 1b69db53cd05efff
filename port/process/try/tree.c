/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The files of procfs, sysfs and debugfs, sorted by path, so that what a module has added can be found. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/try/try.h"

static const char *const roots[] = { "/proc", "/sys", "/debugfs" };

bool tree_mount(const struct vfs *v)
{
	static const char paths[][32] = { "proc\0/proc\0proc\0", "sysfs\0/sys\0sysfs\0",
					  "debugfs\0/debugfs\0debugfs\0" };
	bool good = true;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		struct tenon_linux_file call = { .op = TENON_LINUX_MOUNT };

		good &= !vfs_call(v, &call, paths[i], sizeof(paths[i]), NULL, 0);
	}
	return good;
}

/* So that nothing is kept for files that were looked at: what the module leaves is its own. */
void tree_unmount(const struct vfs *v)
{
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		struct tenon_linux_file call = { .op = TENON_LINUX_UNMOUNT };

		vfs_path(v, &call, roots[i], NULL, NULL, 0);
	}
}

static void add(struct tree *t, const struct tenon_linux_entry *e)
{
	if (t->cnt == t->cap) {
		size_t cap = t->cap ? 2 * t->cap : 256;
		struct node *more = realloc(t->node, cap * sizeof(*more));

		if (!more)
			return;
		t->node = more;
		t->cap = cap;
	}
	if (!e->name_len || *(const char *)(e + 1) != '/') /* no path: nonsense */
		return;
	t->node[t->cnt] = (struct node){ strndup((const char *)(e + 1), e->name_len), e->type == DT_DIR };
	t->cnt += t->node[t->cnt].path ? 1 : 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct node *)a)->path, ((const struct node *)b)->path);
}

void tree_list(const struct vfs *v, struct tree *out)
{
	static uint64_t answer[TENON_LINUX_IO_BYTES / sizeof(uint64_t)];

	*out = (struct tree){ 0 };
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++) {
		struct tenon_linux_file call = { .op = TENON_LINUX_WALK };
		int64_t len = vfs_path(v, &call, roots[i], NULL, answer, sizeof(answer));
		const struct tenon_linux_entry *e;

		for (int64_t at = 0; at + (int64_t)sizeof(*e) <= len;
		     at += (int64_t)(sizeof(*e) + e->name_len + 7) & ~7) {
			e = (const void *)((const char *)answer + at);
			if (e->name_len > (size_t)(len - at) - sizeof(*e))
				break;
			if (e->type != DT_LNK)
				add(out, e);
		}
	}
	if (out->cnt)
		qsort(out->node, out->cnt, sizeof(*out->node), by_path);
}

bool tree_has(const struct tree *t, const char *path)
{
	const struct node key = { (char *)path, false };

	return t->cnt && bsearch(&key, t->node, t->cnt, sizeof(*t->node), by_path);
}

bool tree_is_top(const struct tree *before, const char *path)
{
	char above[PROCESS_PATH_BYTES];
	bool is_root = false;

	snprintf(above, sizeof(above), "%s", path);
	*strrchr(above, '/') = 0;
	for (size_t i = 0; i < sizeof(roots) / sizeof(roots[0]); i++)
		is_root |= !strcmp(above, roots[i]);
	return !tree_has(before, path) && (is_root || tree_has(before, above));
}

void tree_free(struct tree *t)
{
	for (size_t i = 0; i < t->cnt; i++)
		free(t->node[i].path);
	free(t->node);
}
