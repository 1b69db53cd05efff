// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * The workload of file systems. The disk has the files /kept/0 to 5, whose contents their numbers determine; it makes
 * /synced/0 to 5 and says so on the console when they are synced. What of them is there in the end disks.py looks at.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "uses.h"

#define AT "/mnt"
#define FILES 6
#define NAMES 40
#define DISK_TENTHS 100 /* of a second until the disks are there */

static const char *const disks[] = { [HARMED] = "/dev/vda", [SPARE] = "/dev/vdb" };

bool find_disks(const char *module)
{
	mkdir(AT, 0755);
	for (int i = 0; i < 2 && is_filesystem(module); i++) {
		for (int n = 0; n < DISK_TENTHS && access(disks[i], F_OK); n++)
			usleep(100000);
		if (access(disks[i], F_OK))
			return false;
	}
	return true;
}

void leave_disks(void)
{
	while (!umount2(AT, MNT_DETACH))
		;
}

enum kind { KEPT = 0, SYNCED = 100, OTHER = 200 };

/* As disks.py has them. */
static size_t contents_of(enum kind kind, unsigned number)
{
	size_t bytes = 3 + number * 9001;

	fill(bytes, kind + number);
	return bytes;
}

static unsigned written; /* files of which every call said that it was done */

static void write_file(const char *path, size_t bytes)
{
	int fd = open(path, O_CREAT | O_EXCL | O_WRONLY, 0644);
	bool done = fd >= 0 && write(fd, sent, bytes) == (ssize_t)bytes && !fsync(fd);

	written += done;
	expect(done);
	close(fd);
}

static void expect_file(const char *path, size_t bytes)
{
	int fd = open(path, O_RDONLY);

	memset(got, 0, bytes);
	expect(fd >= 0 && read(fd, got, sizeof(got)) == (ssize_t)bytes && !memcmp(sent, got, bytes));
	close(fd);
}

static void each_file(const char *dir, enum kind kind, void (*use)(const char *path, size_t bytes))
{
	char path[64];

	for (unsigned i = 0; i < FILES; i++) {
		snprintf(path, sizeof(path), AT "/%s/%u", dir, i);
		use(path, contents_of(kind, i));
	}
}

static unsigned count(const char *path)
{
	DIR *dir = opendir(path);
	unsigned n = 0;

	while (dir && readdir(dir))
		n++;
	if (dir)
		closedir(dir);
	return n;
}

/* More names than a block of a directory has room for: short ones, long ones, of another script. */
static void use_names(void)
{
	char path[200];

	expect(!mkdir(AT "/many", 0755));
	for (int i = 0; i < NAMES; i++) {
		snprintf(path, sizeof(path),
			 i % 2 ? AT "/many/a name that is longer than others, \xc3\xa4\xe2\x82\xac, %d" :
				 AT "/many/N%d.X",
			 i);
		expect(!mknod(path, S_IFREG | 0644, 0));
	}
	expect(count(AT "/many") == NAMES + 2);
	for (int i = 0; i < NAMES; i += 3) {
		snprintf(path, sizeof(path),
			 i % 2 ? AT "/many/a name that is longer than others, \xc3\xa4\xe2\x82\xac, %d" :
				 AT "/many/N%d.X",
			 i);
		expect(!unlink(path));
	}
	expect(count(AT "/many") == NAMES + 2 - (NAMES + 2) / 3);
	expect(rmdir(AT "/many") < 0 && errno == ENOTEMPTY);
	expect(access(AT "/many/N0.X", F_OK) < 0 && errno == ENOENT);
}

static void use_renames(void)
{
	expect(!mkdir(AT "/a", 0755) && !mkdir(AT "/b", 0700) && !mkdir(AT "/a/sub", 0755));
	write_file(AT "/a/file", contents_of(OTHER, 1));
	write_file(AT "/b/other", contents_of(OTHER, 2));
	expect(!rename(AT "/a/file", AT "/a/a rather long name of it"));
	contents_of(OTHER, 1);
	expect_file(AT "/a/a rather long name of it", 3 + 9001);
	expect(!rename(AT "/a/a rather long name of it", AT "/b/other"));
	expect_file(AT "/b/other", 3 + 9001);
	expect(!rename(AT "/a/sub", AT "/b/sub") && access(AT "/a/sub", F_OK) < 0);
	expect(!mkdir(AT "/b/empty", 0755) && !rename(AT "/b/sub", AT "/b/empty"));
	expect(open(AT "/b/other", O_CREAT | O_EXCL | O_WRONLY, 0644) < 0 && errno == EEXIST);
	expect(!unlink(AT "/b/other") && !rmdir(AT "/b/empty") && !rmdir(AT "/b") && !rmdir(AT "/a"));
}

