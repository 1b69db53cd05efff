/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "workload.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "modules/examples/chardev.h"
#include "uses.h"

#define QUEUE_BYTES 4096 /* what the queue keeps */
#define UPPER_BYTES 16384
#define BLOCK_BYTES (1 << 20) /* of the block device's disk */

uint8_t sent[DISK_BYTES], got[DISK_BYTES];
int patience_ms;
static enum answer answer;

void expect(bool right)
{
	if (!right && answer == RIGHT)
		answer = WRONG;
}

void fail(void)
{
	answer = FAILED;
}

void fill(size_t bytes, unsigned seed)
{
	for (size_t i = 0; i < bytes; i++)
		sent[i] = (uint8_t)(i * 7 + i / 256 + seed);
}

static int open_device(const char *path)
{
	int fd = -1;

	for (int i = 0; i < patience_ms && access(path, F_OK); i++)
		usleep(1000);
	if (!access(path, F_OK))
		fd = open(path, O_RDWR | O_NONBLOCK); /* opening what is not there would ask for it */
	if (fd < 0)
		fail();
	return fd;
}

bool is_filesystem(const char *module)
{
	return !strcmp(module, "ext2") || !strcmp(module, "fat");
}

static short ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN | POLLOUT };

	return poll(&p, 1, patience_ms) < 0 ? 0 : p.revents;
}

/* Empty, partly full, full, around its end. */
static void use_queue(int fd)
{
	ssize_t want = 3000;

	expect(ready(fd) == POLLOUT);
	expect(read(fd, got, 10) < 0 && errno == EAGAIN);
	for (unsigned round = 0; round < 8; round++) {
		fill(sizeof(sent), round);
		expect(write(fd, sent, (size_t)want) == want);
		expect(ready(fd) == (POLLIN | POLLOUT));
		memset(got, 0, (size_t)want);
		expect(read(fd, got, sizeof(got)) == want && !memcmp(sent, got, (size_t)want));
	}
	expect(write(fd, sent, QUEUE_BYTES + 100) == QUEUE_BYTES);
	expect(ready(fd) == POLLIN);
	expect(write(fd, sent, 1) < 0 && errno == EAGAIN);
	expect(read(fd, got, sizeof(got)) == QUEUE_BYTES && !memcmp(sent, got, QUEUE_BYTES));
}

static void use_disk(int fd)
{
	for (unsigned round = 0; round < 4; round++) {
		size_t bytes = 5000u << round;
		off_t at = 777 * (off_t)round;

		fill(bytes, round);
		expect(pwrite(fd, sent, bytes, at) == (ssize_t)bytes);
		memset(got, 0, bytes);
		expect(pread(fd, got, bytes, at) == (ssize_t)bytes && !memcmp(sent, got, bytes));
	}
	expect(pwrite(fd, sent, 100, DISK_BYTES - 40) == 40);
	expect(pread(fd, got, 100, DISK_BYTES - 40) == 40 && !memcmp(sent, got, 40));
	expect(pwrite(fd, sent, 1, DISK_BYTES) < 0 && errno == ENOSPC);
	expect(pread(fd, got, 1, DISK_BYTES) == 0);
}

static void use_upper(int fd)
{
	static const char text[] = "[a word] And Another {z}", capitals[] = "[A WORD] AND ANOTHER {Z}";

	for (unsigned round = 0; round < 4; round++) {
		off_t at = 1000 * (off_t)round;

		expect(ioctl(fd, UPPER_CLEAR, NULL) == 0);
		expect(pread(fd, got, 1, 0) == 0);
		expect(pwrite(fd, text, sizeof(text), at) == sizeof(text));
		expect(pread(fd, got, sizeof(got), at) == sizeof(text) && !memcmp(got, capitals, sizeof(text)));
	}
	expect(ioctl(fd, UPPER_SUM, NULL) < 0 && errno == EINVAL);
	expect(ioctl(fd, 77, NULL) < 0 && errno == EINVAL);
	fill(UPPER_BYTES, 1);
	expect(pwrite(fd, sent, 100, UPPER_BYTES - 10) == 10);
	expect(pwrite(fd, sent, 1, UPPER_BYTES) < 0 && errno == ENOSPC);
}

/* Parts of sectors and many requests at once; nothing is cached, so what is read comes from the disk. */
static void use_block(int fd)
{
	uint64_t bytes = 0;

	expect(ioctl(fd, BLKGETSIZE64, &bytes) == 0 && bytes == BLOCK_BYTES);
	for (unsigned round = 0; round < 4; round++) {
		size_t part = 5000u << round;
		off_t at = BLOCK_BYTES - DISK_BYTES * (off_t)(round + 1) + 777 * (off_t)round;

		fill(part, round);
		expect(pwrite(fd, sent, part, at) == (ssize_t)part);
		memset(got, 0, part);
		expect(pread(fd, got, part, at) == (ssize_t)part && !memcmp(sent, got, part));
	}
	fill(sizeof(sent), 9);
	expect(pwrite(fd, sent, sizeof(sent), 0) == sizeof(sent));
	expect(fsync(fd) == 0);
	memset(got, 0, sizeof(got));
	expect(pread(fd, got, sizeof(got), 0) == sizeof(got) && !memcmp(sent, got, sizeof(got)));
	expect(pread(fd, got, 100, BLOCK_BYTES) == 0);
	expect(pwrite(fd, sent, 1, BLOCK_BYTES) < 0 && errno == ENOSPC);
}

static const struct {
	const char *module, *device;
	void (*use)(int fd);
} uses[] = {
	{ "queue", "/dev/queue", use_queue },    { "ramdisk", "/dev/ram0", use_disk },
	{ "chardev", "/dev/upper", use_upper },  { "virtio_blk", "/dev/vda", use_block },
	{ "xhci", "/dev/sda", use_block },       { "usb_storage", "/dev/sda", use_block },
	{ "virtio_net", "/dev/null", use_card }, /* a card has no node in /dev */
	{ "tcpip", "/dev/null", use_tcpip },
};

enum answer workload(const char *module, enum disk disk)
{
	unsigned i = 0;
	int fd;

	answer = RIGHT;
	patience_ms = disk == HARMED ? 1000 : 20000;
	if (is_filesystem(module)) {
		use_files(strcmp(module, "fat") ? module : "vfat", disk);
		return answer;
	}
	while (strcmp(uses[i].module, module))
		i++;
	fd = open_device(uses[i].device);
	if (answer != RIGHT)
		return answer;
	uses[i].use(fd);
	close(fd);
	return answer;
}
