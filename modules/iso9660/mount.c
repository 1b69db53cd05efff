/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Which volumes are file systems of this kind, and the callbacks. Nothing is ever written. */
#include "iso9660.h"

#define ISO_MAGIC 0x9660

enum {
	DESCRIPTORS_MAX = 64,
	SECTOR_CNT_AT = 80, /* in the primary descriptor (ECMA-119, 8.4) */
	BLOCK_BYTES_AT = 128,
	ROOT_AT = 156,
};

static tenon_handle registered;

/* ---- mounting ---------------------------------------------------------------------------------------------------- */

/* The root's own record: it says whether there is Rock Ridge. */
static int read_root(struct iso *fs)
{
	const struct iso_record *r = (const struct iso_record *)fs->directory.bytes;
	uint32_t used = ((uint32_t)sizeof(*r) + 1 + 1) & ~1u;
	struct iso_node n;
	int err = iso_load(fs, &fs->directory, fs->root / ISO_SECTOR);

	if (err)
		return err;
	if (r->bytes > used && r->name_len == 1)
		iso_find_rock_ridge(fs, (const uint8_t *)r + used, r->bytes - used);
	err = iso_get_node(fs, fs->root, &n);
	return !err && (n.mode & ISO_MODE_TYPE) != ISO_MODE_DIR ? -TENON_EUCLEAN : err;
}

static int read_descriptor(struct iso *fs, const uint8_t *d, uint64_t volume_bytes)
{
	const struct iso_record *root = (const struct iso_record *)(d + ROOT_AT);

	if (d[BLOCK_BYTES_AT] + d[BLOCK_BYTES_AT + 1] * 256u != ISO_SECTOR) {
		pr_err("blocks that are not of 2048 bytes are not supported\n");
		return -TENON_EINVAL;
	}
	fs->sector_cnt = iso_u32(d + SECTOR_CNT_AT);
	if (fs->sector_cnt > volume_bytes / ISO_SECTOR) {
		pr_err("the volume is shorter than it says\n");
		return -TENON_EINVAL;
	}
	fs->root = ((uint64_t)iso_u32(root->extent) + root->attribute_sectors) * ISO_SECTOR;
	return read_root(fs);
}

static int begin(struct iso *fs, uint64_t volume_bytes)
{
	const uint8_t *d = fs->directory.bytes;

	fs->sector_cnt = volume_bytes / ISO_SECTOR;
	for (unsigned i = ISO_DESCRIPTORS; i < ISO_DESCRIPTORS + DESCRIPTORS_MAX && i < fs->sector_cnt; i++) {
		int err = iso_load(fs, &fs->directory, i);

		if (err)
			return err;
		if (memcmp(d + 1, "CD001", 5) || d[0] == ISO_END)
			return -TENON_EINVAL;
		if (d[0] == ISO_PRIMARY)
			return read_descriptor(fs, d, volume_bytes);
	}
	return -TENON_EINVAL;
}

static int mount(void *ctx, tenon_handle volume, struct tenon_filesystem_mount *m, const void *options, size_t len)
{
	struct iso *fs = tenon_alloc(THIS_MODULE, sizeof(*fs));
	int err;

	(void)ctx;
	(void)options;
	if (len) { /* we have none */
		tenon_free(fs);
		return -TENON_EINVAL;
	}
	if (!fs)
		return -TENON_ENOMEM;
	memset(fs, 0, sizeof(*fs));
	fs->volume.handle = volume;
	fs->volume.mutex = tenon_mutex_create(THIS_MODULE);
	err = tenon_handle_error(fs->volume.mutex);
	if (!err) {
		err = begin(fs, m->volume_bytes);
		if (err)
			tenon_mutex_destroy(fs->volume.mutex);
	}
	if (err) {
		tenon_free(fs);
		return err == -TENON_EUCLEAN ? -TENON_EINVAL : err;
	}
	m->fs = (uintptr_t)fs;
	m->root = fs->root;
	m->read_only = 1;
	m->file_bytes_max = UINT32_MAX;
	m->block_bytes = ISO_SECTOR;
	m->magic = ISO_MAGIC;
	return 0;
}

static void unmount(void *ctx)
{
	struct iso *fs = ctx;

	tenon_mutex_destroy(fs->volume.mutex);
	tenon_free(fs);
}

static int sync(void *ctx, uint32_t read_only)
{
	(void)ctx;
	return read_only ? 0 : -TENON_EROFS;
}

static int usage(void *ctx, struct tenon_filesystem_usage *u)
{
	const struct iso *fs = ctx;

	*u = (struct tenon_filesystem_usage){ .size = sizeof(*u), .name_max = ISO_NAME_MAX, .blocks = fs->sector_cnt };
	return 0;
}

/* ---- nodes ------------------------------------------------------------------------------------------------------- */

static struct volume *of(void *fs)
{
	return &((struct iso *)fs)->volume;
}

static bool is(const struct iso_node *n, enum iso_mode type)
{
	return (n->mode & ISO_MODE_TYPE) == type;
}

static void describe(const struct iso_node *n, struct tenon_filesystem_node *to)
{
	uint64_t bytes = is(n, ISO_MODE_LINK) ? n->target_len : n->bytes;

	*to = (struct tenon_filesystem_node){ .size = sizeof(*to),
					      .mode = n->mode,
					      .uid = n->uid,
					      .gid = n->gid,
					      .link_cnt = n->link_cnt ? n->link_cnt : 1,
					      .device = n->device,
					      .number = n->number,
					      .bytes = bytes,
					      .sector_cnt = (n->bytes + 511) / 512,
					      .accessed_ns = n->accessed_ns,
					      .modified_ns = n->modified_ns,
					      .changed_ns = n->changed_ns };
}

