// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * A file system's module that is wrong, or ends in the middle of a call: what was synchronised stays on the device. It has a
 * root with the file "f", whose size is in the first block and whose contents are in the blocks from FIRST on.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/device/block.h"
#include "kernel/device/device.h"
#include "kernel/vfs/attr.h"
#include "kernel/vfs/chrdev.h"
#include "kernel/vfs/disk.h"
#include "kernel/vfs/io.h"
#include "tenon/errno.h"

#include "tests/kernel/host.h"
#include "tests/kernel/tree.h"
#include "tests/tap.h"

enum { SECTORS = 256, BLOCK = 512, FIRST = 64, ROOT = 1, FILE_NUMBER = 2, LINK_NUMBER = 4 };

static uint8_t medium[SECTORS * 512], before[sizeof(medium)];
static struct block_device *bd;

/* ---- the device -------------------------------------------------------------------------------------------------- */

static void *hold_device(void *owner)
{
	return owner;
}

static void unhold_device(void *held)
{
	(void)held;
}

static bool dead(void *owner)
{
	(void)owner;
	return false;
}

static int submit(void *owner, const struct tenon_blkdev_request *r, unsigned cnt)
{
	(void)owner;
	for (unsigned i = 0; i < cnt; i++) {
		uint8_t *at = medium + r[i].sector * 512;

		for (uint32_t k = 0; k < r[i].segment_cnt; at += r[i].bytes[k++]) {
			void *memory = (void *)(uintptr_t)r[i].address[k];

			memcpy(r[i].op == TENON_BLKDEV_READ ? memory : at, r[i].op == TENON_BLKDEV_READ ? at : memory,
			       r[i].bytes[k]);
		}
		block_complete(bd, r[i].tag, TENON_BLKDEV_DONE);
	}
	return 0;
}

/* ---- the module -------------------------------------------------------------------------------------------------- */

static enum {
	RIGHT,
	FORGETS_SIZE,    /* says that it has changed it */
	REFUSES_SIZE,    /* says that it has not */
	NEW_WHEN_READ,   /* what is there is said to be new */
	ELSEWHERE_AGAIN, /* each time that it is asked it makes another block */
	OFF_THE_DEVICE,
	ENDS_IN_CHANGE, /* after half of it */
	FAILS,          /* says itself that the volume is broken */
	LOSES_NAME,     /* does not count a link that there is */
	MAKES_LONG,     /* what is made has bytes already */
	LISTS_NOTHING,  /* some bytes, but no whole name */
	SAYS_TOO_MUCH,  /* has put more somewhere than there was room for, or has another number where there is 0 */
} mood;

static struct volume *volume;
static uint64_t made; /* blocks */

static uint64_t size_of_file(void)
{
	uint64_t size = 0;

	volume_read(volume, 0, &size, sizeof(size));
	return size;
}

static struct tenon_filesystem_node describe(uint64_t number)
{
	return (struct tenon_filesystem_node){ .size = sizeof(struct tenon_filesystem_node),
					       .mode = number == ROOT        ? 0040755 :
						       number == LINK_NUMBER ? 0120777 :
									       0100644,
					       .link_cnt = mood == LOSES_NAME && number != ROOT ? 7 : 1,
					       .number = number,
					       .bytes = number == FILE_NUMBER ? size_of_file() :
							mood == MAKES_LONG    ? 4 :
										0 };
}

static int64_t extents(const struct tenon_filesystem_range *r, struct tenon_filesystem_extent *e)
{
	uint64_t shift = mood == ELSEWHERE_AGAIN ? made++ * BLOCK : 0;

	*e = (struct tenon_filesystem_extent){ .size = sizeof(*e),
					       .offset = FIRST * BLOCK + r->offset + shift,
					       .bytes = r->bytes };
	if (mood == OFF_THE_DEVICE)
		e->offset = sizeof(medium);
	if (r->allocate || mood == NEW_WHEN_READ)
		e->flags = TENON_FILESYSTEM_NEW;
	return sizeof(*e);
}

static int64_t change(const struct tenon_filesystem_node *to)
{
	if (mood == REFUSES_SIZE)
		return -TENON_EINVAL;
	return mood == FORGETS_SIZE ? 0 : volume_write(volume, 0, &to->bytes, sizeof(to->bytes));
}

