/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A kernel for a program that is started with this in LD_PRELOAD. Below $SHIM_ROOT are:
 *
 *   sys            what the program sees as /sys; modules that it loads appear in sys/module, and go again
 *   calls          a line for each module loaded or unloaded: "insert NAME PARAMETERS", "delete NAME"
 *   needs/NAME     names of modules, one a line, that NAME uses while it is loaded
 *   fail/insert-NAME, fail/delete-NAME   the number of the error with which that ends
 *   lost           events are lost once
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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

int delete_module(const char *name, unsigned int flags);

/* A path below the root, formatted as printf() does. */
__attribute__((format(printf, 2, 3))) static const char *below(char *path, const char *format, ...)
{
	const char *root = getenv("SHIM_ROOT");
	int len = snprintf(path, PATH_MAX, "%s/", root ? root : "");
	va_list ap;

	va_start(ap, format);
	vsnprintf(path + len, (size_t)(PATH_MAX - len), format, ap);
	va_end(ap);
	return path;
}

static const char *seen(const char *path, char *copy)
{
	return strncmp(path, "/sys/", 5) && strcmp(path, "/sys") ? path : below(copy, "%s", path + 1);
}

int open(const char *path, int flags, ...)
{
	char copy[PATH_MAX];
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	return NEXT(open)(seen(path, copy), flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
	char copy[PATH_MAX];

	return NEXT(fopen)(seen(path, copy), mode);
}

DIR *opendir(const char *path)
{
	char copy[PATH_MAX];

	return NEXT(opendir)(seen(path, copy));
}

int access(const char *path, int mode)
{
	char copy[PATH_MAX];

	return NEXT(access)(seen(path, copy), mode);
}

int stat(const char *restrict path, struct stat *restrict st)
{
	char copy[PATH_MAX];

	return NEXT(stat)(seen(path, copy), st);
}

__attribute__((format(printf, 2, 3))) static void put(const char *path, const char *format, ...)
{
	FILE *file = NEXT(fopen)(path, strstr(path, "/calls") ? "a" : "w");
	va_list ap;

	va_start(ap, format);
	if (!file || vfprintf(file, format, ap) < 0 || fclose(file))
		abort();
	va_end(ap);
}

/* The number in a file, or 0. */
static int number(const char *path)
{
	FILE *file = NEXT(fopen)(path, "r");
	int value = 0;

	if (file && fscanf(file, "%d", &value) != 1)
		value = 0;
	if (file)
		fclose(file);
	return value;
}

static void use(const char *name, int more)
{
	char path[PATH_MAX], other[256];
	FILE *file = NEXT(fopen)(below(path, "needs/%s", name), "r");

	while (file && fscanf(file, "%255s", other) == 1) {
		below(path, "sys/module/%s/refcnt", other);
		put(path, "%d\n", number(path) + more);
	}
	if (file)
		fclose(file);
}

static int refuse(const char *what, const char *name)
{
	char path[PATH_MAX];

	errno = number(below(path, "fail/%s-%s", what, name));
	return errno ? -1 : 0;
}

static int insert(int fd, const char *options)
{
	char link[64], file[PATH_MAX] = "", path[PATH_MAX], *name;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, file, sizeof(file) - 1) < 0)
		return -1;
	name = strrchr(file, '/') + 1;
	name[strcspn(name, ".")] = '\0';
	put(below(path, "calls"), "insert %s %s\n", name, options);
	if (refuse("insert", name))
		return -1;
	errno = EEXIST;
	if (mkdir(below(path, "sys/module/%s", name), 0777))
		return -1;
	put(below(path, "sys/module/%s/initstate", name), "live\n");
	put(below(path, "sys/module/%s/refcnt", name), "0\n");
	use(name, 1);
	return 0;
}

int delete_module(const char *name, unsigned int flags)
{
	char path[PATH_MAX];

	(void)flags;
	put(below(path, "calls"), "delete %s\n", name);
	if (refuse("delete", name))
		return -1;
	errno = EWOULDBLOCK;
	if (number(below(path, "sys/module/%s/refcnt", name)))
		return -1;
	unlink(path);
	unlink(below(path, "sys/module/%s/initstate", name));
	if (rmdir(below(path, "sys/module/%s", name)))
		abort();
	use(name, -1);
	return 0;
}

long syscall(long call, ...)
{
	long a[6];
	va_list ap;

	va_start(ap, call);
	for (int i = 0; i < 6; i++)
		a[i] = va_arg(ap, long);
	va_end(ap);
	if (call == SYS_finit_module)
		return insert((int)a[0], (const char *)a[1]);
	return NEXT(syscall)(call, a[0], a[1], a[2], a[3], a[4], a[5]);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	char path[PATH_MAX];

	if (unlink(below(path, "lost")))
		return NEXT(recvmsg)(fd, msg, flags);
	errno = ENOBUFS;
	return -1;
}
