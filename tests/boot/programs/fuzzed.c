// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Damaged files of modules through finit_module, in one boot, into an isolated domain: whatever is loaded runs there, and
 * can end no more than that. What becomes of file number N depends on N alone, and no two are equal: there are FILES new ones
 * each time.
 */
#include <sys/stat.h>

#include "tests/boot/programs/modules.h"
#include "tests/fuzz/elf_damage.h"

enum { FILES = 100, PASSES = 5, SEEN_MAX = 1 << 16 };

static const char *const names[] = { "faulty/leak", "examples/params", "examples/export-a", "examples/chardev",
				     "examples/timer" };
#define NAME_CNT (sizeof(names) / sizeof(names[0]))

static struct {
	uint8_t *bytes;
	size_t size;
} files[NAME_CNT];
static uint8_t *damaged;
static struct shared {
	unsigned next, tried, accepted;
	uint64_t seen[SEEN_MAX]; /* hashes of what was tried, a table with open addressing */
} * shared;

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

/* Return: whether it is the first time. */
static bool is_new(size_t size)
{
	uint64_t hash = 14695981039346656037ull; /* FNV-1a, 64 bits */
	unsigned at;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ damaged[i]) * 1099511628211ull;
	for (at = (unsigned)hash % SEEN_MAX; shared->seen[at] && shared->seen[at] != hash; at = (at + 1) % SEEN_MAX)
		;
	if (shared->seen[at] == hash)
		return false;
	shared->seen[at] = hash;
	return true;
}

/* Return: 1: it was accepted; 0: it was refused; -1: something that must not be. */
static int try_damaged(size_t size)
{
	int fd = open("/tmp/fuzzed.ko", O_CREAT | O_TRUNC | O_RDWR, 0600), reading;
	long err;

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
	for (unsigned tried = 0; tried < FILES * times();) {
		unsigned nr = shared->next++;
		size_t which = nr % NAME_CNT, size = files[which].size;
		int result;

		memcpy(damaged, files[which].bytes, size);
		elf_damage(damaged, size, nr * 2654435761u);
		if (!is_new(size))
			continue;
		result = try_damaged(size);
		if (result < 0) {
			diag("file %u", nr);
			_exit(1);
		}
		tried++;
		shared->tried++;
		shared->accepted += (unsigned)result;
	}
	unlink("/tmp/fuzzed.ko");
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
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ok(read_files(), "there are files to damage");
	ok(exited(in_child(loads), 0), "a module loads before");
	ok(leaves_nothing(fuzz), "damaged files leave no memory behind");
	ok(exited(in_child(fuzz), 0), "... and the kernel as it was");
	ok(shared->tried == PASSES * FILES * times(), "%u files, all different, of which %u were accepted",
	   shared->tried, shared->accepted);
	ok(exited(in_child(loads), 0), "... a module loads after them");
	guest_end();
}