/* A file that grows, has a hole, shrinks, is mapped, and is used after its name has gone. */
static void use_sizes(off_t far)
{
	int fd = open(AT "/sizes", O_CREAT | O_RDWR, 0600);
	struct stat st;
	char *map;

	fill(sizeof(sent), 7);
	for (int i = 0; i < 5; i++)
		expect(write(fd, sent, sizeof(sent)) == sizeof(sent));
	expect(pwrite(fd, "far", 3, far) == 3 && !fstat(fd, &st) && st.st_size == far + 3);
	expect(pread(fd, got, 100, far - 100) == 100 && !got[0] && !got[99]);
	expect(pread(fd, got, 1000, 4 * DISK_BYTES + 99) == 1000 && !memcmp(got, sent + 99, 1000));
	expect(!ftruncate(fd, 1000) && !ftruncate(fd, 5000) && pread(fd, got, 5000, 0) == 5000);
	expect(!memcmp(got, sent, 1000) && !got[1000] && !got[4999]);
	map = mmap(NULL, 5000, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	expect(map != MAP_FAILED && !memcmp(map, sent, 1000));
	if (map != MAP_FAILED) {
		map[4000] = 'm';
		munmap(map, 5000);
	}
	expect(!unlink(AT "/sizes") && pread(fd, got, 1, 4000) == 1 && got[0] == 'm');
	close(fd);
}

/* What FAT has none of. */
static void use_links(void)
{
	static const char far[] = "a/target/that/has/more/bytes/than/there/is/room/for/in/an/inode/of/this/file/system";
	struct stat st;

	expect(!symlink("kept/1", AT "/fast") && !symlink(far, AT "/slow"));
	expect(readlink(AT "/slow", (char *)got, sizeof(got)) == sizeof(far) - 1 && !memcmp(got, far, sizeof(far) - 1));
	expect_file(AT "/fast", contents_of(KEPT, 1));
	expect(!link(AT "/kept/1", AT "/linked") && !stat(AT "/kept/1", &st) && st.st_nlink == 2);
	expect(!mknod(AT "/fifo", S_IFIFO | 0600, 0) && !mknod(AT "/node", S_IFCHR | 0600, makedev(1, 300)));
	expect(!stat(AT "/node", &st) && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 300));
	expect(!chown(AT "/linked", 5, 70000) && !chmod(AT "/linked", 0640));
	expect(!stat(AT "/kept/1", &st) && st.st_uid == 5 && st.st_gid == 70000 && (st.st_mode & 07777) == 0640);
	expect(!unlink(AT "/fast") && !unlink(AT "/slow") && !unlink(AT "/linked") && !unlink(AT "/fifo") &&
	       !unlink(AT "/node"));
}

static bool mounted(const char *type, enum disk disk, unsigned long flags, const char *options)
{
	return !mount(disks[disk], AT, type, flags, options);
}

static void use_all(const char *type)
{
	struct timespec times[2] = { { 1000000000, 0 }, { 1000000002, 0 } };
	struct statfs fs;
	struct stat st;

	use_names();
	use_renames();
	use_sizes(strcmp(type, "vfat") ? 70000000 : 400000);
	if (strcmp(type, "vfat"))
		use_links();
	expect(!utimensat(AT_FDCWD, AT "/kept/2", times, 0) && !stat(AT "/kept/2", &st) &&
	       st.st_mtim.tv_sec == 1000000002);
	expect(!statfs(AT, &fs) && fs.f_bfree > 0 && fs.f_bfree < fs.f_blocks);
	sync();
}

void use_files(const char *type, enum disk disk)
{
	if (!mounted(type, disk, 0, strcmp(type, "vfat") ? NULL : "uid=0,gid=5,umask=022")) {
		fail();
		return;
	}
	each_file("kept", KEPT, expect_file);
	expect(!mkdir(AT "/synced", 0755));
	written = 0;
	each_file("synced", SYNCED, write_file);
	sync();
	if (disk == HARMED && written == FILES)
		puts("synced");
	use_all(type);
	expect(!mount(NULL, AT, NULL, MS_REMOUNT | MS_RDONLY, NULL));
	expect(open(AT "/new", O_CREAT | O_WRONLY, 0644) < 0 && errno == EROFS);
	expect(!umount(AT));
	if (!mounted(type, disk, MS_RDONLY, NULL)) {
		fail();
		return;
	}
	each_file("kept", KEPT, expect_file);
	each_file("synced", SYNCED, expect_file);
	expect(count(AT "/synced") == FILES + 2);
	expect(!umount(AT));
}
