/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Where a path at the prompt leads to. */
#include <stdio.h>
#include <string.h>

#include "port/process/shell/files.h"

bool path_clean(const char *path, char out[PROCESS_PATH_BYTES])
{
	size_t len = 0;

	if (path[0] != '/' || strlen(path) >= PROCESS_PATH_BYTES)
		return true;
	while (*path) {
		size_t part;

		path += strspn(path, "/");
		part = strcspn(path, "/");
		if (part && !(part == 1 && *path == '.')) {
			out[len++] = '/';
			memcpy(out + len, path, part);
			len += part;
		}
		path += part;
	}
	out[len] = 0;
	return !len;
}

/* A node in the /dev of the linux.ko of any domain. */
static bool find_node(struct shell *s, struct place *out)
{
	struct tenon_linux_stat st;

	if (strncmp(out->path, "/dev/", 5))
		return false;
	for (size_t i = 0; i < s->domain_cnt; i++) {
		if (vfs_open(s->h, s->domains[i], false, &out->vfs, NULL))
			continue;
		if (!vfs_stat(&out->vfs, out->path, true, &st))
			return true;
		vfs_close(&out->vfs);
	}
	return false;
}

bool place_find(struct shell *s, const char *path, struct place *out)
{
	const struct vfs *vfs;

	if (path_clean(path, out->path))
		return false;
	vfs = mount_of(s, out->path);
	if (!vfs)
		return find_node(s, out);
	out->vfs = *vfs;
	return tenon_try_get(vfs->linux_ko);
}

void place_put(struct place *p)
{
	vfs_close(&p->vfs);
}

bool place_need(struct shell *s, const struct args *a, const char *path, struct place *out)
{
	if (place_find(s, path, out))
		return true;
	say(a, "%s: nothing is mounted there; `mount` lists what is", path);
	return false;
}
