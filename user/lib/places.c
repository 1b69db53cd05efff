/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What is chosen when the library is built: where module trees and configuration are; and which tree is a kernel's. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "tenon/choices.h"
#include "tenon/mod.h"
#include "user/lib/places.h"

const char *const places_modules[] = { CHOICE_MODULE_DIRS, NULL };
const char *const places_configuration[] = { CHOICE_CONFIG_DIRS, NULL };

int tmod_kmod_version(void)
{
	return KMOD_VERSION;
}

/* What comes before a path to make it absolute: the working directory and a '/', or "". Return: 0 or -errno. */
static int before(const char *path, char *cwd, size_t size)
{
	*cwd = '\0';
	if (!*path || *path == '/')
		return 0;
	if (!getcwd(cwd, size - 1))
		return -errno;
	strcat(cwd, "/");
	return 0;
}

/* The directory in which the release is; of several names of the same one the last, which is the traditional one. */
static const char *choose(const char *root, const char *release)
{
	struct stat first = { 0 }, st;
	const char *found = NULL, *last = NULL;
	char path[PATH_MAX];

	for (const char *const *dir = places_modules; *dir; last = *dir++) {
		if ((size_t)snprintf(path, sizeof(path), "%s%s/%s", root, *dir, release) >= sizeof(path) ||
		    stat(path, &st))
			continue;
		if (!found)
			first = st;
		if (!found || (st.st_dev == first.st_dev && st.st_ino == first.st_ino))
			found = *dir;
	}
	return found ? found : last;
}

/* The root with which paths begin: absolute, and without a '/' at its end. Return: 0 or a negative errno value. */
static int absolute_root(const char *root, char *all, size_t size)
{
	size_t len = root ? strlen(root) : 0;
	char cwd[PATH_MAX];
	int err = before(root ? root : "", cwd, sizeof(cwd));

	if (err)
		return err;
	while (len && root[len - 1] == '/')
		len--;
	return (size_t)snprintf(all, size, "%s%.*s", cwd, (int)len, root ? root : "") < size ? 0 : -ENAMETOOLONG;
}

int tmod_tree_find(const char *root, const char *module_dir, const char *release, char *path, size_t size,
		   size_t *root_len)
{
	char all[PATH_MAX];
	struct utsname u;
	int err;

	if (!release && uname(&u))
		return -errno;
	release = release ? release : u.release;
	err = absolute_root(root, all, sizeof(all));
	if (err)
		return err;
	if (!module_dir)
		module_dir = choose(all, release);
	if (root_len)
		*root_len = strlen(all);
	return (size_t)snprintf(path, size, "%s%s%s/%s", all, *module_dir == '/' ? "" : "/", module_dir, release) <
		       size ?
		   0 :
		   -ENAMETOOLONG;
}

static int is_visible(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

/* Those of one directory; @usual: one of several, some of whose releases are another's. @opened: set if it can be read. */
static int each_in(const char *root, const char *dir, bool usual, bool *opened,
		   int (*each)(void *data, const char *release), void *data)
{
	struct dirent **entries;
	char path[PATH_MAX];
	struct stat st;
	int cnt, ret = 0;

	if ((size_t)snprintf(path, sizeof(path), "%s%s%s", root, *dir == '/' ? "" : "/", dir) >= sizeof(path))
		return -ENAMETOOLONG;
	cnt = scandir(path, &entries, is_visible, versionsort);
	if (cnt < 0)
		return 0;
	*opened = true;
	for (int i = 0; i < cnt; i++) {
		const char *release = entries[i]->d_name;

		if (!ret && (!usual || choose(root, release) == dir) &&
		    (size_t)snprintf(path, sizeof(path), "%s%s%s/%s", root, *dir == '/' ? "" : "/", dir, release) <
			sizeof(path) &&
		    !stat(path, &st) && S_ISDIR(st.st_mode))
			ret = each(data, release);
		free(entries[i]);
	}
	free(entries);
	return ret;
}

int tmod_trees_each(const char *root, const char *module_dir, int (*each)(void *data, const char *release), void *data)
{
	const char *const only[] = { module_dir, NULL };
	bool opened = false;
	char all[PATH_MAX];
	int ret = absolute_root(root, all, sizeof(all));

	for (const char *const *dir = module_dir ? only : places_modules; *dir && !ret; dir++)
		ret = each_in(all, *dir, !module_dir, &opened, each, data);
	return ret || opened ? ret : -errno;
}
