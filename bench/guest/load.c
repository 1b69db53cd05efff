// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * load NAME FILE - what init_module and delete_module take, on a machine whose time-stamp counter counts instructions:
 * the least of some rounds, of which the first ones make what is kept. With the other CPUs idle it counts their work, and
 * what passes while all wait, too.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <x86intrin.h>

#define ROUNDS 4

static void least(unsigned long long *least, unsigned long long took)
{
	if (took < *least)
		*least = took;
}

int main(int argc, char **argv)
{
	unsigned long long start, load = ~0ull, unload = ~0ull;
	int fd = argc >= 3 ? open(argv[2], O_RDONLY) : -1;
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	char *file = size < 0 ? NULL : malloc((size_t)size);

	if (!file || pread(fd, file, (size_t)size, 0) != size)
		return 1;
	for (int i = 0; i < ROUNDS; i++) {
		start = __rdtsc();
		if (syscall(SYS_init_module, file, size, ""))
			return 1;
		least(&load, __rdtsc() - start);
		start = __rdtsc();
		if (syscall(SYS_delete_module, argv[1], O_NONBLOCK))
			return 1;
		least(&unload, __rdtsc() - start);
	}
	printf("load.%s %llu\nunload.%s %llu\n", argv[1], load, argv[1], unload);
	return 0;
}
