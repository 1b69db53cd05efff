// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kind "linux" of file systems on block devices: `mount -t linux -o fs=iso9660 /dev/vda /mnt` reads by Linux's module of
 * that kind. Nothing is written. fs/volume.c is Linux's side.
 */
#include "linux/native/native.h"
#include "tenon/linux_files.h"

#define KIND_BYTES 32

struct instance {
	void *disk, *volume;
};

_Static_assert(sizeof(struct lx_volume_entry) == sizeof(struct tenon_filesystem_entry), "one is the other");
_Static_assert(sizeof(struct lx_volume_extent) == sizeof(struct tenon_filesystem_extent), "one is the other");

static tenon_handle registered;

/* What is asked of Linux's side, on a virtual CPU. */
struct question {
	struct instance *fs;
	uint64_t number, position, bytes;
	const char *name;
	void *out;
	size_t len;
	struct tenon_linux_stat stat;
};

/* ---- mounting ---- */

struct mounting {
	struct instance *fs;
	tenon_handle volume;
	uint64_t bytes;
	char kind[KIND_BYTES];
	struct lx_volume about;
};

static long run_mount(void *arg)
{
	struct mounting *m = arg;
	char path[KIND_BYTES];
	int err = lx_volume_disk(m->volume, m->bytes, path, sizeof(path), &m->fs->disk);

	if (err)
		return err;
	err = linux_volume_mount(path, m->kind, &m->fs->volume, &m->about);
	if (err)
		lx_volume_disk_remove(m->fs->disk);
	return err;
}

static int mount(void *ctx, tenon_handle volume, struct tenon_filesystem_mount *m, const void *options, size_t len)
{
	static const char key[] = "fs=";
	struct mounting todo = { .volume = volume, .bytes = m->volume_bytes };
	size_t key_len = sizeof(key) - 1;
	int err;

	(void)ctx;
	if (len <= key_len || len - key_len >= KIND_BYTES || memcmp(options, key, key_len))
		return -TENON_EINVAL;
	memcpy(todo.kind, (const char *)options + key_len, len - key_len);
	todo.fs = tenon_alloc(THIS_MODULE, sizeof(*todo.fs));
	if (!todo.fs)
		return -TENON_ENOMEM;
	err = (int)lx_on_cpu(run_mount, &todo);
	if (err) {
		tenon_free(todo.fs);
		return err;
	}
	m->fs = (uintptr_t)todo.fs;
	m->root = todo.about.root;
	m->read_only = 1;
	m->file_bytes_max = todo.about.file_bytes_max;
	m->block_bytes = todo.about.block_bytes;
	m->magic = todo.about.magic;
	m->traits = TENON_FILESYSTEM_COUNTS;
	return 0;
}

static long run_unmount(void *arg)
{
	struct instance *fs = arg;

	linux_volume_unmount(fs->volume);
	return 0;
}

static void unmount(void *fs)
{
	lx_on_cpu(run_unmount, fs);
	lx_volume_disk_remove(((struct instance *)fs)->disk);
	tenon_free(fs);
}

static int sync(void *fs, uint32_t read_only)
{
	(void)fs;
	return read_only ? 0 : -TENON_EROFS;
}

static long run_usage(void *arg)
{
	struct question *q = arg;

	return linux_volume_usage(q->fs->volume, q->out);
}

static int usage(void *fs, struct tenon_filesystem_usage *to)
{
	struct tenon_linux_statfs s;
	struct question q = { .fs = fs, .out = &s };
	int err = (int)lx_on_cpu(run_usage, &q);

	if (!err)
		*to = (struct tenon_filesystem_usage){ .size = sizeof(*to),
						       .name_max = (uint32_t)s.name_max,
						       .blocks = s.blocks,
						       .blocks_free = s.blocks_free,
						       .blocks_avail = s.blocks_avail,
						       .nodes = s.nodes,
						       .nodes_free = s.nodes_free };
	return err;
}

/* ---- nodes ---- */

static uint64_t ns_of(struct tenon_linux_time t)
{
	return (uint64_t)t.s * 1000000000u + (uint64_t)t.ns;
}