static int node(void *ctx, uint64_t number, struct tenon_filesystem_node *to)
{
	struct iso *fs = ctx;
	struct iso_node n;
	int err = volume_lock(of(fs));

	if (err)
		return err;
	err = iso_get_node(fs, number, &n);
	if (!err)
		describe(&n, to);
	volume_unlock(of(fs));
	return err;
}

static int find(struct iso *fs, uint64_t dir_number, const char *name, size_t len, struct iso_node *n)
{
	struct iso_node dir;
	uint64_t position = 0;
	int err = iso_get_node(fs, dir_number, &dir);

	if (!err && !is(&dir, ISO_MODE_DIR))
		err = -TENON_ENOTDIR;
	while (!err) {
		err = iso_next(fs, &dir, &position, n);
		if (!err && n->name_len == len && !memcmp(n->name, name, len))
			return 0;
	}
	return err;
}

static int lookup(void *ctx, uint64_t dir, const void *name, size_t len, struct tenon_filesystem_node *to)
{
	struct iso *fs = ctx;
	struct iso_node n;
	int err = volume_lock(of(fs));

	if (err)
		return err;
	err = find(fs, dir, name, len, &n);
	if (!err)
		describe(&n, to);
	volume_unlock(of(fs));
	return err;
}

/* Positions are those of records, which come after 0: "." is at 0, and is not listed. */
static long list_all(struct iso *fs, const struct iso_node *dir, uint64_t position, uint8_t *entries, size_t room)
{
	size_t done = 0;

	for (;;) {
		struct iso_node n;
		int err = iso_next(fs, dir, &position, &n);
		size_t bytes = (sizeof(struct tenon_filesystem_entry) + n.name_len + 7) & ~7ul;
		struct tenon_filesystem_entry e = { .size = sizeof(e), .mode = n.mode, .number = n.number };

		if (err == -TENON_ENOENT || (!err && bytes > room - done))
			return (long)done;
		if (err)
			return done ? (long)done : err;
		e.next = position;
		e.name_len = (uint32_t)n.name_len;
		memset(entries + done, 0, bytes);
		memcpy(entries + done, &e, sizeof(e));
		memcpy(entries + done + sizeof(e), n.name, n.name_len);
		done += bytes;
	}
}

static long list(void *ctx, uint64_t dir_number, uint64_t position, void *entries, size_t len)
{
	struct iso *fs = ctx;
	struct iso_node dir;
	long done = volume_lock(of(fs));

	if (done)
		return done;
	done = iso_get_node(fs, dir_number, &dir);
	if (!done && !is(&dir, ISO_MODE_DIR))
		done = -TENON_ENOTDIR;
	if (!done)
		done = list_all(fs, &dir, position, entries, len);
	volume_unlock(of(fs));
	return done;
}

static long read_link(void *ctx, uint64_t number, void *target, size_t len)
{
	struct iso *fs = ctx;
	struct iso_node n;
	long done = volume_lock(of(fs));

	if (done)
		return done;
	done = iso_get_node(fs, number, &n);
	if (!done && !is(&n, ISO_MODE_LINK))
		done = -TENON_EINVAL;
	if (!done) {
		done = (long)(n.target_len < len ? n.target_len : len);
		memcpy(target, n.target, (size_t)done);
	}
	volume_unlock(of(fs));
	return done;
}

/* A file is in one piece; what is asked for beyond its last sector is not there. */
static long extents(void *ctx, uint64_t number, const struct tenon_filesystem_range *r, void *to, size_t len)
{
	struct tenon_filesystem_extent e = { .size = sizeof(e), .bytes = r->bytes };
	struct iso *fs = ctx;
	struct iso_node n;
	uint64_t end;
	int err = len < sizeof(e) ? -TENON_EINVAL : volume_lock(of(fs));

	if (err)
		return err;
	err = iso_get_node(fs, number, &n);
	volume_unlock(of(fs));
	if (!err && !is(&n, ISO_MODE_FILE))
		err = -TENON_EINVAL;
	if (err)
		return err;
	end = (n.bytes + ISO_SECTOR - 1) & ~(uint64_t)(ISO_SECTOR - 1);
	if (r->offset >= end)
		e.flags = TENON_FILESYSTEM_HOLE;
	else {
		e.offset = n.start + r->offset;
		if (e.bytes > end - r->offset)
			e.bytes = end - r->offset;
	}
	memcpy(to, &e, sizeof(e));
	return sizeof(e);
}

/* ---- the module -------------------------------------------------------------------------------------------------- */

static const struct tenon_filesystem_ops ops = { .mount = mount,
						 .unmount = unmount,
						 .sync = sync,
						 .usage = usage,
						 .node = node,
						 .lookup = lookup,
						 .list = list,
						 .read_link = read_link,
						 .extents = extents };

static int __init iso9660_init(void)
{
	tenon_handle h = tenon_filesystem_register(THIS_MODULE, "iso9660", &ops, NULL);
	int err = tenon_handle_error(h);

	if (!err)
		registered = h;
	return err;
}

static void __exit iso9660_exit(void)
{
	tenon_filesystem_unregister(registered);
}

module_init(iso9660_init);
module_exit(iso9660_exit);

MODULE_ALIAS("fs-iso9660");
MODULE_INFO(idle_ms, "2000");
MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("ISO 9660 with Rock Ridge");
MODULE_AUTHOR("The Tenon authors");
