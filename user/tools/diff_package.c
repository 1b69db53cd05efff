/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The modules of a Debian package, by dpkg-deb and tar: only they are written to the disk. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tools/diff.h"
#include "user/tools/tools.h"

extern char **environ;

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	remove(path);
	return 0;
}

void diff_remove(const char *directory)
{
	nftw(directory, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Start a program whose standard input or output (@fd) is @end of a pipe, and the other one's end @other closed. */
static pid_t start(const char *const *argv, int fd, int end, int other)
{
	posix_spawn_file_actions_t actions;
	pid_t pid = -1;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, end, fd);
	posix_spawn_file_actions_addclose(&actions, end);
	posix_spawn_file_actions_addclose(&actions, other);
	if (posix_spawnp(&pid, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ))
		pid = -1;
	posix_spawn_file_actions_destroy(&actions);
	return pid;
}

static bool succeeded(pid_t pid)
{
	int status;

	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status);
}

static bool unpack(const char *package, const char *directory)
{
	const char *deb[] = { "dpkg-deb", "--fsys-tarfile", package, NULL };
	const char *tar[] = { "tar", "-x", "-C", directory, "--no-same-owner", "--wildcards", "*.ko*", NULL };
	pid_t from, to;
	int pipes[2];
	bool read;

	if (pipe(pipes))
		return false;
	from = start(deb, STDOUT_FILENO, pipes[1], pipes[0]);
	to = start(tar, STDIN_FILENO, pipes[0], pipes[1]);
	close(pipes[0]);
	close(pipes[1]);
	read = succeeded(from);
	return succeeded(to) && read;
}

char *diff_unpack(const char *package)
{
	const char *tmp = getenv("TMPDIR");
	char *directory;

	if (asprintf(&directory, "%s/tenon-diff.XXXXXX", tmp && *tmp ? tmp : "/tmp") < 0)
		return NULL;
	if (!mkdtemp(directory)) {
		tools_error("diff", "%s: %s", directory, strerror(errno));
		free(directory);
		return NULL;
	}
	if (unpack(package, directory))
		return directory;
	tools_error("diff", "%s: dpkg-deb and tar could not unpack it", package);
	diff_remove(directory);
	free(directory);
	return NULL;
}
