/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Files and disks of a domain that lies: lengths that cannot be, names without end, a disk that is never done. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "port/process/vfs/vfs.h"
#include "tests/process/rig.h"

#define ROOM 100

static struct vfs vfs;

static uint64_t find(const char *name)
{
	struct tenon_export e;

	if (tenon_lookup(rig_core, rig_domain("box"), name, &e)) {
		printf("Bail out! lying_files has no %s\n", name);
		exit(2);
	}
	return e.value;
}

static void lie(int64_t answer)
{
	int64_t unused;

	rig_call(rig_domain("box"), "lie", (uint64_t)answer, 0, &unused);
}

static int count(const char *name, uint64_t number, unsigned int type, void *arg)
{
	(void)name, (void)number, (void)type;
	++*(size_t *)arg;
	return 0;
}

/* ---- lengths ---- */

static const int64_t lengths[] = { ROOM + 1, 1 << 20, INT_MAX, 1ll << 40, INT64_MAX, INT64_MIN, -(1ll << 32) };

static void lengths_checked(void)
{
	struct tenon_linux_stat st;
	unsigned int bad = 0;

	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		uint8_t *data = malloc(ROOM); /* a sanitizer sees its end */
		uint64_t offset = 0;
		size_t cnt = 0;

		lie(lengths[i]);
		bad += vfs_read(&vfs, 1, data, ROOM, &offset) != -TENON_EIO;
		bad += vfs_write(&vfs, 1, data, ROOM, &offset) != -TENON_EIO;
		bad += vfs_stat(&vfs, "/x", true, &st) != -TENON_EIO;
		if (lengths[i] < 0 || lengths[i] > 1 << 16)
			bad += vfs_each(&vfs, "/", count, &cnt) != -TENON_EIO || cnt;
		free(data);
	}
	ok(!bad, "lengths that cannot be are errors");
}

/* The domain changes what the call is, between two pieces of one transfer. */
static void pieces_checked(void)
{
	static uint8_t data[2 * TENON_LINUX_IO_BYTES];
	uint64_t offset = 0;

	lie(0);
	ok(vfs_read(&vfs, 1, data, sizeof(data), &offset) == TENON_LINUX_IO_BYTES, "... in a second piece too");
}

static void lists_end(void)
{
	size_t cnt = 0;

	lie(sizeof(struct tenon_linux_entry) + 8);
	ok(vfs_each(&vfs, "/", count, &cnt) == -TENON_EFBIG && cnt,
	   "a directory without end is an error after many names");
}

/* ---- a disk ---- */

static void disk_ends(void)
{
	char name[] = "/tmp/files.XXXXXX", path[32];
	int fd = mkstemp(name);
	struct vfs_source source = { .fd = fd, .bytes = 1 << 20 };
	struct vfs_disk *disk;
	int64_t carried = -1;

	if (fd < 0 || ftruncate(fd, 1 << 20)) {
		printf("Bail out! a file cannot be made\n");
		exit(2);
	}
	lie(0);
	if (ok(!vfs_disk_add(&vfs, &source, false, &disk, path) && !path[31], "a disk is made")) {
		rig_sleep(50 * MS);
		vfs_disk_remove(disk);
		rig_call(rig_domain("box"), "lie_disk_carried", 0, 0, &carried);
		ok(carried <= 1, "it is removed, though it always has one more request");
	}
	close(fd);
	unlink(name);
}

int main(void)
{
	struct tenon_domain *box;

	rig_open(NULL);
	box = rig_domain("box");
	if (!ok(!rig_load(box, "lying_files", NULL), "a module that lies is loaded"))
		return tap_done();
	vfs = (struct vfs){ .h = rig_host,
			    .linux_ko = tenon_get(rig_core, box, "lying_files"),
			    .file = find("lie_file"),
			    .disk_add = find("lie_disk_add"),
			    .disk_serve = find("lie_disk_serve"),
			    .disk_remove = find("lie_disk_remove") };
	lengths_checked();
	pieces_checked();
	lists_end();
	disk_ends();
	vfs_close(&vfs);
	ok(rig_unload_all(box), "it is unloaded");
	rig_domain_close("box");
	ok(rig_close(), "everything goes");
	return tap_done();
}
