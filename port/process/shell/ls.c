/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* ls: names in Linux's file systems. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "port/process/shell/files.h"

struct names {
	char **name;
	size_t cnt, cap;
};

static int add_name(const char *name, uint64_t number, unsigned int type, void *arg)
{
	struct names *n = arg;

	(void)number, (void)type;
	if (n->cnt == n->cap) {
		size_t cap = n->cap ? 2 * n->cap : 64;
		char **list = realloc(n->name, cap * sizeof(*list));

		if (!list)
			return -TENON_ENOMEM;
		n->name = list;
		n->cap = cap;
	}
	n->name[n->cnt] = strdup(name);
	return n->name[n->cnt++] ? 0 : -TENON_ENOMEM;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void mode_text(unsigned int mode, char text[11])
{
	static const char types[] = "?pc?d?b?-?l?s???", bits[] = "rwxrwxrwx";

	text[0] = types[mode >> 12 & 15];
	for (int i = 0; i < 9; i++)
		text[1 + i] = mode >> (8 - i) & 1 ? bits[i] : '-';
	if (mode & S_ISUID)
		text[3] = mode & S_IXUSR ? 's' : 'S';
	if (mode & S_ISGID)
		text[6] = mode & S_IXGRP ? 's' : 'S';
	if (mode & S_ISVTX)
		text[9] = mode & S_IXOTH ? 't' : 'T';
	text[10] = 0;
}

/* One line of -l. Return: 0 or a negative errno value. */
static int print_long(const struct vfs *v, const char *path, const char *name)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_READLINK };
	char mode[11], when[32], target[PROCESS_PATH_BYTES];
	struct tenon_linux_stat st;
	int64_t len = 0;
	time_t time;
	struct tm tm;
	int err = vfs_stat(v, path, false, &st);

	if (err)
		return err;
	mode_text(st.mode, mode);
	time = st.mtime.s;
	strftime(when, sizeof(when), "%F %R", gmtime_r(&time, &tm));
	printf("%s %3u %5u %5u ", mode, st.link_cnt, st.uid, st.gid);
	if (S_ISCHR(st.mode) || S_ISBLK(st.mode))
		printf("%6u, %4u", st.major, st.minor);
	else
		printf("%12llu", st.bytes);
	printf(" %s %s", when, name);
	if (S_ISLNK(st.mode))
		len = vfs_path(v, &call, path, NULL, target, sizeof(target));
	if (len > 0)
		printf(" -> %.*s", (int)len, target);
	putchar('\n');
	return len < 0 ? (int)len : 0;
}

static int print_directory(const struct args *a, const struct place *p, bool all)
{
	struct names n = { 0 };
	int err = vfs_each(&p->vfs, p->path, add_name, &n);
	char path[PROCESS_PATH_BYTES + 256];

	if (n.cnt)
		qsort(n.name, n.cnt, sizeof(*n.name), by_name);
	for (size_t i = 0; i < n.cnt; i++) {
		snprintf(path, sizeof(path), "%s/%s", p->path, n.name[i] ? n.name[i] : "");
		if (!err && all)
			err = print_long(&p->vfs, path, n.name[i]);
		else if (!err)
			puts(n.name[i]);
		free(n.name[i]);
	}
	free(n.name);
	return err ? say(a, "%s: %s", p->path, strerror(-err)) : 0;
}

static int print_path(const struct args *a, const struct place *p, bool all)
{
	struct tenon_linux_stat st;
	int err = vfs_stat(&p->vfs, p->path, !all, &st);

	if (!err && S_ISDIR(st.mode))
		return print_directory(a, p, all);
	if (!err && all)
		err = print_long(&p->vfs, p->path, p->path);
	else if (!err)
		puts(p->path);
	return err ? say(a, "%s: %s", p->path, strerror(-err)) : 0;
}

int cmd_ls(struct shell *s, const struct args *a)
{
	bool all = a->cnt > 1 && !strcmp(a->word[1], "-l") && !a->quoted[1];
	struct place p;
	int status = 0;

	if (a->cnt < (all ? 3u : 2u))
		return say_usage(a);
	for (size_t i = all ? 2 : 1; i < a->cnt; i++) {
		if (!place_need(s, a, a->word[i], &p))
			return 1;
		status |= print_path(a, &p, all);
		place_put(&p);
	}
	return status;
}
