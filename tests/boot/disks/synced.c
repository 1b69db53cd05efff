// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * synced STEPS OFFSET - on /mnt, for tests/boot/power_cut.py, which knows what each step does: makes a file and syncs it, writes
 * one anew and syncs it, or takes one away and syncs. After each step its number is written to /dev/vda at OFFSET, which is
 * behind the file system. Between the steps other files come, change and go, and nobody syncs them.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 60000, NOISE = 12, SECTOR = 512 };

static char buf[FILE_MAX];
static uint32_t state = 1;

static uint32_t below(uint32_t end)
{
	state = state * 1103515245u + 12345u;
	return (state >> 8) % end;
}

static void must(int good, const char *what)
{
	if (!good) {
		perror(what);
		exit(1);
	}
}

static void write_all(int fd, unsigned number, unsigned version)
{
	size_t bytes = number * 7919 % FILE_MAX + 1;

	for (size_t i = 0; i < bytes; i++)
		buf[i] = (char)(number * 131 + version * 13 + i * 7);
	must(pwrite(fd, buf, bytes, 0) == (ssize_t)bytes, "write");
	must(fsync(fd) == 0, "fsync");
}

static void make(unsigned number)
{
	char name[32];
	int fd = open("/mnt/s/new", O_CREAT | O_EXCL | O_WRONLY, 0644);

	must(fd >= 0, "new");
	write_all(fd, number, number);
	close(fd);
	snprintf(name, sizeof(name), "/mnt/s/f%u", number);
	must(rename("/mnt/s/new", name) == 0, "rename");
	sync();
}

static void step(unsigned n)
{
	char name[32];
	int fd;

	switch (n % 5) {
	case 3: /* what was made before it is written anew */
		snprintf(name, sizeof(name), "/mnt/s/f%u", n - 1);
		fd = open(name, O_WRONLY);
		must(fd >= 0, name);
		write_all(fd, n - 1, n);
		close(fd);
		break;
	case 4:
		snprintf(name, sizeof(name), "/mnt/s/f%u", n - 3);
		must(unlink(name) == 0, name);
		sync();
		break;
	default:
		make(n);
	}
}

static void disturb(void)
{
	char name[64], other[64];
	int fd;

	snprintf(name, sizeof(name), "/mnt/%c/x%u", below(2) ? 's' : 'n', below(20));
	switch (below(4)) {
	case 0:
		unlink(name);
		rmdir(name);
		break;
	case 1:
		snprintf(other, sizeof(other), "/mnt/n/x%u", below(20));
		rename(name, other);
		break;
	case 2:
		mkdir(name, 0755);
		break;
	default:
		fd = open(name, O_CREAT | O_WRONLY, 0644);
		if (fd >= 0) {
			pwrite(fd, buf, below(FILE_MAX), below(3) * 50000);
			close(fd);
		}
	}
}

int main(int argc, char **argv)
{
	unsigned steps = argc == 3 ? (unsigned)atoi(argv[1]) : 0;
	off_t offset = steps ? atol(argv[2]) : 0;
	int disk = open("/dev/vda", O_WRONLY);

	must(disk >= 0 && steps, "disk");
	mkdir("/mnt/s", 0755);
	mkdir("/mnt/n", 0755);
	for (unsigned n = 0; n < steps; n++) {
		char mark[SECTOR] = "step";

		for (int i = 0; i < NOISE; i++)
			disturb();
		step(n);
		memcpy(mark + 8, &n, sizeof(n));
		must(pwrite(disk, mark, sizeof(mark), offset) == sizeof(mark), "mark");
	}
	puts("all steps");
	return 0;
}
