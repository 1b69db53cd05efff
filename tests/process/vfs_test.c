/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Files of a linux.ko that is not one (modules/false-linux.c), in an isolated domain: what it answers is looked at before it is used. */
#include <string.h>

#include "port/process/vfs/vfs.h"
#include "tests/process/rig.h"

static int count(const char *name, uint64_t number, unsigned int type, void *arg)
{
	(void)name, (void)number, (void)type;
	++*(size_t *)arg;
	return 0;
}

static void ask(const struct vfs *v)
{
	struct tenon_linux_file call = { .op = TENON_LINUX_READLINK };
	struct tenon_linux_stat st;
	uint64_t offset = 0;
	char text[64];
	size_t cnt = 0;

	ok(vfs_path(v, &call, "/link", NULL, text, sizeof(text)) == -TENON_EIO,
	   "the target of a link that is longer than there is room for");
	ok(vfs_each(v, "/", count, &cnt) == -TENON_EIO && !cnt, "... and names");
	ok(vfs_each(v, "/empty", count, &cnt) == -TENON_EIO && !cnt,
	   "a directory in which there is always more, and never a name");
	ok(vfs_read(v, 1, text, sizeof(text), &offset) == -TENON_EIO,
	   "bytes of a file that are more than there is room for");
	ok(vfs_write(v, 1, text, sizeof(text), &offset) == -TENON_EIO, "more bytes written than were given");
	ok(vfs_stat(v, "/", true, &st) == -TENON_EIO, "attributes that are not there");
}

int main(void)
{
	struct tenon_domain *box;
	struct vfs v;

	rig_open(NULL);
	box = rig_domain("box");
	if (ok(!rig_insert(box, rig_path("tests/process/modules/linux.ko"), NULL, NULL) &&
		   !vfs_open(rig_host, box, false, &v, &rig_diag),
	       "something in the place of linux.ko is loaded")) {
		ask(&v);
		vfs_close(&v);
	}
	ok(rig_unload_all(box), "... and unloaded");
	rig_domain_close("box");
	ok(rig_close(), "nothing is left");
	return tap_done();
}
