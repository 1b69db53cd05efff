/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* mount, umount, df, losetup: file systems of Linux's modules, on files of this machine or on disks of Linux's modules. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/shell/files.h"
#include "port/process/shell/shell.h"

/* ---- the table ---- */

static struct shell_mount **find_link(struct shell *s, const char *dir)
{
	struct shell_mount **link = &s->mounts;

	while (*link && strcmp(vfs_mount_dir((*link)->mount), dir))
		link = &(*link)->next;
	return link;
}

const struct vfs *mount_of(const struct shell *s, const char *path)
{
	for (const struct shell_mount *m = s->mounts; m; m = m->next) {
		const char *dir = vfs_mount_dir(m->mount);
		size_t len = strlen(dir);

		if (!strncmp(path, dir, len) && (!path[len] || path[len] == '/'))
			return vfs_mount_vfs(m->mount);
	}
	return NULL;
}

static int unmount(const struct args *a, struct shell_mount **link)
{
	struct shell_mount *m = *link;
	char dir[PROCESS_PATH_BYTES];
	int err;

	snprintf(dir, sizeof(dir), "%s", vfs_mount_dir(m->mount));
	err = vfs_unmount(m->mount);
	if (err == -TENON_EBUSY)
		return say(a, "%s: it is in use; unmount what is mounted below it first", dir);
	*link = m->next;
	free(m);
	if (err == -TENON_EOWNERDEAD)
		return say(a, "%s: its domain has died; what was not written is lost", dir);
	return err ? say(a, "%s: not all may have been written: %s", dir, strerror(-err)) : 0;
}

bool mounts_close(struct shell *s)
{
	static char name[] = "exit";
	const struct args a = { .cnt = 1, .word = { name } };
	bool good = true;

	while (s->mounts) {
		const struct shell_mount *before = s->mounts;

		good &= !unmount(&a, &s->mounts);
		if (s->mounts == before)
			return false;
	}
	return good;
}

/* ---- mount ---- */

struct mount_args {
	struct vfs_mount_options options;
	const char *domain;
	char dir[PROCESS_PATH_BYTES];
};

/*
 * An image may be made to break the module that reads it: so the module is in an isolated domain unless another is named.
 * Return: 0, or the status to fail with.
 */
static int take_args(const struct args *a, struct mount_args *out)
{
	size_t i = 1;

	*out = (struct mount_args){ .domain = "isolated" };
	for (; i < a->cnt && a->word[i][0] == '-' && !a->quoted[i]; i++) {
		bool more = i + 1 < a->cnt;

		if (!strcmp(a->word[i], "-r"))
			out->options.read_only = true;
		else if (!strcmp(a->word[i], "-t") && more)
			out->options.type = a->word[++i];
		else if (!strcmp(a->word[i], "-o") && more)
			out->options.options = a->word[++i];
		else if (!strcmp(a->word[i], "--domain") && more)
			out->domain = a->word[++i];
		else
			return say_usage(a);
	}
	if (a->cnt - i != 2)
		return say_usage(a);
	out->options.image = a->word[i];
	if (path_clean(a->word[i + 1], out->dir))
		return say(a, "%s: name a directory with '/' before it; it is made", a->word[i + 1]);
	out->options.dir = out->dir;
	return 0;
}

/*
 * What an image is: a node in Linux's /dev, "none" for file systems that have no disk, such as sysfs, or a file of this machine. Return:
 * 0 with a reference on @vfs, or the status to fail with.
 */
static int find_source(struct shell *s, const struct args *a, struct mount_args *m, struct vfs *vfs)
{
	struct tenon_diag diag = { 0 };
	struct tenon_domain *d;
	struct place p;

	if (place_find(s, m->options.image, &p)) {
		m->options.inside = true;
		*vfs = p.vfs;
		return 0;
	}
	m->options.inside = !strcmp(m->options.image, "none");
	d = domain_need(s, a, m->domain);
	if (!d)
		return 1;
	return vfs_open(s->h, d, true, vfs, &diag) ? say_diag(s, a, NULL, &diag) : 0;
}

