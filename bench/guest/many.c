// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* many FILE NAME COUNT - load so many copies of the module, each with a name of its own, of the same length. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Where a string of this text begins and ends, there the name stands. */
static void rename_all(char *file, size_t size, const char *from, const char *to, size_t len)
{
	for (size_t i = 1; i + len < size; i++)
		if ((file[i - 1] == '=' || !file[i - 1]) && !memcmp(file + i, from, len) && !file[i + len])
			memcpy(file + i, to, len);
}

int main(int argc, char **argv)
{
	int fd = argc == 4 ? open(argv[1], O_RDONLY) : -1;
	off_t size = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	char *file = size < 0 ? NULL : malloc((size_t)size);
	char last[64], next[64];
	size_t len;

	if (!file || pread(fd, file, (size_t)size, 0) != size || strlen(argv[2]) >= sizeof(last))
		return 1;
	len = strlen(argv[2]);
	strcpy(last, argv[2]);
	for (int i = 0; i < atoi(argv[3]); i++) {
		snprintf(next, sizeof(next), "m%0*d", (int)len - 1, i);
		rename_all(file, (size_t)size, last, next, len);
		if (syscall(SYS_init_module, file, size, "")) {
			perror(next);
			return 1;
		}
		strcpy(last, next);
	}
	return 0;
}
