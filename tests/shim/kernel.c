/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A kernel that is not there: it answers init_module, finit_module and delete_module. It is what stands below
 * $TENON_TEST_ROOT, so that it can be shared by processes, and be different for each test:
 *
 * proc/modules, sys/module   what is loaded
 * log                        gets a line for each call
 * image                      gets the bytes of the last init_module
 * lost                       events are lost once
 *
 * TENON_TEST_FAIL     "insert:NAME:ERRNO delete:NAME:ERRNO finit:any:ERRNO ...": which calls fail
 * TENON_TEST_WAIT_MS  how long an insert takes; with it, the log has a line for the beginning and for the end
 */
#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define COMPRESSED_FILE 4

int init_module(void *image, unsigned long size, const char *options);
int delete_module(const char *name, unsigned int flags);

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

/* A path below the root, in printf style; without a root no program that loads or unloads goes on. */
__attribute__((format(printf, 2, 3))) static const char *below(char path[PATH_MAX], const char *format, ...)
{
	const char *root = getenv("TENON_TEST_ROOT");
	va_list ap;
	int len;

	if (!root)
		abort();
	len = snprintf(path, PATH_MAX, "%s/", root);
	va_start(ap, format);
	vsnprintf(path + len, (size_t)(PATH_MAX - len), format, ap);
	va_end(ap);
	return path;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Between processes, and between threads. */
static int enter(void)
{
	char path[PATH_MAX];
	int fd;

	pthread_mutex_lock(&lock);
	fd = open(below(path, "lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	flock(fd, LOCK_EX);
	return fd;
}

static void leave(int fd)
{
	close(fd);
	pthread_mutex_unlock(&lock);
}

__attribute__((format(printf, 3, 4))) static void put(const char *path, const char *mode, const char *format, ...)
{
	FILE *out = fopen(path, mode);
	va_list ap;

	va_start(ap, format);
	if (!out || vfprintf(out, format, ap) < 0 || fclose(out))
		abort();
	va_end(ap);
}

/* Return: the errno value that a call is to fail with, or 0. */
static int failure(const char *call, const char *name)
{
	const char *all = getenv("TENON_TEST_FAIL"), *at;
	char key[512];

	snprintf(key, sizeof(key), "%s:%.255s:", call, name);
	at = all ? strstr(all, key) : NULL;
	return at ? atoi(at + strlen(key)) : 0;
}

/* Return: -1: it is not there. */
static int refcount(const char *name)
{
	char path[PATH_MAX];
	FILE *in = fopen(below(path, "sys/module/%s/refcnt", name), "re");
	int cnt = -1;

	if (in && fscanf(in, "%d", &cnt) != 1)
		cnt = -1;
	if (in)
		fclose(in);
	return cnt;
}

static void hold(const char *name, const char *holder, bool begin)
{
	char path[PATH_MAX];
	int cnt = refcount(name) + (begin ? 1 : -1);

	below(path, "sys/module/%s/holders/%s", name, holder);
	if (begin)
		put(path, "we", "%s", "");
	else
		unlink(path);
	put(below(path, "sys/module/%s/refcnt", name), "we", "%d\n", cnt);
}

/* Hold or let go all of a list "a,b,c". Return: 0, or ENOENT if one is not there; then none is held. */
static int hold_all(const char *list, const char *holder, bool begin)
{
	char names[4096], *rest, *name;

	for (int pass = begin ? 0 : 1; pass < 2; pass++) {
		snprintf(names, sizeof(names), "%s", list);
		for (name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
			for (char *c = name; *c; c++)
				*c = *c == '-' ? '_' : *c;
			if (pass)
				hold(name, holder, begin);
			else if (refcount(name) < 0)
				return ENOENT;
		}
	}
	return 0;
}

/* Write /proc/modules anew, from /sys/module. */
static void write_modules(void)
{
	char path[PATH_MAX];
	FILE *out = fopen(below(path, "proc/modules"), "we");
	DIR *dir = opendir(below(path, "sys/module")), *holders;
	const struct dirent *e, *h;

	while (out && dir && (e = readdir(dir))) {
		bool any = false;

		if (*e->d_name == '.' || refcount(e->d_name) < 0)
			continue;
		fprintf(out, "%s 4096 %d ", e->d_name, refcount(e->d_name));
		holders = opendir(below(path, "sys/module/%s/holders", e->d_name));
		while (holders && (h = readdir(holders)))
			if (*h->d_name != '.')
				any = fprintf(out, "%s,", h->d_name) > 0;
		if (holders)
			closedir(holders);
		fprintf(out, "%s Live 0x0000000000000000\n", any ? "" : "-");
	}
	if (dir)
		closedir(dir);
	if (out)
		fclose(out);
}

/* Return: 0 or a positive errno value; so do the next two. */
static int insert(const char *name, const char *depends)
{
	char path[PATH_MAX];
	int err = failure("insert", name);

	if (!err && mkdir(below(path, "sys/module/%s", name), 0755))
		err = EEXIST;
	if (err)
		return err;
	err = hold_all(depends, name, true);
	if (err) {
		rmdir(path);
		return err;
	}
	mkdir(below(path, "sys/module/%s/holders", name), 0755);
	put(below(path, "sys/module/%s/depends", name), "we", "%s", depends);
	put(below(path, "sys/module/%s/initstate", name), "we", "live\n");
	put(below(path, "sys/module/%s/refcnt", name), "we", "0\n");
	write_modules();
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

static int delete (const char *name, unsigned int flags)
{
	char path[PATH_MAX], depends[4096] = "";
	int err = failure("delete", name), cnt = refcount(name);
	FILE *in;

	if (err || cnt < 0)
		return err ? err : ENOENT;
	if (cnt && !(flags & O_TRUNC))
		return EAGAIN;
	in = fopen(below(path, "sys/module/%s/depends", name), "re");
	if (in && !fgets(depends, sizeof(depends), in))
		*depends = '\0';
	if (in)
		fclose(in);
	hold_all(depends, name, false);
	nftw(below(path, "sys/module/%s", name), remove_one, 8, FTW_DEPTH | FTW_PHYS);
	write_modules();
	return 0;
}

/* --- system calls --- */

static int answer(int err)
{
	errno = err;
	return err ? -1 : 0;
}

/* The value of an entry of .modinfo; the files are those of Debian, or made by the test. */
static const char *find_info(const void *image, const char *key)
{
	const Elf64_Ehdr *h = image;
	const Elf64_Shdr *s = (const void *)((const char *)image + h->e_shoff);
	const char *names = (const char *)image + s[h->e_shstrndx].sh_offset;

	for (int i = 0; i < h->e_shnum; i++) {
		const char *at = (const char *)image + s[i].sh_offset, *end = at + s[i].sh_size;

		if (strcmp(names + s[i].sh_name, ".modinfo"))
			continue;
		for (; at < end; at += strlen(at) + 1)
			if (!strncmp(at, key, strlen(key)))
				return at + strlen(key);
	}
	return "";
}

static int load(const char *call, const char *name, const char *depends, const char *options, int flags)
{
	const char *wait = getenv("TENON_TEST_WAIT_MS");
	char path[PATH_MAX];
	int fd = enter(), err = *call == 'f' ? failure("finit", "any") : 0;

	put(below(path, "log"), "ae", "%s %s '%s' %d\n", call, name, options, flags);
	leave(fd);
	if (err)
		return answer(err);
	if (wait)
		usleep((useconds_t)atoi(wait) * 1000);
	fd = enter();
	err = insert(name, depends);
	if (wait)
		put(path, "ae", "end %s\n", name);
	leave(fd);
	return answer(err);
}

int init_module(void *image, unsigned long size, const char *options)
{
	char path[PATH_MAX];
	FILE *out = fopen(below(path, "image"), "we");

	if (out) {
		fwrite(image, 1, size, out);
		fclose(out);
	}
	if (size < sizeof(Elf64_Ehdr) || memcmp(image, ELFMAG, SELFMAG))
		return answer(ENOEXEC);
	return load("init_module", find_info(image, "name="), find_info(image, "depends="), options, 0);
}

/* As if the file had been unpacked: only its name counts, and that it depends on nothing. */
static int load_packed(int fd, const char *options, int flags)
{
	char link[64], path[PATH_MAX] = "", *name;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (readlink(link, path, sizeof(path) - 1) < 0)
		return -1;
	name = strrchr(path, '/') + 1;
	*strchrnul(name, '.') = '\0';
	return load("finit_module", name, "", options, flags);
}

static int finit_module(int fd, const char *options, int flags)
{
	struct stat st;
	void *image;
	int ret;

	if (flags & COMPRESSED_FILE)
		return load_packed(fd, options, flags);
	if (fstat(fd, &st) || (size_t)st.st_size < sizeof(Elf64_Ehdr))
		return answer(ENOEXEC);
	image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		return -1;
	if (memcmp(image, ELFMAG, SELFMAG))
		ret = answer(ENOEXEC);
	else
		ret = load("finit_module", find_info(image, "name="), find_info(image, "depends="), options, flags);
	munmap(image, (size_t)st.st_size);
	return ret;
}

int delete_module(const char *name, unsigned int flags)
{
	char path[PATH_MAX];
	int fd = enter(), err;

	put(below(path, "log"), "ae", "delete_module %s %o\n", name, flags);
	err = delete (name, flags);
	leave(fd);
	return answer(err);
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

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	char path[PATH_MAX];

	if (!getenv("TENON_TEST_ROOT") || unlink(below(path, "lost")))
		return REAL(recvmsg)(fd, msg, flags);
	return answer(ENOBUFS);
}
