/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What is chosen when the library is built: where module trees and configuration are; and which tree is a kernel's. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
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

int tmod_tree_find(const char *root, const char *module_dir, const char *release, char *path, size_t size,
		   size_t *root_len)
{
	size_t len = root ? strlen(root) : 0;
	char cwd[PATH_MAX], all[PATH_MAX];
	struct utsname u;
	int err;

	if (!release && uname(&u))
		return -errno;
	release = release ? release : u.release;
	err = before(root ? root : "", cwd, sizeof(cwd));
	if (err)
		return err;
	while (len && root[len - 1] == '/')
		len--;
	if ((size_t)snprintf(all, sizeof(all), "%s%.*s", cwd, (int)len, root ? root : "") >= sizeof(all))
		return -ENAMETOOLONG;
	if (!module_dir)
		module_dir = choose(all, release);
	if (root_len)
		*root_len = strlen(all);
	return (size_t)snprintf(path, size, "%s%s%s/%s", all, *module_dir == '/' ? "" : "/", module_dir, release) <
		       size ?
		   0 :
		   -ENAMETOOLONG;
}
