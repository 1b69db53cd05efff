/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Which processes have a module's device nodes open. A node is the module's if the device of its number, or one above
 * that, is bound to a driver of the module, or if the module has the number's alias (char-major-10-232).
 */
#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "user/lib/buf.h"
#include "user/lib/running/uses.h"

/* Whether a node is the module's, so that it is looked up once. */
struct answer {
	dev_t number;
	bool block, ours;
};

struct search {
	struct uses *u;
	struct buf answers;
	char process[32]; /* its directory in /proc */
	uint32_t pid;
};

static int bound(void *data, const struct tmod_device *device)
{
	const struct uses *u = data;

	return device->module && !strcmp(device->module, u->name);
}

static bool is_ours(struct search *s, dev_t number, bool block)
{
	const struct answer *known = (const void *)s->answers.data;
	struct answer answer = { number, block, false };
	unsigned int major = major(number), minor = minor(number);
	char path[64];

	for (size_t i = 0; i < s->answers.len / sizeof(*known); i++)
		if (known[i].number == number && known[i].block == block)
			return known[i].ours;
	snprintf(path, sizeof(path), "/sys/dev/%s/%u:%u", block ? "block" : "char", major, minor);
	answer.ours = tmod_device_find(path, bound, s->u) == 1;
	snprintf(path, sizeof(path), "%s-major-%u-%u", block ? "block" : "char", major, minor);
	answer.ours |= uses_serves(s->u, path);
	buf_add(&s->answers, &answer, sizeof(answer));
	return answer.ours;
}

static void read_command(const struct search *s, char *command, size_t size)
{
	char path[64];
	FILE *in;

	snprintf(path, sizeof(path), "%s/comm", s->process);
	in = fopen(path, "re");
	if (!in || !fgets(command, (int)size, in))
		*command = '\0';
	command[strcspn(command, "\n")] = '\0';
	if (in)
		fclose(in);
}

/* One file that a process has open. Its link says the path that it had. */
static int tell_file(struct search *s, int fds, const char *entry)
{
	char node[PATH_MAX], command[64];
	struct tmod_use use = { .kind = TMOD_USE_FILE, .what = node, .by = command, .pid = s->pid, .cnt = 1 };
	struct stat st;
	ssize_t len;

	if (fstatat(fds, entry, &st, 0) || !(S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) ||
	    !is_ours(s, st.st_rdev, S_ISBLK(st.st_mode)))
		return 0;
	len = readlinkat(fds, entry, node, sizeof(node) - 1);
	if (len < 0)
		return 0;
	node[len] = '\0';
	read_command(s, command, sizeof(command));
	return s->u->each(s->u->data, &use);
}

static int tell_process(struct search *s)
{
	const struct dirent *entry;
	char path[64];
	DIR *fds;
	int ret = 0;

	snprintf(path, sizeof(path), "%s/fd", s->process);
	fds = opendir(path);
	while (fds && !ret && (entry = readdir(fds)))
		if (isdigit((unsigned char)*entry->d_name))
			ret = tell_file(s, dirfd(fds), entry->d_name);
	if (fds)
		closedir(fds);
	return ret;
}

int uses_open_files(struct uses *u)
{
	struct search s = { .u = u };
	const struct dirent *entry;
	DIR *proc = opendir("/proc");
	int ret = 0;

	while (proc && !ret && (entry = readdir(proc))) {
		s.pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
		if (!s.pid)
			continue;
		snprintf(s.process, sizeof(s.process), "/proc/%u", s.pid);
		ret = tell_process(&s);
	}
	if (proc)
		closedir(proc);
	buf_free(&s.answers);
	return ret;
}
