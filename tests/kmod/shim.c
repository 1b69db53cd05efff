/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A kernel that is not there, to be preloaded: it answers init_module, finit_module and delete_module, and keeps
 * /proc/modules and /sys/module in a folder, so that it can be shared by processes, and be different for each test.
 *
 * SHIM_ROOT    the folder, which has proc/ and sys/module/; paths of the real /proc/modules, /proc/cmdline and
 *              /sys/module lead there
 * SHIM_LOG     gets a line for each call
 * SHIM_FAIL    "insert:NAME:ERRNO delete:NAME:ERRNO unpack:any:ERRNO ...": which calls fail
 * SHIM_IMAGE   gets the bytes of the last init_module
 * SHIM_WAIT_MS how long an insert takes; with it, the log has a line for the beginning and for the end
 */
#include <dirent.h>
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define COMPRESSED_FILE 4

int init_module(void *image, unsigned long size, const char *options);
int delete_module(const char *name, unsigned int flags);

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

static const char *redirect(const char *path, char *to, size_t size)
{
	const char *root = getenv("SHIM_ROOT");

	if (!root || (strcmp(path, "/proc/modules") && strcmp(path, "/proc/cmdline") &&
		      strncmp(path, "/sys/module", strlen("/sys/module"))))
		return path;
	snprintf(to, size, "%s%s", root, path);
	return to;
}

#define OPEN(name)                                                                \
	int name(const char *path, int flags, ...)                               \
	{                                                                         \
		char to[PATH_MAX];                                               \
		va_list ap;                                                      \
		mode_t mode;                                                     \
		va_start(ap, flags);                                             \
		mode = flags & O_CREAT ? va_arg(ap, mode_t) : 0;                 \
		va_end(ap);                                                      \
		return REAL(name)(redirect(path, to, sizeof(to)), flags, mode);  \
	}
OPEN(open)
OPEN(open64)

FILE *fopen(const char *path, const char *mode)
{
	char to[PATH_MAX];

	return REAL(fopen)(redirect(path, to, sizeof(to)), mode);
}

FILE *fopen64(const char *path, const char *mode)
{
	char to[PATH_MAX];

	return REAL(fopen64)(redirect(path, to, sizeof(to)), mode);
}

DIR *opendir(const char *path)
{
	char to[PATH_MAX];

	return REAL(opendir)(redirect(path, to, sizeof(to)));
}

int stat(const char *restrict path, struct stat *restrict st)
{
	char to[PATH_MAX];

	return REAL(stat)(redirect(path, to, sizeof(to)), st);
}

int access(const char *path, int mode)
{
	char to[PATH_MAX];

	return REAL(access)(redirect(path, to, sizeof(to)), mode);
}

