// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * guest_load NAME FILE - the time of init_module and of delete_module, in a guest whose clock counts instructions: the
 * third of three, when what the first ones made is there.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static long now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000l + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	long start, loaded, unloaded;
	char *file;
	off_t size;
	int fd;

	fd = argc == 3 ? open(argv[2], O_RDONLY) : -1;
	size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	file = size < 0 ? NULL : malloc((size_t)size);
	if (!file || pread(fd, file, (size_t)size, 0) != size)
		return 1;
	for (int i = 0; i < 3; i++) {
		start = now_ns();
		if (syscall(SYS_init_module, file, size, ""))
			return 1;
		loaded = now_ns();
		if (syscall(SYS_delete_module, argv[1], O_NONBLOCK))
			return 1;
		unloaded = now_ns();
	}
	printf("load.%s %ld\nunload.%s %ld\n", argv[1], loaded - start, argv[1], unloaded - loaded);
	return 0;
}
