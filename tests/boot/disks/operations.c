// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * operations SEED CNT DIRECTORY - random operations on files, the same for the same seed on every kernel. Prints a line for
 * each, with its result, and at the end all that is in the directory. Names are few, and the same for files,
 * directories and links, so that many operations fail, for various reasons.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { FILES = 8, PATH_MAX_BYTES = 1024, IO_MAX = 40000, NAMES_MAX = 512, EXPLICIT_TIME_END = 1200000000 };

static uint64_t state;
static int file[FILES];
static char buf[IO_MAX];

static uint32_t below(uint32_t end)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % end;
}

static bool one_in(uint32_t n)
{
	return !below(n);
}

static uint64_t hash(uint64_t h, const void *bytes, size_t cnt)
{
	for (const uint8_t *b = bytes; cnt--; b++)
		h = (h ^ *b) * 0x100000001b3u;
	return h;
}
#define HASH_START 0xcbf29ce484222325u

static const char *result(long value)
{
	static char text[32];

	snprintf(text, sizeof(text), value < 0 ? "error %ld" : "%ld", value < 0 ? (long)errno : value);
	return text;
}

/* One to three names; the first of several is one that is often a directory's. */
static char *path(char *to)
{
	unsigned cnt = one_in(2) ? 1 : one_in(4) ? 3 : 2;
	size_t len = 0;

	for (unsigned i = 0; i < cnt; i++) {
		len += (size_t)sprintf(to + len, "%s%c", i ? "/" : "", 'a' + (int)below(i + 1 < cnt ? 3 : 12));
		if (one_in(40)) {
			size_t more = one_in(10) ? 255 : 100 + below(155);

			memset(to + len, 'x', more);
			len += more;
		}
	}
	strcpy(to + len, one_in(40) ? "/" : one_in(60) ? "/." : one_in(60) ? "/.." : "");
	return to;
}

static void fill(size_t cnt)
{
	uint32_t at = below(1u << 30);

	for (size_t i = 0; i < cnt; i++)
		buf[i] = (char)((at + i * 7) >> (i % 3));
}

static off_t offset(void)
{
	return one_in(12) ? (off_t)below(20000000) : one_in(3) ? (off_t)below(300000) : (off_t)below(20) * 1024;
}

/* ---- operations -------------------------------------------------------------------------------------------------- */

static void do_open(void)
{
	static const int ways[] = { O_RDWR,
				    O_RDWR | O_CREAT,
				    O_RDWR | O_CREAT,
				    O_RDWR | O_CREAT | O_EXCL,
				    O_RDWR | O_CREAT | O_TRUNC,
				    O_RDWR | O_CREAT,
				    O_RDONLY,
				    O_WRONLY | O_CREAT | O_APPEND,
				    O_RDWR | O_NOFOLLOW };
	unsigned i = below(FILES), way = below(sizeof(ways) / sizeof(ways[0]));
	uint32_t mode = below(01000);
	char p[PATH_MAX_BYTES];
	int fd;

	if (file[i] >= 0)
		close(file[i]);
	fd = open(path(p), ways[way] | O_NONBLOCK, mode | 0600);
	printf("open %u %s %u = %s\n", i, p, way, fd < 0 ? result(fd) : "opened");
	file[i] = fd;
}

static void do_write(void)
{
	unsigned i = below(FILES);
	size_t cnt = one_in(3) ? below(IO_MAX) : below(3000);
	off_t at = offset();

	fill(cnt);
	printf("write %u %zu at %lld = ", i, cnt, (long long)at);
	puts(result(pwrite(file[i], buf, cnt, at)));
}

static void do_read(void)
{
	unsigned i = below(FILES);
	size_t cnt = below(IO_MAX);
	ssize_t got = pread(file[i], buf, cnt, offset());

	printf("read %u %zu = %s %016llx\n", i, cnt, result(got),
	       (unsigned long long)hash(HASH_START, buf, got < 0 ? 0 : (size_t)got));
}

static void do_truncate(void)
{
	char p[PATH_MAX_BYTES];
	unsigned i = below(FILES);
	off_t bytes = offset() + below(3000);

	if (one_in(2)) {
		printf("truncate %s %lld = ", path(p), (long long)bytes);
		puts(result(truncate(p, bytes)));
	} else {
		printf("ftruncate %u %lld = %s\n", i, (long long)bytes, result(ftruncate(file[i], bytes)));
	}
}