static void describe(const struct tenon_linux_stat *s, struct tenon_filesystem_node *to)
{
	*to = (struct tenon_filesystem_node){ .size = sizeof(*to),
					      .mode = s->mode,
					      .uid = s->uid,
					      .gid = s->gid,
					      .link_cnt = s->link_cnt,
					      .device = (s->minor & 0xff) | s->major << 8 | (s->minor & ~0xffu) << 12,
					      .number = s->number,
					      .bytes = s->bytes,
					      .sector_cnt = s->sector_cnt,
					      .accessed_ns = ns_of(s->atime),
					      .modified_ns = ns_of(s->mtime),
					      .changed_ns = ns_of(s->ctime) };
}

static long run_node(void *arg)
{
	struct question *q = arg;

	return q->name ? linux_volume_lookup(q->fs->volume, q->number, q->name, (unsigned int)q->len, &q->stat) :
			 linux_volume_node(q->fs->volume, q->number, &q->stat);
}

static int lookup(void *fs, uint64_t dir, const void *name, size_t len, struct tenon_filesystem_node *to)
{
	struct question q = { .fs = fs, .number = dir, .name = name, .len = len };
	int err = (int)lx_on_cpu(run_node, &q);

	if (!err)
		describe(&q.stat, to);
	return err;
}

static int node(void *fs, uint64_t number, struct tenon_filesystem_node *to)
{
	return lookup(fs, number, NULL, 0, to);
}

static long run_forget(void *arg)
{
	struct question *q = arg;

	linux_volume_forget(q->fs->volume, q->number, q->bytes);
	return 0;
}

static void forget(void *fs, uint64_t number, uint64_t answers)
{
	struct question q = { .fs = fs, .number = number, .bytes = answers };

	lx_on_cpu(run_forget, &q);
}

static long run_list(void *arg)
{
	struct question *q = arg;

	return linux_volume_list(q->fs->volume, q->number, q->position, q->out, (unsigned int)q->len);
}

static long list(void *fs, uint64_t dir, uint64_t position, void *entries, size_t len)
{
	struct question q = { .fs = fs, .number = dir, .position = position, .out = entries, .len = len };

	return lx_on_cpu(run_list, &q);
}

static long run_link(void *arg)
{
	struct question *q = arg;

	return linux_volume_link(q->fs->volume, q->number, q->out, (unsigned int)q->len);
}

static long read_link(void *fs, uint64_t number, void *target, size_t len)
{
	struct question q = { .fs = fs, .number = number, .out = target, .len = len };

	return lx_on_cpu(run_link, &q);
}

static long run_extents(void *arg)
{
	struct question *q = arg;

	return linux_volume_extents(q->fs->volume, q->number, q->position, q->bytes, q->out,
				    (unsigned int)(q->len / sizeof(struct lx_volume_extent)));
}

static long extents(void *fs, uint64_t number, const struct tenon_filesystem_range *range, void *to, size_t len)
{
	struct question q = {
		.fs = fs, .number = number, .position = range->offset, .bytes = range->bytes, .out = to, .len = len
	};
	long cnt = range->allocate ? -TENON_EROFS : lx_on_cpu(run_extents, &q);

	return cnt > 0 ? cnt * (long)sizeof(struct lx_volume_extent) : cnt;
}

static long run_read(void *arg)
{
	struct question *q = arg;

	return linux_volume_read(q->fs->volume, q->number, q->position, q->out, q->len);
}

static long read(void *fs, uint64_t number, uint64_t offset, void *data, size_t len)
{
	struct question q = { .fs = fs, .number = number, .position = offset, .out = data, .len = len };

	return lx_on_cpu(run_read, &q);
}

static const struct tenon_filesystem_ops ops = {
	.mount = mount,
	.unmount = unmount,
	.sync = sync,
	.usage = usage,
	.node = node,
	.lookup = lookup,
	.list = list,
	.read_link = read_link,
	.extents = extents,
	.forget = forget,
	.read = read,
};

/* If the host has no such thing, or another compartment has the kind already, there is none here. */
int filesystem_start(void)
{
	tenon_handle h;
	int err;

	if (!tenon_filesystem_register)
		return 0;
	h = tenon_filesystem_register(THIS_MODULE, "linux", &ops, NULL);
	err = tenon_handle_error(h);
	if (!err)
		registered = h;
	return err == -TENON_EEXIST ? 0 : err;
}

void filesystem_stop(void)
{
	if (registered)
		tenon_filesystem_unregister(registered);
}
