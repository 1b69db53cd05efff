/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * For LD_PRELOAD: a program sees the machine that stands below $TENON_TEST_ROOT, its /proc, /sys/module, /etc, /run,
 * /lib and /usr/lib, and a kernel of its own: a module that is inserted appears in /sys/module and goes again, and a
 * line for each call is added to the file `calls`. A file fail/NAME has the number of the error with which calls for
 * that module end.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int init_module(void *image, unsigned long size, const char *options);
int delete_module(const char *name, unsigned int flags);

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Where @path is; @to has PATH_MAX bytes. */
static const char *redirect(const char *path, char *to)
{
	static const char *const below[] = { "/proc/modules", "/proc/cmdline", "/sys/module", "/etc",
					     "/run",	       "/lib",		"/usr/lib" };
	const char *root = getenv("TENON_TEST_ROOT");

	for (size_t i = 0; root && i < sizeof(below) / sizeof(below[0]); i++) {
		size_t len = strlen(below[i]);

		if (!strncmp(path, below[i], len) && (path[len] == '/' || !path[len]) &&
		    snprintf(to, PATH_MAX, "%s%s", root, path) < PATH_MAX)
			return to;
	}
	return path;
}

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

__attribute__((format(printf, 2, 3))) static const char *below_root(char path[PATH_MAX], const char *format, ...)
{
	int len = snprintf(path, PATH_MAX, "%s/", getenv("TENON_TEST_ROOT"));
	va_list ap;

	va_start(ap, format);
	vsnprintf(path + len, PATH_MAX - (size_t)len, format, ap);
	va_end(ap);
	return path;
}

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
	char path[PATH_MAX];
	FILE *calls = fopen(below_root(path, "calls"), "a");
	va_list ap;

	va_start(ap, format);
	vfprintf(calls, format, ap);
	va_end(ap);
	fclose(calls);
}

/* Return: 0, or -1 with errno set if this module is to fail. */
static int judge(const char *name)
{
	char path[PATH_MAX];
	FILE *fail = fopen(below_root(path, "fail/%s", name), "r");

	if (!fail)
		return 0;
	if (fscanf(fail, "%d", &errno) != 1)
		errno = EIO;
	fclose(fail);
	return -1;
}

/* The module is there from now on. Return: 0, or -1 with errno set. */
static int load(const char *name)
{
	char path[PATH_MAX];
	FILE *state;

	if (judge(name))
		return -1;
	below_root(path, "sys/module/%s", name);
	if (mkdir(path, 0755)) {
		errno = EEXIST;
		return -1;
	}
	state = fopen(below_root(path, "sys/module/%s/initstate", name), "w");
	fputs("live\n", state);
	return fclose(state);
}

int init_module(void *image, unsigned long size, const char *options)
{
	const char *name = memmem(image, size, "\0name=", 6);

	note("init_module %s [%s]\n", name ? name + 6 : "?", options);
	return name ? load(name + 6) : (errno = ENOEXEC, -1);
}

static int finit_module(int fd, const char *options, int flags)
{
	char link[64], path[PATH_MAX] = "", *name, *dash;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, path, sizeof(path) - 1) < 0)
		return -1;
	name = strrchr(path, '/') + 1;
	name[strcspn(name, ".")] = '\0';
	while ((dash = strchr(name, '-')))
		*dash = '_';
	note("finit_module %s [%s] %d\n", name, options, flags);
	return load(name);
}

int delete_module(const char *name, unsigned int flags)
{
	char path[PATH_MAX];

	note("delete_module %s %#x\n", name, flags);
	if (judge(name))
		return -1;
	unlink(below_root(path, "sys/module/%s/initstate", name));
	return rmdir(below_root(path, "sys/module/%s", name));
}

long syscall(long number, ...)
{
	long a[6];
	va_list ap;

	va_start(ap, number);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (number == SYS_finit_module)
		return finit_module((int)a[0], (const char *)a[1], (int)a[2]);
	return REAL(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
