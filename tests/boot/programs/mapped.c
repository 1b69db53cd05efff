// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A file that is mapped: reads, writes and mappings see the same bytes, and msync() brings them to the disk. The file is in
 * memory, or on /dev/vda if there is one; its last contents stay there, and the machine is turned off without unmounting.
 */
#include <sys/stat.h>

#include "tests/boot/programs/guest.h"

#define PAGE 4096
#define PAGES 3
#define BYTES (PAGES * PAGE)

static int fd;
static char *shared;

static bool holds(const char *text, off_t offset)
{
	char read[16] = "";

	return pread(fd, read, strlen(text), offset) == (ssize_t)strlen(text) && !strcmp(read, text);
}

static void write_shared(void)
{
	memcpy(shared + 2 * PAGE, "child", 5);
}

static void read_third_page(void)
{
	volatile char *c = shared + 2 * PAGE;

	_exit(*c);
}

static void open_file(void)
{
	int disk = open("/dev/vda", O_RDONLY);

	mkdir("/mnt", 0755);
	if (disk >= 0)
		ok(mount("/dev/vda", "/mnt", "ext2", 0, NULL) == 0, "the disk is mounted");
	fd = open("/mnt/file", O_RDWR | O_CREAT | O_TRUNC, 0644);
	ok(fd >= 0 && ftruncate(fd, BYTES) == 0, "there is a file");
	shared = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	ok(shared != MAP_FAILED, "it is mapped");
}

static void test_same_bytes(void)
{
	char *private;

	pwrite(fd, "written", 7, PAGE + 100);
	ok(!memcmp(shared + PAGE + 100, "written", 7), "what is written is in the mapping");
	memcpy(shared + 2 * PAGE - 3, "mapped", 6);
	ok(holds("mapped", 2 * PAGE - 3), "what is put into the mapping is read");
	in_child(write_shared);
	ok(holds("child", 2 * PAGE) && !memcmp(shared + 2 * PAGE, "child", 5), "... also when a child has done it");

	private = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	ok(!memcmp(private + 2 * PAGE, "child", 5), "a private mapping has the same bytes");
	memcpy(private + 2 * PAGE, "alone", 5);
	ok(holds("child", 2 * PAGE) && !memcmp(shared + 2 * PAGE, "child", 5),
	   "... until it is written, which no one else sees");
	munmap(private, BYTES);
}

static void test_shorter(void)
{
	ok(ftruncate(fd, PAGE + 1) == 0 && killed(in_child(read_third_page), SIGBUS), "beyond the end is SIGBUS");
	ok(ftruncate(fd, BYTES) == 0 && exited(in_child(read_third_page), 0),
	   "... and zeros when the file grows again");
}

static void test_sync(void)
{
	ftruncate(fd, PAGE + 1);
	shared[PAGE] = 'x'; /* the page is there, with one byte of the file in it */
	pwrite(fd, "end", 3, BYTES - 3);
	for (unsigned i = 0; i < BYTES; i++)
		shared[i] = (char)('a' + i % 26);
	ok(msync(shared, BYTES, MS_SYNC | MS_ASYNC) == -1 && errno == EINVAL, "msync() is one or the other");
	ok(msync(shared, BYTES + PAGE, MS_SYNC) == -1 && errno == ENOMEM, "... of what is mapped");
	ok(msync(shared, BYTES, MS_SYNC) == 0, "... and brings it to the disk");
}

int main(void)
{
	guest_begin();
	open_file();
	test_same_bytes();
	test_shorter();
	test_sync();
	guest_end();
}