static int mount_at(struct shell *s, const struct args *a, struct mount_args *m)
{
	struct shell_mount *entry = calloc(1, sizeof(*entry));
	struct vfs vfs;
	char why[256];
	int status = entry ? find_source(s, a, m, &vfs) : say(a, "out of memory");

	if (!status) {
		status = vfs_mount(&vfs, &m->options, &entry->mount, why) ? say(a, "%s", why) : 0;
		vfs_close(&vfs);
	}
	if (status) {
		free(entry);
		return status;
	}
	entry->image = strdup(m->options.image);
	entry->next = s->mounts;
	s->mounts = entry;
	return 0;
}

int cmd_mount(struct shell *s, const struct args *a)
{
	struct mount_args m;
	int status;

	if (a->cnt == 1) {
		for (const struct shell_mount *e = s->mounts; e; e = e->next)
			printf("%s on %s type %s\n", e->image ? e->image : "?", vfs_mount_dir(e->mount),
			       vfs_mount_type(e->mount));
		return 0;
	}
	status = take_args(a, &m);
	return status ? status : mount_at(s, a, &m);
}

int cmd_umount(struct shell *s, const struct args *a)
{
	char dir[PROCESS_PATH_BYTES];
	int status = 0;

	if (a->cnt < 2)
		return say_usage(a);
	for (size_t i = 1; i < a->cnt; i++) {
		struct shell_mount **link = path_clean(a->word[i], dir) ? NULL : find_link(s, dir);

		if (!link || !*link)
			status = say(a, "%s: nothing is mounted there; `mount` lists what is", a->word[i]);
		else if (unmount(a, link))
			status = 1;
	}
	return status;
}

/* ---- losetup ---- */

int cmd_losetup(struct shell *s, const struct args *a)
{
	bool detach = a->cnt == 3 && !strcmp(a->word[1], "-d");
	struct tenon_linux_file call = { .op = TENON_LINUX_LOOP, .flags = O_RDWR };
	const char *device;
	char file[PROCESS_PATH_BYTES] = "";
	struct place p;
	int64_t err;

	if (a->cnt != 3)
		return say_usage(a);
	device = a->word[detach ? 2 : 1];
	if (!detach && path_clean(a->word[2], file))
		return say(a, "%s: name a file of what is mounted", a->word[2]);
	if (!place_need(s, a, device, &p))
		return 1;
	err = vfs_path(&p.vfs, &call, p.path, file, NULL, 0);
	place_put(&p);
	return err ? say(a, "%s: %s", device, strerror((int)-err)) : 0;
}

/* ---- df ---- */

static int print_usage(const struct args *a, const struct shell_mount *m)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_STATFS };
	const char *dir = vfs_mount_dir(m->mount);
	struct tenon_linux_statfs st;
	int64_t err = vfs_path(vfs_mount_vfs(m->mount), &call, dir, NULL, &st, sizeof(st));
	unsigned long long kib;

	if (err < 0)
		return say(a, "%s: %s", dir, strerror((int)-err));
	kib = st.block_bytes / 1024 ? st.block_bytes / 1024 : 1;
	printf("%-20s %-10s %12llu %12llu %12llu\n", dir, vfs_mount_type(m->mount), st.blocks * kib,
	       (st.blocks - st.blocks_free) * kib, st.blocks_avail * kib);
	return 0;
}

int cmd_df(struct shell *s, const struct args *a)
{
	int status = 0;

	if (a->cnt > 1)
		return say_usage(a);
	printf("%-20s %-10s %12s %12s %12s\n", "Mounted on", "Type", "KiB", "Used", "Available");
	for (const struct shell_mount *m = s->mounts; m; m = m->next)
		status |= print_usage(a, m);
	return status;
}
