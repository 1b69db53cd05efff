/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* depmod --all-releases: one process for each tree, so that one that fails leaves the others alone. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tools/depmod.h"
#include "user/tools/tools.h"

/* The processes, and what they do. */
struct work {
	int (*run)(void *data, const char *release);
	void *data;
	long most, running;
	bool found, good;
};

/* Wait for one of the processes. */
static void wait_one(struct work *w)
{
	int status = 0;
	pid_t pid;

	do
		pid = wait(&status);
	while (pid < 0 && errno == EINTR);
	w->running--;
	w->good &= pid > 0 && WIFEXITED(status) && !WEXITSTATUS(status);
}

/* Begin one, unless it is no kernel's; a directory that only has what another program left there is a kernel's, too. */
static int begin(void *data, const char *release)
{
	struct work *w = data;
	unsigned int major, minor;
	pid_t pid;

	if (sscanf(release, "%u.%u", &major, &minor) != 2)
		return 0;
	w->found = true;
	if (w->running >= w->most)
		wait_one(w);
	pid = fork();
	if (!pid)
		_exit(w->run(w->data, release) || fflush(NULL));
	w->running += pid > 0;
	w->good &= pid > 0;
	return 0;
}

int depmod_releases(const char *root, const char *module_dir, int (*run)(void *data, const char *release), void *data)
{
	struct work w = { run, data, sysconf(_SC_NPROCESSORS_ONLN), 0, false, true };
	const char *base = root ? root : "", *dir = module_dir ? module_dir : "",
		   *in = root || module_dir ? " in " : "";
	int err;

	fflush(NULL);
	err = tmod_trees_each(root, module_dir, begin, &w);
	while (w.running)
		wait_one(&w);
	if (err)
		return tools_error("depmod", "could not look for module trees%s%s%s: %s", in, base, dir,
				   strerror(-err));
	if (!w.found)
		return tools_error("depmod", "there is no kernel's module tree%s%s%s", in, base, dir);
	return w.good ? EXIT_SUCCESS : EXIT_FAILURE;
}