static void do_map(void)
{
	unsigned i = below(FILES);
	struct stat st;
	size_t len;
	char *m;

	if (fstat(file[i], &st) || !S_ISREG(st.st_mode) || !st.st_size || st.st_size > 400000) {
		printf("map %u: nothing\n", i);
		return;
	}
	len = (size_t)st.st_size;
	m = mmap(NULL, len, PROT_READ | PROT_WRITE, one_in(3) ? MAP_PRIVATE : MAP_SHARED, file[i], 0);
	printf("map %u = %s\n", i, m == MAP_FAILED ? result(-1) : "mapped");
	if (m == MAP_FAILED)
		return;
	for (unsigned n = 0; n < 5; n++)
		m[below((uint32_t)len)] = (char)below(256);
	if (one_in(2))
		printf("msync = %s\n", result(msync(m, len, MS_SYNC)));
	printf("map has %016llx\n", (unsigned long long)hash(HASH_START, m, len));
	munmap(m, len);
}

static void do_names(void)
{
	char a[PATH_MAX_BYTES], b[PATH_MAX_BYTES];
	unsigned what = below(3);

	path(a);
	path(b);
	printf("%s %s %s = ", what == 0 ? "link" : what == 1 ? "rename" : "rename, not over", a, b);
	puts(result(what == 0 ? link(a, b) :
		    what == 1 ? rename(a, b) :
				syscall(SYS_renameat2, AT_FDCWD, a, AT_FDCWD, b, 1 /* RENAME_NOREPLACE */)));
}

static void do_make(void)
{
	static const mode_t types[] = { S_IFIFO, S_IFCHR, S_IFBLK, S_IFSOCK, S_IFREG };
	char p[PATH_MAX_BYTES], target[PATH_MAX_BYTES];
	uint32_t mode = below(01000), i = below(5);
	dev_t device = i == 1 || i == 2 ? makedev(below(600), below(100000)) : 0;

	path(p);
	if (one_in(4)) {
		printf("mknod %s %u = ", p, i);
		puts(result(mknod(p, types[i] | mode, device)));
	} else if (one_in(2)) {
		path(target);
		if (one_in(10)) { /* that fits into an inode just so, or not; or none that can be */
			size_t len = one_in(2) ? 59 + below(2) : sizeof(target) - 1;

			memset(target, 't', len);
			target[len] = '\0';
		}
		printf("symlink %s %s = ", target, p);
		puts(result(symlink(target, p)));
	} else {
		if (one_in(2))
			sprintf(p, "%c", 'a' + (int)below(3));
		printf("mkdir %s = ", p);
		puts(result(mkdir(p, mode | 0700)));
	}
}

static void do_remove(void)
{
	char p[PATH_MAX_BYTES];
	bool dir = one_in(2);

	printf("%s %s = ", dir ? "rmdir" : "unlink", path(p));
	puts(result(dir ? rmdir(p) : unlink(p)));
}

static void do_attributes(void)
{
	struct timespec times[2] = { { .tv_sec = below(EXPLICIT_TIME_END) }, { .tv_sec = below(EXPLICIT_TIME_END) } };
	uint32_t what = below(3), mode = below(010000), uid = below(100000), gid = below(100000);
	char p[PATH_MAX_BYTES];

	printf("%s %s = ", what == 0 ? "chmod" : what == 1 ? "chown" : "utimens", path(p));
	puts(result(what == 0 ? chmod(p, mode) :
		    what == 1 ? lchown(p, uid, gid) :
				utimensat(AT_FDCWD, p, times, one_in(2) ? AT_SYMLINK_NOFOLLOW : 0)));
}

/* Times are what somebody has set, or differ each time. */
static void show_stat(const struct stat *st)
{
	printf(" %o links %u owner %u:%u bytes %lld sectors %lld device %llx", st->st_mode, (unsigned)st->st_nlink,
	       st->st_uid, st->st_gid, (long long)st->st_size, (long long)st->st_blocks,
	       (unsigned long long)st->st_rdev);
	if (st->st_mtime < EXPLICIT_TIME_END)
		printf(" modified %lld", (long long)st->st_mtime);
}

static void do_look(void)
{
	char p[PATH_MAX_BYTES], target[PATH_MAX_BYTES];
	struct stat st;
	ssize_t len;
	int err = one_in(2) ? stat(path(p), &st) : lstat(path(p), &st);

	printf("stat %s = %s", p, result(err));
	if (!err)
		show_stat(&st);
	len = readlink(path(p), target, sizeof(target));
	printf("\nreadlink %s = %s %.*s\n", p, result(len), len > 0 ? (int)len : 0, target);
}