/* --- the kernel --- */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* Between processes, and between threads. */
static int enter(void)
{
	char path[PATH_MAX];
	int fd;

	pthread_mutex_lock(&lock);
	snprintf(path, sizeof(path), "%s/lock", getenv("SHIM_ROOT"));
	fd = REAL(open)(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	flock(fd, LOCK_EX);
	return fd;
}

static void leave(int fd)
{
	close(fd);
	pthread_mutex_unlock(&lock);
}

__attribute__((format(printf, 1, 2))) static void log_line(const char *format, ...)
{
	const char *path = getenv("SHIM_LOG");
	FILE *out = path ? REAL(fopen)(path, "ae") : NULL;
	va_list ap;

	if (!out)
		return;
	va_start(ap, format);
	vfprintf(out, format, ap);
	va_end(ap);
	fputc('\n', out);
	fclose(out);
}

/* Return: the errno value that a call is to fail with, or 0. */
static int failure(const char *call, const char *name)
{
	const char *all = getenv("SHIM_FAIL");
	char key[512];
	const char *at;

	snprintf(key, sizeof(key), "%s:%.255s:", call, name);
	at = all ? strstr(all, key) : NULL;
	return at ? atoi(at + strlen(key)) : 0;
}

static void attribute_path(char *path, size_t size, const char *name, const char *what)
{
	snprintf(path, size, "%s/sys/module/%s%s%s", getenv("SHIM_ROOT"), name, what ? "/" : "", what ? what : "");
}

static void write_attribute(const char *name, const char *what, const char *text)
{
	char path[PATH_MAX];
	FILE *out;

	attribute_path(path, sizeof(path), name, what);
	out = REAL(fopen)(path, "we");
	if (out) {
		fputs(text, out);
		fclose(out);
	}
}

static int refcount(const char *name)
{
	char path[PATH_MAX];
	int cnt = -1;
	FILE *in;

	attribute_path(path, sizeof(path), name, "refcnt");
	in = REAL(fopen)(path, "re");
	if (in && fscanf(in, "%d", &cnt) != 1)
		cnt = -1;
	if (in)
		fclose(in);
	return cnt;
}

static void hold(const char *name, const char *holder, bool begin)
{
	char path[PATH_MAX], text[512];

	snprintf(text, sizeof(text), "holders/%.255s", holder);
	if (begin) {
		write_attribute(name, text, "");
	} else {
		attribute_path(path, sizeof(path), name, text);
		unlink(path);
	}
	snprintf(text, sizeof(text), "%d\n", refcount(name) + (begin ? 1 : -1));
	write_attribute(name, "refcnt", text);
}

/* Write /proc/modules anew, from /sys/module. */
static void write_modules(void)
{
	char path[PATH_MAX];
	const struct dirent *e, *h;
	FILE *out;
	DIR *dir, *holders;

	snprintf(path, sizeof(path), "%s/proc/modules", getenv("SHIM_ROOT"));
	out = REAL(fopen)(path, "we");
	attribute_path(path, sizeof(path), "", NULL);
	dir = REAL(opendir)(path);
	while (out && dir && (e = readdir(dir))) {
		bool any = false;

		if (*e->d_name == '.' || refcount(e->d_name) < 0)
			continue;
		fprintf(out, "%s 4096 %d ", e->d_name, refcount(e->d_name));
		attribute_path(path, sizeof(path), e->d_name, "holders");
		holders = REAL(opendir)(path);
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

static int insert(const char *name, const char *depends)
{
	char path[PATH_MAX];
	int err = failure("insert", name);

	if (err)
		return err;
	if (refcount(name) >= 0)
		return EEXIST;
	err = hold_all(depends, name, true);
	if (err)
		return err;
	attribute_path(path, sizeof(path), name, NULL);
	mkdir(path, 0755);
	attribute_path(path, sizeof(path), name, "holders");
	mkdir(path, 0755);
	write_attribute(name, "refcnt", "0\n");
	write_attribute(name, "depends", depends);
	write_attribute(name, "initstate", "live\n");
	write_modules();
	return 0;
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

static int answer(int err)
{
	errno = err;
	return err ? -1 : 0;
}

static int insert_image(const char *call, const void *image, const char *options, int flags)
{
	const char *name = find_info(image, "name="), *wait = getenv("SHIM_WAIT_MS");
	int fd = enter(), err;

	log_line("%s %s '%s' %d", call, name, options, flags);
	leave(fd);
	if (wait)
		usleep((useconds_t)atoi(wait) * 1000);
	fd = enter();
	err = insert(name, find_info(image, "depends="));
	if (wait)
		log_line("end %s", name);
	leave(fd);
	return answer(err);
}

int init_module(void *image, unsigned long size, const char *options)
{
	const char *path = getenv("SHIM_IMAGE");
	FILE *out = path ? REAL(fopen)(path, "we") : NULL;

	if (out) {
		fwrite(image, 1, size, out);
		fclose(out);
	}
	if (size < sizeof(Elf64_Ehdr) || memcmp(image, ELFMAG, SELFMAG))
		return answer(ENOEXEC);
	return insert_image("init_module", image, options, 0);
}

static int finit_module(int fd, const char *options, int flags)
{
	char link[64], path[PATH_MAX], name[PATH_MAX];
	struct stat st;
	ssize_t len;
	void *image;
	int err;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, sizeof(path) - 1);
	path[len > 0 ? len : 0] = '\0';
	if (flags & COMPRESSED_FILE) {
		/* As if it had been unpacked: only its name counts, and that it depends on nothing. */
		snprintf(name, sizeof(name), "%s", strrchr(path, '/') + 1);
		*strchrnul(name, '.') = '\0';
		log_line("finit_module %s '%s' %d", name, options, flags);
		err = failure("unpack", "any");
		return answer(err ? err : insert(name, ""));
	}
	if (failure("finit", "any")) {
		log_line("finit_module %s '%s' %d", strrchr(path, '/') + 1, options, flags);
		return answer(failure("finit", "any"));
	}
	if (fstat(fd, &st) || (size_t)st.st_size < sizeof(Elf64_Ehdr))
		return answer(ENOEXEC);
	image = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (image == MAP_FAILED)
		return -1;
	if (memcmp(image, ELFMAG, SELFMAG))
		return answer(ENOEXEC);
	err = insert_image("finit_module", image, options, flags);
	munmap(image, (size_t)st.st_size);
	return err;
}

static int delete(const char *name, unsigned int flags)
{
	char path[PATH_MAX], depends[4096] = "";
	int err = failure("delete", name), cnt = refcount(name);
	FILE *in;

	if (err)
		return err;
	if (cnt < 0)
		return ENOENT;
	if (cnt && !(flags & O_TRUNC))
		return EAGAIN;
	attribute_path(path, sizeof(path), name, "depends");
	in = REAL(fopen)(path, "re");
	if (in && !fgets(depends, sizeof(depends), in))
		*depends = '\0';
	if (in)
		fclose(in);
	hold_all(depends, name, false);
	for (const char *const *what = (const char *const[]){ "depends", "initstate", "refcnt", "holders", "", NULL }; *what;
	     what++) {
		attribute_path(path, sizeof(path), name, *what);
		remove(path);
	}
	write_modules();
	return 0;
}

int delete_module(const char *name, unsigned int flags)
{
	int fd = enter(), err;

	log_line("delete_module %s %o", name, flags);
	err = delete(name, flags);
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