static int call(void *owner, enum disk_op op, const uint64_t args[6], int64_t *result)
{
	struct tenon_filesystem_mount *m = (void *)(uintptr_t)args[2];

	(void)owner;
	*result = mood == SAYS_TOO_MUCH ? 1 << 24 : mood == LISTS_NOTHING && op == DISK_LIST ? 1 : 0;
	if (op == DISK_MOUNT) {
		m->root = ROOT;
		m->file_bytes_max = 32 * BLOCK;
		m->block_bytes = BLOCK;
	} else if (op == DISK_NODE) {
		*(struct tenon_filesystem_node *)(uintptr_t)args[2] = describe(args[1]);
	} else if (op == DISK_LOOKUP && *(char *)(uintptr_t)args[2] == 'l') {
		*(struct tenon_filesystem_node *)(uintptr_t)args[4] = describe(LINK_NUMBER);
	} else if (op == DISK_LOOKUP && *(char *)(uintptr_t)args[2] != 'f') {
		*result = -TENON_ENOENT;
	} else if (op == DISK_LOOKUP) {
		*(struct tenon_filesystem_node *)(uintptr_t)args[4] = describe(FILE_NUMBER);
	} else if (op == DISK_CREATE) {
		*(struct tenon_filesystem_node *)(uintptr_t)args[4] = describe(FILE_NUMBER + 1);
	} else if (op == DISK_EXTENTS && mood != SAYS_TOO_MUCH) {
		*result = extents((void *)(uintptr_t)args[2], (void *)(uintptr_t)args[3]);
	} else if (op == DISK_CHANGE) {
		*result = change((void *)(uintptr_t)args[1]);
		if (mood == ENDS_IN_CHANGE)
			return -TENON_EOWNERDEAD;
		if (mood == FAILS)
			volume_fail(volume);
	}
	return 0;
}

static bool hold(void *owner)
{
	(void)owner;
	return true;
}

static void unhold(void *held)
{
	(void)held;
}

static int volume_begin(void *owner, struct volume *v, uint64_t *handle)
{
	(void)owner;
	volume = v;
	*handle = 1;
	return 0;
}

static void volume_end(void *owner, uint64_t handle)
{
	(void)owner, (void)handle;
}

/* ---- using it ---------------------------------------------------------------------------------------------------- */

static struct node *find(const char *path)
{
	struct node *node;

	if (path_find(&tree_start, path, PATH_FOLLOW, &node))
		abort();
	return node;
}

static void mount_at(const char *path, const char *type, const char *source)
{
	struct node *at;
	int err;

	make_dir(path);
	at = find(path);
	err = filesystem_mount(type, source, "", 0, at);
	if (err)
		abort();
	node_put(at);
}

static void unmount(void)
{
	struct node *root = find("/mnt");

	mood = RIGHT;
	filesystem_unmount(root, true);
	node_put(root);
}

static long write_at(struct file *f, const char *text, uint64_t at)
{
	struct io_segment segment;
	struct io io;

	io_kernel(&io, &segment, (void *)(uintptr_t)text, strlen(text));
	return file_write_at(f, &io, (int64_t)at);
}

static long read_at(struct file *f, char *buf, size_t bytes, uint64_t at)
{
	struct io_segment segment;
	struct io io;

	io_kernel(&io, &segment, buf, bytes);
	return file_read_at(f, &io, (int64_t)at);
}

static struct file *open_file(void)
{
	struct file *f;

	if (vfs_open(&tree_start, "/mnt/f", OPEN_READ_WRITE, 0, &f))
		abort();
	return f;
}

/* The file, mounted anew, is that of begin(); with @all the device has nothing else either. */
static bool is_still(bool all)
{
	char text[8] = { 0 };
	struct file *f;
	bool is;

	unmount();
	is = !all || !memcmp(medium, before, sizeof(medium));
	mount_at("/mnt", "test", "/dev/vda");
	f = open_file();
	is &= read_at(f, text, sizeof(text), 0) == 4 && !strcmp(text, "kept");
	file_put(f);
	unmount();
	return is;
}

static bool is_kept(void)
{
	return is_still(true);
}

/* Mounted, with a file that has been synchronised, and then whatever is wrong. */
static struct file *begin(void)
{
	struct file *f;

	memset(medium, 0, sizeof(medium));
	mount_at("/mnt", "test", "/dev/vda");
	f = open_file();
	if (write_at(f, "kept", 0) != 4 || f->ops->sync(f))
		abort();
	memcpy(before, medium, sizeof(before));
	return f;
}

/* ---- what can be wrong ------------------------------------------------------------------------------------------- */

static void right(void)
{
	struct file *f = begin();

	ok(!strcmp((char *)medium + FIRST * BLOCK, "kept"), "what was synchronised is on the device");
	ok(write_at(f, "more", 4) == 4 && !f->ops->sync(f) && !strcmp((char *)medium + FIRST * BLOCK, "keptmore"),
	   "... and what came after it");
	file_put(f);
	unmount();
}