static void do_usage(void)
{
	struct statvfs s;

	if (statvfs(".", &s))
		return;
	printf("usage: block %lu, %llu blocks, %llu free, %llu available, %llu inodes, %llu free, names of %lu\n",
	       s.f_frsize, (unsigned long long)s.f_blocks, (unsigned long long)s.f_bfree,
	       (unsigned long long)s.f_bavail, (unsigned long long)s.f_files, (unsigned long long)s.f_ffree,
	       s.f_namemax);
}

static void do_list(void)
{
	char p[PATH_MAX_BYTES];
	struct dirent *e;
	DIR *d = opendir(one_in(3) ? strcpy(p, ".") : path(p));

	printf("list %s = %s", p, result(d ? 0 : -1));
	while (d && (e = readdir(d)) != NULL)
		printf(" %s/%u", e->d_name, e->d_type);
	puts("");
	if (d)
		closedir(d);
}

static void do_sync(void)
{
	unsigned i = below(FILES);

	if (one_in(4)) {
		sync();
		puts("sync");
	} else {
		printf("fsync %u = %s\n", i, result(fsync(file[i])));
	}
}

static void operate(void)
{
	static void (*const all[])(void) = { do_open,  do_open, do_open,  do_write,    do_write,      do_write,
					     do_write, do_read, do_read,  do_truncate, do_map,        do_names,
					     do_names, do_make, do_make,  do_remove,   do_attributes, do_look,
					     do_look,  do_list, do_usage, do_sync };
	bool other = one_in(10); /* somebody who may not do everything */

	if (other)
		printf("as another: %s\n", result(seteuid(1000)));
	all[below(sizeof(all) / sizeof(all[0]))]();
	if (other && seteuid(0))
		printf("cannot be root again: %s\n", result(-1));
}

/* ---- at the end -------------------------------------------------------------------------------------------------- */

static uint64_t hash_file(const char *name)
{
	uint64_t h = HASH_START;
	int fd = open(name, O_RDONLY);
	ssize_t len = fd < 0 ? -1 : 1;

	for (; len > 0; h = hash(h, buf, len > 0 ? (size_t)len : 0))
		len = read(fd, buf, sizeof(buf));
	if (fd >= 0)
		close(fd);
	return len < 0 ? 0 : h;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void show_tree(const char *dir, int depth)
{
	char *name[NAMES_MAX], target[PATH_MAX_BYTES];
	unsigned cnt = 0;
	struct dirent *e;
	struct stat st;
	DIR *d = opendir(".");

	while (d && cnt < NAMES_MAX && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") && strcmp(e->d_name, ".."))
			name[cnt++] = strdup(e->d_name);
	if (d)
		closedir(d);
	qsort(name, cnt, sizeof(name[0]), by_name);
	for (unsigned i = 0; i < cnt; i++) {
		ssize_t len = readlink(name[i], target, sizeof(target));
		char below_it[2 * PATH_MAX_BYTES];

		snprintf(below_it, sizeof(below_it), "%s/%s", dir, name[i]);
		printf("%s:", below_it);
		if (lstat(name[i], &st) == 0)
			show_stat(&st);
		if (S_ISREG(st.st_mode))
			printf(" %016llx", (unsigned long long)hash_file(name[i]));
		printf(" %.*s\n", len > 0 ? (int)len : 0, target);
		if (S_ISDIR(st.st_mode) && depth < 50 && chdir(name[i]) == 0) {
			show_tree(below_it, depth + 1);
			if (chdir(".."))
				exit(1);
		}
		free(name[i]);
	}
}

int main(int argc, char **argv)
{
	if (argc != 4 || chdir(argv[3]))
		return 1;
	state = strtoull(argv[1], NULL, 0) * 0x9e3779b97f4a7c15u + 1;
	umask(022);
	for (int i = 0; i < FILES; i++)
		file[i] = -1;
	for (int i = 0; i < atoi(argv[2]); i++) {
		printf("%d: ", i);
		operate();
		if (i % 64 == 0)
			fflush(stdout);
	}
	for (int i = 0; i < FILES; i++)
		close(file[i]);
	do_usage();
	show_tree("", 0);
	puts("end");
	return 0;
}
