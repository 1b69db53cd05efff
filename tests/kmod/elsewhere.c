/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * For LD_PRELOAD: a program sees the machine that stands below $TENON_TEST_ROOT: its /proc, /sys, /dev, /etc, /run,
 * /lib and /usr. For libc's functions that take a path; a path relative to an open folder stays where that is. Its kernel is
 * that of $TENON_TEST_RELEASE.
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

/* Where @path is; @to has PATH_MAX bytes. */
static const char *redirect(const char *path, char *to)
{
	static const char *const below[] = { "/proc", "/sys", "/dev", "/etc", "/run", "/lib", "/usr" };
	const char *root = getenv("TENON_TEST_ROOT");

	for (size_t i = 0; root && i < sizeof(below) / sizeof(below[0]); i++) {
		size_t len = strlen(below[i]);

		if (!strncmp(path, below[i], len) && (path[len] == '/' || !path[len]) &&
		    snprintf(to, PATH_MAX, "%s%s", root, path) < PATH_MAX)
			return to;
	}
	return path;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int open(const char *path, int flags, ...)
{
	char to[PATH_MAX];
	va_list ap;
	mode_t mode;

	va_start(ap, flags);
	mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(ap, mode_t) : 0;
	va_end(ap);
	return REAL(open)(redirect(path, to), flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
	char to[PATH_MAX];

	return REAL(fopen)(redirect(path, to), mode);
}

DIR *opendir(const char *path)
{
	char to[PATH_MAX];

	return REAL(opendir)(redirect(path, to));
}

int stat(const char *path, struct stat *st)
{
	char to[PATH_MAX];

	return REAL(stat)(redirect(path, to), st);
}

int lstat(const char *path, struct stat *st)
{
	char to[PATH_MAX];

	return REAL(lstat)(redirect(path, to), st);
}

int access(const char *path, int mode)
{
	char to[PATH_MAX];

	return REAL(access)(redirect(path, to), mode);
}

int mkdir(const char *path, mode_t mode)
{
	char to[PATH_MAX];

	return REAL(mkdir)(redirect(path, to), mode);
}

int uname(struct utsname *name)
{
	const char *release = getenv("TENON_TEST_RELEASE");
	int ret = REAL(uname)(name);

	if (release)
		snprintf(name->release, sizeof(name->release), "%s", release);
	return ret;
}
