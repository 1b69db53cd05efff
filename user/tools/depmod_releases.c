/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* depmod --all-releases: one process for each tree, so that one that fails leaves the others alone. */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tools/depmod.h"
#include "user/tools/tools.h"

/* What a kernel's tree is called; a directory that only has what another program left there is one, too. */
static int is_release(const struct dirent *entry)
{
	unsigned int major, minor;

	return sscanf(entry->d_name, "%u.%u", &major, &minor) == 2;
}

static bool is_directory(const char *directory, const char *name)
{
	char path[PATH_MAX];
	struct stat st;

	return (size_t)snprintf(path, sizeof(path), "%s/%s", directory, name) < sizeof(path) && !stat(path, &st) &&
	       S_ISDIR(st.st_mode);
}

/* Wait for one of @running processes. Return: whether it succeeded. */
static bool wait_one(long *running)
{
	int status = 0;
	pid_t pid;

	do
		pid = wait(&status);
	while (pid < 0 && errno == EINTR);
	--*running;
	return pid > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}

int depmod_releases(const char *directory, int (*run)(void *data, const char *release), void *data)
{
	struct dirent **entries;
	int cnt = scandir(directory, &entries, is_release, versionsort), found = 0;
	long most = sysconf(_SC_NPROCESSORS_ONLN), running = 0;
	bool good = true;

	if (cnt < 0)
		return tools_error("depmod", "could not open directory %s: %s", directory, strerror(errno));
	fflush(NULL);
	for (int i = 0; i < cnt; i++) {
		pid_t pid = 0;

		if (is_directory(directory, entries[i]->d_name)) {
			found++;
			if (running >= most)
				good &= wait_one(&running);
			pid = fork();
			if (!pid)
				_exit(run(data, entries[i]->d_name) || fflush(NULL));
			running += pid > 0;
			good &= pid > 0;
		}
		free(entries[i]);
	}
	while (running)
		good &= wait_one(&running);
	free(entries);
	if (!found)
		return tools_error("depmod", "%s: there is no kernel's module tree in it", directory);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
