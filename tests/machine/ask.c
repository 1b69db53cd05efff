/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * ask socket FAMILY PROTOCOL | ask mount TYPE: as an unprivileged user, ask the kernel for what needs a module. Prints
 * "0" or the errno value.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#define USER 1000

int main(int argc, char **argv)
{
	int ret = -1;

	if (argc < 3 || setgid(USER) || setuid(USER)) {
		perror("ask");
		return 2;
	}
	if (!strcmp(argv[1], "mount"))
		ret = unshare(CLONE_NEWUSER | CLONE_NEWNS) ? -1 : mount("none", "/mnt", argv[2], 0, NULL);
	else if (argc == 4)
		ret = socket(atoi(argv[2]), SOCK_DGRAM, atoi(argv[3]));
	printf("%d\n", ret < 0 ? errno : 0);
	return 0;
}