static void sizes(void)
{
	struct file *f = begin();

	mood = REFUSES_SIZE;
	ok(write_at(f, "more", 4) == -TENON_EINVAL && f->node->size == 4,
	   "a size that the module refuses is an error of write, and not the file's");
	file_put(f);
	ok(is_still(false), "... and what was synchronised is there");

	f = begin();
	mood = FORGETS_SIZE;
	ok(write_at(f, "more", 4) == 4 && f->ops->sync(f) == -TENON_EUCLEAN,
	   "a module that forgets the size: synchronising says so");
	ok(f->ops->sync(f) == -TENON_EIO && write_at(f, "x", 0) == -TENON_EROFS,
	   "... also when it is asked again, and nothing is written any more");
	file_put(f);
	ok(is_kept(), "... and what was synchronised is there");

	f = begin();
	mood = MAKES_LONG;
	ok(put_text("/mnt/new", "x") == -TENON_EUCLEAN, "a file that has bytes when it is made");
	file_put(f);
	ok(is_kept(), "... and what was synchronised is there");

	f = begin();
	mood = LOSES_NAME;
	ok(f->ops->sync(f) == -TENON_EUCLEAN, "a module that has another count of links");
	file_put(f);
	ok(is_kept(), "... and what was synchronised is there");
}

static void places(void)
{
	struct file *f = begin();
	char text[8];

	unmount(); /* nothing is in memory any more */
	file_put(f);
	mount_at("/mnt", "test", "/dev/vda");
	f = open_file();
	mood = NEW_WHEN_READ;
	ok(read_at(f, text, 4, 0) == -TENON_EUCLEAN, "blocks that are new when they are only to be read");
	file_put(f);
	ok(is_kept(), "... are not overwritten by zeros");

	f = begin();
	mood = ELSEWHERE_AGAIN;
	ok(write_at(f, "more", 16 * BLOCK) == -TENON_EUCLEAN,
	   "a block that is somewhere else when asked again is not written");
	file_put(f);
	ok(is_kept(), "... and what was synchronised is there");

	f = begin();
	mood = OFF_THE_DEVICE;
	ok(write_at(f, "more", 16 * BLOCK) == -TENON_EUCLEAN, "a block that is not on the device");
	file_put(f);
	ok(is_kept(), "... and what was synchronised is there");
}

static bool take_none(struct listing *l, struct name name, uint64_t number, uint32_t mode)
{
	(void)l, (void)name, (void)number, (void)mode;
	return true;
}

/* Each mounted anew: a module that was wrong once is believed nothing more. */
static void answers(void)
{
	struct tenon_filesystem_extent extent[CACHE_EXTENTS];
	struct listing l = { .offset = 2, .add = take_none };
	char target[PATH_BYTES];
	struct file *f = begin();
	struct node *root = find("/mnt"), *link, *none;

	if (path_find(&tree_start, "/mnt/l", 0, &link))
		abort();
	mood = LISTS_NOTHING;
	ok(root->ops->list(root, &l) == -TENON_EUCLEAN, "a directory in which there is always more, and never a name");
	mood = SAYS_TOO_MUCH;
	ok(link->ops->read_link(link, target, sizeof(target)) == -TENON_EUCLEAN,
	   "a target of a link that is longer than there is room for");
	ok(root->ops->list(root, &l) == -TENON_EUCLEAN, "names that are longer");
	ok(disk_locate(&((struct disk_node *)f->node)->cache, 0, BLOCK, false, extent) == -TENON_EUCLEAN,
	   "more extents");
	ok(path_find(&tree_start, "/mnt/false", 0, &none) == -TENON_EUCLEAN, "an error that is none");
	node_put(link);
	node_put(root);
	file_put(f);
	ok(is_kept(), "... and what was synchronised is there");
}

static void ends(void)
{
	struct file *f = begin();

	mood = ENDS_IN_CHANGE;
	ok(write_at(f, "lost", 0) < 0 && f->ops->sync(f) == -TENON_EIO, "a module that ends in the middle of a call");
	file_put(f);
	ok(is_kept(), "... and nothing of what it had begun is written");

	f = begin();
	mood = FAILS;
	write_at(f, "lost", 0);
	ok(f->ops->sync(f) == -TENON_EIO && write_at(f, "lost", 0) == -TENON_EROFS,
	   "a module that finds its volume broken: nothing is written any more");
	file_put(f);
	ok(is_kept(), "... and what was synchronised is there");
}

int main(void)
{
	static const struct block_ops device_ops = {
		.hold = hold_device, .unhold = unhold_device, .dead = dead, .submit = submit
	};
	static const struct disk_kind_ops kind_ops = {
		.hold = hold, .unhold = unhold, .call = call, .volume_begin = volume_begin, .volume_end = volume_end
	};
	static const struct tenon_blkdev_config config = {
		.size = sizeof(config), .block_bytes = 512, .sector_cnt = SECTORS, .depth = 4, .segment_max = 4
	};
	struct disk_kind *kind;

	host_threads(true); /* writing back is one */
	tree_begin(1 << 20);
	dev_init();
	sysfs_init();
	mount_at("/dev", "devtmpfs", "");
	mount_at("/sys", "sysfs", "");
	device_model_init();
	block_devices_init();
	if (block_register(NULL, "vda", &config, &device_ops, medium, &bd) ||
	    disk_kind_register("test", true, &kind_ops, medium, medium, &kind))
		abort();
	right();
	sizes();
	places();
	answers();
	ends();
	disk_kind_unregister(kind);
	block_unregister(bd);
	return tap_done();
}
