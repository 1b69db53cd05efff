// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * disk - mounts /dev/vda, an ext2 with a file "large" and an empty directory "many", and does with it what is measured
 * between marks: mount; read all of large; make 10,000 files, look at each, take each away; sync.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/guest/mark.h"

#define FILES 10000

static char buf[65536];

static void must(int good, const char *what)
{
	if (!good) {
		perror(what);
		exit(1);
	}
}

static const char *name(int i)
{
	static char text[32];

	snprintf(text, sizeof(text), "/mnt/many/%d", i);
	return text;
}

static void read_all(void)
{
	int fd = open("/mnt/large", O_RDONLY);
	ssize_t len = 1;

	must(fd >= 0, "large");
	while (len > 0)
		len = read(fd, buf, sizeof(buf));
	must(len == 0, "read");
	close(fd);
}

int main(void)
{
	struct stat st;

	setvbuf(stdout, NULL, _IONBF, 0);
	MARK(0);
	must(mount("/dev/vda", "/mnt", "ext2", 0, NULL) == 0, "mount");
	MARK(1);
	read_all();
	MARK(2);
	for (int i = 0; i < FILES; i++) {
		int fd = open(name(i), O_CREAT | O_EXCL | O_WRONLY, 0644);

		must(fd >= 0, "create");
		close(fd);
	}
	MARK(3);
	for (int i = 0; i < FILES; i++)
		must(stat(name(i), &st) == 0, "stat");
	MARK(4);
	for (int i = 0; i < FILES; i++)
		must(unlink(name(i)) == 0, "unlink");
	MARK(5);
	sync();
	MARK(6);
	must(umount("/mnt") == 0, "umount");
	MARK(7);
	puts("done");
	return 0;
}
