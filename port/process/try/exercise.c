/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Using what a module has registered: its devices here, its files in files.c. Answers do not matter, how it behaves does. */
#include <fcntl.h>
#include <string.h>

#include "port/process/try/try.h"

#define PIECE 4096
#define MAP_WRITTEN 64
#define MAP_FAR (1ull << 36)

static char data[PIECE], mapped[32 * PIECE]; /* the latter as much as one call carries */

/* ---- devices ---- */

static int add_device(const char *name, uint64_t number, unsigned int type, void *arg)
{
	(void)number, (void)type;
	lines_add(arg, "/dev/%s", name);
	return 0;
}

static void list_devices(const struct vfs *v, struct lines *out)
{
	vfs_each(v, "/dev", add_device, out);
}

static void seek(const struct vfs *v, uint64_t file, unsigned int whence)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_SEEK, .file = file, .flags = whence };

	vfs_call(v, &call, NULL, 0, NULL, 0);
}

static void poll_file(const struct vfs *v, uint64_t file)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_POLL, .file = file };

	vfs_call(v, &call, NULL, 0, NULL, 0);
}

static void read_some(const struct vfs *v, uint64_t file, size_t len)
{
	uint64_t offset = 0;

	vfs_read(v, file, data, len, &offset);
}

static void write_some(const struct vfs *v, uint64_t file, size_t len)
{
	uint64_t offset = 0;

	memset(data, 'x', len);
	vfs_write(v, file, data, len, &offset);
}

/* Return: bytes that could be read there, or a negative errno value. */
static int64_t map(const struct vfs *v, uint64_t file, uint64_t offset, size_t bytes, bool writes)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_MAP, .file = file, .offset = offset };

	memset(data, 'x', MAP_WRITTEN);
	return vfs_call(v, &call, data, writes ? MAP_WRITTEN : 0, mapped, bytes);
}

/* A page; more than most have; and a page beyond what any has. Return: what came of the first. */
static int use_mapping(const struct vfs *v, uint64_t file, int mode)
{
	int64_t got = map(v, file, 0, PIECE, mode != O_RDONLY);

	if (got == -TENON_ENODEV || mode == O_WRONLY)
		return -TENON_ENODEV;
	map(v, file, 0, sizeof(mapped), false);
	map(v, file, MAP_FAR, PIECE, false);
	return got < 0 ? (int)got : 0;
}

static void note_mapping(const char *path, int err, struct report *r)
{
	if (!err)
		lines_add(&r->exercised, "%s: mapped", path);
	else if (err != -TENON_ENODEV)
		lines_add(&r->unused, "%s: mmap: %s", path, strerror(-err));
}

/* In the order in which a program would: it writes, and reads what it has written. */
static bool use_device(const struct vfs *v, const char *path, int mode, struct report *r)
{
	uint64_t file;
	int err = vfs_file_open(v, path, mode | O_NONBLOCK, 0, &file);

	if (err)
		return false;
	poll_file(v, file);
	if (mode != O_RDONLY) {
		write_some(v, file, 1);
		write_some(v, file, 64);
		write_some(v, file, PIECE);
		poll_file(v, file);
	}
	seek(v, file, SEEK_SET);
	if (mode != O_WRONLY) {
		read_some(v, file, PIECE);
		seek(v, file, SEEK_SET);
		read_some(v, file, 1);
		seek(v, file, SEEK_END);
		read_some(v, file, PIECE);
	}
	note_mapping(path, use_mapping(v, file, mode), r);
	use_ioctls(v, file, r);
	vfs_file_close(v, file);
	return true;
}

static void use_devices(const struct vfs *v, const struct lines *before, struct report *r)
{
	static const struct {
		int mode;
		const char *text;
	} modes[] = { { O_RDWR, "read and written" }, { O_RDONLY, "read" }, { O_WRONLY, "written" } };
	struct lines now = { 0 };

	list_devices(v, &now);
	for (size_t i = 0; i < now.cnt; i++) {
		bool used = false;

		if (lines_have(before, now.line[i]))
			continue;
		lines_add(&r->registered, "device %s", now.line[i]);
		for (size_t m = 0; m < sizeof(modes) / sizeof(modes[0]) && !used; m++) {
			used = use_device(v, now.line[i], modes[m].mode, r);
			if (used)
				lines_add(&r->exercised, "%s: opened, polled, %s, %zu ioctls, closed", now.line[i],
					  modes[m].text, r->ioctl_cnt + 1);
		}
		if (!used)
			lines_add(&r->unused, "%s: it cannot be opened", now.line[i]);
	}
	lines_free(&now);
}

void list_before(const struct vfs *v, struct before *out)
{
	list_devices(v, &out->devices);
	tree_list(v, &out->files);
}

void exercise(const struct vfs *v, const struct before *before, struct report *r)
{
	use_devices(v, &before->devices, r);
	use_files(v, &before->files, r);
}

void find_left(const struct vfs *v, const struct before *before, struct report *r)
{
	struct lines now = { 0 };

	list_devices(v, &now);
	for (size_t i = 0; i < now.cnt; i++)
		if (!lines_have(&before->devices, now.line[i]))
			add_left(r, "device-left", now.line[i]);
	lines_free(&now);
	find_left_files(v, &before->files, r);
}
