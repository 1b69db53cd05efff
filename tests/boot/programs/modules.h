/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* System calls about modules, for programs of this directory. */
#ifndef TESTS_BOOT_PROGRAMS_MODULES_H
#define TESTS_BOOT_PROGRAMS_MODULES_H

#include <fcntl.h>
#include <sys/syscall.h>

#include "kernel/release.h"
#include "tests/boot/programs/guest.h"

#define TREE "/lib/modules/" KERNEL_RELEASE "/kernel/"

__attribute__((unused)) static long init_module(const void *image, unsigned long len, const char *params)
{
	return syscall(SYS_init_module, image, len, params) ? -errno : 0;
}

__attribute__((unused)) static long finit_module(int fd, const char *params, int flags)
{
	return syscall(SYS_finit_module, fd, params, flags) ? -errno : 0;
}

__attribute__((unused)) static long delete_module(const char *name, unsigned int flags)
{
	return syscall(SYS_delete_module, name, flags) ? -errno : 0;
}

/* finit_module of a file. Return: 0 or a negative errno. */
__attribute__((unused)) static long load_file(const char *path, const char *params, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	long err = finit_module(fd, params, flags);

	close(fd);
	return err;
}

__attribute__((unused)) static bool domain_is_there(const char *name)
{
	FILE *f = fopen("/proc/domains", "r");
	char line[128];
	bool there = false;

	while (f && fgets(line, sizeof(line), f))
		there |= !strncmp(line, name, strlen(name));
	if (f)
		fclose(f);
	return there;
}

/* What it had is taken back soon after its end. Return: it has been, in time that no machine needs. */
__attribute__((unused)) static bool domain_is_gone(const char *name)
{
	for (int i = 0; i < 20000 && domain_is_there(name); i++)
		usleep(1000);
	return !domain_is_there(name);
}

#endif
