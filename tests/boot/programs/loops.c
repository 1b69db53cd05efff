// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The control calls of loop(4), with Linux's own definitions: a part of a file as a disk, what is refused, how a disk ends. */
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/types.h>

#include "tests/boot/programs/guest.h"

#define BYTES 100000

static int control, file, disk;
static char path[32];

static int get_free(void)
{
	int n = ioctl(control, LOOP_CTL_GET_FREE);

	snprintf(path, sizeof(path), "/dev/loop%d", n);
	return n;
}

static bool refuses(int result, int error)
{
	return result == -1 && errno == error;
}

static uint64_t bytes_of(const char *name)
{
	int fd = open(name, O_RDONLY);
	off_t end = lseek(fd, 0, SEEK_END);

	close(fd);
	return (uint64_t)end;
}

static struct loop_config config_of(uint64_t offset, uint64_t limit, unsigned flags)
{
	struct loop_config c = { .fd = (unsigned)file };

	c.info.lo_offset = offset;
	c.info.lo_sizelimit = limit;
	c.info.lo_flags = flags;
	strcpy((char *)c.info.lo_file_name, "a file");
	return c;
}

static void test_part(void)
{
	struct loop_config c = config_of(1536, 5000, LO_FLAGS_AUTOCLEAR);
	struct loop_info64 info;
	char text[8] = "";
	int fd, pipes[2];

	ok(refuses(ioctl(disk, LOOP_GET_STATUS64, &info), ENXIO), "a disk without a file has no status");
	ok(refuses(ioctl(disk, LOOP_SET_FD, 99), EBADF), "what is no descriptor is refused");
	pipe(pipes);
	ok(refuses(ioctl(disk, LOOP_SET_FD, pipes[0]), EINVAL), "so is a pipe");
	ok(refuses(ioctl(disk, 0x4c7f), ENOTTY), "so is a call that is none");
	c.block_size = 300;
	ok(refuses(ioctl(disk, LOOP_CONFIGURE, &c), EINVAL), "so are blocks of 300 bytes");
	c.block_size = 0;
	ok(!ioctl(disk, LOOP_CONFIGURE, &c), "part of a file is a disk");
	ok(bytes_of(path) == 4608, "... of whole sectors within its limit");
	ok(refuses(ioctl(disk, LOOP_CONFIGURE, &c), EBUSY), "it has one file");
	ok(!ioctl(disk, LOOP_GET_STATUS64, &info) && info.lo_offset == 1536 && info.lo_sizelimit == 5000 &&
	       info.lo_flags == LO_FLAGS_AUTOCLEAR && !strcmp((char *)info.lo_file_name, "a file"),
	   "its status is what was said");
	fd = open(path, O_RDWR);
	ok(pwrite(fd, "sector", 6, 512) == 6 && pread(file, text, 6, 2048) == 6 && !strcmp(text, "sector"),
	   "what is written to it is in the file");
	ok(refuses((int)pwrite(fd, "x", 1, 4608), ENOSPC), "it ends where it says");
	info.lo_offset = 0;
	info.lo_sizelimit = 0;
	ok(!ioctl(disk, LOOP_SET_STATUS64, &info) && bytes_of(path) == BYTES / 512 * 512,
	   "it can become all of the file");
	ftruncate(file, BYTES + 512);
	ok(!ioctl(disk, LOOP_SET_CAPACITY, 0) && bytes_of(path) == (BYTES + 512) / 512 * 512,
	   "... also of one that has grown");
	close(fd);
	close(disk);
	disk = open(path, O_RDWR);
	ok(refuses(ioctl(disk, LOOP_GET_STATUS64, &info), ENXIO), "with its last user it loses its file");
}

static void test_read_only(void)
{
	int reader = open("/file", O_RDONLY), fd;
	char byte;

	ok(!ioctl(disk, LOOP_SET_FD, reader), "a file that is open to be read is a disk");
	ok(refuses(open(path, O_RDWR), EACCES), "... that cannot be opened to be written");
	fd = open(path, O_RDONLY);
	ok(pread(fd, &byte, 1, 0) == 1 && !ioctl(disk, LOOP_CLR_FD), "... is read, and taken away");
	ok(pread(fd, &byte, 1, 600) == 1, "... when nobody has it open any more");
	close(fd);
	close(disk);
	close(reader);
	disk = open(path, O_RDWR);
	ok(refuses(ioctl(disk, LOOP_CLR_FD), ENXIO), "then it has none");
}

static void test_many(void)
{
	int open_disk[40], cnt = 0, n;

	close(disk);
	for (; cnt < 40 && (n = get_free()) >= 0; cnt++) {
		open_disk[cnt] = open(path, O_RDWR);
		if (n != cnt || ioctl(open_disk[cnt], LOOP_SET_FD, file))
			break;
	}
	ok(cnt == 32 && n == -1 && errno == ENOSPC, "there are 32 at most");
	for (int i = 0; i < cnt; i++) {
		ioctl(open_disk[i], LOOP_CLR_FD);
		close(open_disk[i]);
	}
	ok(get_free() == 0, "and then the first is free");
}

int main(void)
{
	guest_begin();
	control = open("/dev/loop-control", O_RDWR);
	ok(control >= 0, "the module comes when it is needed");
	file = open("/file", O_RDWR | O_CREAT, 0600);
	ftruncate(file, BYTES);
	ok(get_free() == 0, "the first disk is free");
	disk = open(path, O_RDWR);
	test_part();
	test_read_only();
	test_many();
	guest_end();
}
