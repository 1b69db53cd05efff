/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * For LD_PRELOAD: a program sees another machine, with a kernel of its own (kernel.c). The environment says which:
 *
 * TENON_TEST_ROOT     the directory in which the machine stands
 * TENON_TEST_PATHS    what the program sees of it, "/sys:/etc"; without it: /proc, /sys, /dev, /etc, /run, /lib, /usr
 * TENON_TEST_RELEASE  what uname() says
 * TENON_TEST_FAIL, TENON_TEST_WAIT_MS: see kernel.c
 *
 * This is for libc's functions that take a path; a path relative to an open directory stays where that is.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

/* Where @path is; @to has PATH_MAX bytes. What is below the root already stays there. */
static const char *redirect(const char *path, char *to)
{
	const char *root = getenv("TENON_TEST_ROOT"), *below = getenv("TENON_TEST_PATHS");
	size_t len;

	if (!root || !strncmp(path, root, strlen(root)))
		return path;
	if (!below)
		below = "/proc:/sys:/dev:/etc:/run:/lib:/usr";
	for (; *below; below += len + (below[len] == ':')) {
		len = strcspn(below, ":");
		if (!strncmp(path, below, len) && (path[len] == '/' || !path[len]) &&
		    snprintf(to, PATH_MAX, "%s%s", root, path) < PATH_MAX)
			return to;
	}
	return path;
}

#define REDIRECT(type, name, type_of_second, second)              \
	type name(const char *path, type_of_second second)        \
	{                                                         \
		char to[PATH_MAX];                                \
                                                                  \
		return REAL(name)(redirect(path, to), second);    \
	}
REDIRECT(FILE *, fopen, const char *, mode)
REDIRECT(FILE *, fopen64, const char *, mode)
REDIRECT(int, stat, struct stat *, st)
REDIRECT(int, lstat, struct stat *, st)
REDIRECT(int, access, int, mode)
REDIRECT(int, mkdir, mode_t, mode)

#define REDIRECT_OPEN(name)                                                              \
	int name(const char *path, int flags, ...)                                       \
	{                                                                                \
		char to[PATH_MAX];                                                       \
		va_list ap;                                                              \
		mode_t mode;                                                             \
                                                                                         \
		va_start(ap, flags);                                                     \
		mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;           \
		va_end(ap);                                                              \
		return REAL(name)(redirect(path, to), flags, mode);                      \
	}
REDIRECT_OPEN(open)
REDIRECT_OPEN(open64)

DIR *opendir(const char *path)
{
	char to[PATH_MAX];

	return REAL(opendir)(redirect(path, to));
}

int uname(struct utsname *name)
{
	const char *release = getenv("TENON_TEST_RELEASE");
	int ret = REAL(uname)(name);

	if (release)
		snprintf(name->release, sizeof(name->release), "%s", release);
	return ret;
}
