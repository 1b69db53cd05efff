// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Damaged files of modules through finit_module, in one boot, into an isolated domain: whatever is loaded runs there, and
 * can end no more than that. What becomes of file number N depends on N alone.
 */
#include <sys/stat.h>

#include "tests/boot/programs/modules.h"
#include "tests/fuzz/elf_damage.h"

enum { FILES = 100 };

static const char *const names[] = { "faulty/leak", "examples/params", "examples/export-a", "examples/chardev",
				     "examples/timer" };
#define NAME_CNT (sizeof(names) / sizeof(names[0]))

static struct {
	uint8_t *bytes;
	size_t size;
} files[NAME_CNT];
static uint8_t *damaged;

static bool read_files(void)
{
	size_t most = 0;

	for (size_t i = 0; i < NAME_CNT; i++) {
		char path[128];
		struct stat st;
		int fd;

		snprintf(path, sizeof(path), TREE "%s.ko", names[i]);
		fd = open(path, O_RDONLY);
		if (fd < 0 || fstat(fd, &st))
			return false;
		files[i].size = (size_t)st.st_size;
		files[i].bytes = malloc(files[i].size);
		if (!files[i].bytes || read(fd, files[i].bytes, files[i].size) != (ssize_t)files[i].size)
			return false;
		close(fd);
		most = files[i].size > most ? files[i].size : most;
	}
	damaged = malloc(most);
	return damaged;
}

/* Away with it, whatever it has. */
static bool end_domain(void)
{
	int fd = open("/proc/domains", O_WRONLY);

	if (fd < 0 || (write(fd, "fuzz", 4) < 0 && errno != ENOENT))
		return false;
	close(fd);
	return domain_is_gone("fuzz");
}

/* Return: 1: it was accepted; 0: it was refused; -1: something that must not be. */
static int try_file(unsigned nr)
{
	size_t which = nr % NAME_CNT, size = files[which].size;
	int fd = open("/tmp/fuzzed.ko", O_CREAT | O_TRUNC | O_RDWR, 0600), reading;
	long err;

	memcpy(damaged, files[which].bytes, size);
	elf_damage(damaged, size, nr * 2654435761u);
	if (fd < 0 || write(fd, damaged, size) != (ssize_t)size)
		return -1;
	close(fd);
	reading = open("/tmp/fuzzed.ko", O_RDONLY);
	err = finit_module(reading, "isolated=fuzz", 0);
	close(reading);
	if (err > 0 || err < -4095)
		return -1;
	return end_domain() ? !err : -1;
}

static void fuzz(void)
{
	unsigned accepted = 0;

	for (unsigned nr = 0; nr < FILES * times(); nr++) {
		int result = try_file(nr);

		if (result < 0) {
			diag("file %u", nr);
			_exit(1);
		}
		accepted += (unsigned)result;
	}
	unlink("/tmp/fuzzed.ko");
	diag("%u files, %u were accepted", FILES * times(), accepted);
}

static void loads(void)
{
	if (load_file(TREE "examples/hello.ko", "", 0) || delete_module("hello", O_NONBLOCK))
		_exit(1);
}

int main(void)
{
	guest_begin();
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	ok(read_files(), "there are files to damage");
	ok(exited(in_child(loads), 0), "a module loads before");
	ok(leaves_nothing(fuzz), "damaged files leave no memory behind");
	ok(exited(in_child(fuzz), 0), "... and the kernel as it was");
	ok(exited(in_child(loads), 0), "... a module loads after them");
	guest_end();
}
