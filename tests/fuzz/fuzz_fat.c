/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The module fat over a volume of which any bytes are others: each three bytes of the input are a place and what is there.
 * The volume is in memory; the interface below the module is written here. Everything is walked, read and changed. Whatever
 * is on the volume, extents lie within it, lists go on, and what the module has is given back.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "tenon/errno.h"
#include "tenon/module.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern int init_module(void);

enum { SECTOR = 512, SECTORS = 96, DEPTH = 6, CALLS = 400 };
enum { MODE_DIR = 0040000, MODE_FILE = 0100000 };

struct tenon_this_module __this_module;

static const struct tenon_filesystem_ops *fs_ops;
static const void *kind; /* the context of vfat */
static uint8_t clean[SECTOR * SECTORS], volume[SECTOR * SECTORS];
static unsigned calls; /* that one input makes, at most */
static int locked, mutexes;

/* ---- the interface ----------------------------------------------------------------------------------------------- */

void *tenon_alloc(struct tenon_this_module *self, size_t len)
{
	(void)self;
	return malloc(len);
}

void tenon_free(void *mem)
{
	free(mem);
}

tenon_handle tenon_mutex_create(struct tenon_this_module *self)
{
	(void)self;
	mutexes++;
	return 1;
}

int tenon_mutex_lock(tenon_handle mutex, uint64_t deadline_ns)
{
	(void)mutex, (void)deadline_ns;
	if (locked++)
		abort();
	return 0;
}

int tenon_mutex_unlock(tenon_handle mutex)
{
	(void)mutex;
	locked--;
	return 0;
}

int tenon_mutex_destroy(tenon_handle mutex)
{
	(void)mutex;
	mutexes--;
	return 0;
}

uint64_t tenon_realtime_ns(void)
{
	return 1000000000000000000ull;
}

int tenon_printk(int level, const char *fmt, ...)
{
	(void)level, (void)fmt;
	return 0;
}

static bool is_on(uint64_t offset, size_t len)
{
	return offset <= sizeof(volume) && len <= sizeof(volume) - offset && len <= TENON_FILESYSTEM_IO_BYTES;
}

long tenon_volume_read(tenon_handle v, uint64_t offset, void *data, size_t len)
{
	(void)v;
	if (!is_on(offset, len))
		abort();
	memcpy(data, volume + offset, len);
	return (long)len;
}

long tenon_volume_write(tenon_handle v, uint64_t offset, const void *data, size_t len)
{
	(void)v;
	if (!is_on(offset, len))
		abort();
	memcpy(volume + offset, data, len);
	return (long)len;
}

int tenon_volume_fail(tenon_handle v)
{
	(void)v;
	return 0;
}

tenon_handle tenon_filesystem_register(struct tenon_this_module *self, const char *name,
				       const struct tenon_filesystem_ops *ops, void *ctx)
{
	(void)self;
	fs_ops = ops;
	if (!strcmp(name, "vfat"))
		kind = ctx;
	return 1;
}

int tenon_filesystem_unregister(tenon_handle filesystem)
{
	(void)filesystem;
	return 0;
}

/* ---- a file system to begin with --------------------------------------------------------------------------------- */

/* FAT12: a sector each for boot and two tables, four of root directory, clusters of one sector. */
static void make_boot(void)
{
	static const uint8_t boot[] = { 0xeb, 0x3c, 0x90, 't', 'e', 's', 't', ' ',     ' ', ' ',  ' ', 0,
					2,    1,    1,    0,   2,   64,  0,   SECTORS, 0,   0xf8, 1,   0 };

	memset(volume, 0, sizeof(volume));
	memcpy(volume, boot, sizeof(boot));
	for (int i = 1; i <= 2; i++)
		memcpy(volume + (size_t)i * SECTOR, "\xf8\xff\xff", 3);
}

static bool mount(struct tenon_filesystem_mount *m)
{
	*m = (struct tenon_filesystem_mount){ .size = sizeof(*m), .volume_bytes = sizeof(volume), .read_only = 1 };
	return !fs_ops->mount((void *)(uintptr_t)kind, 1, m, "", 0);
}

static uint64_t create(void *fs, uint64_t dir, const char *name, uint32_t mode)
{
	struct tenon_filesystem_node n = { .size = sizeof(n), .mode = mode };

	return fs_ops->create(fs, dir, name, strlen(name), &n) ? 0 : n.number;
}

/* Blocks are asked for as the kernel does when it writes, and then the size is said. */
static void set_bytes(void *fs, uint64_t number, uint64_t bytes)
{
	struct tenon_filesystem_range r = { .size = sizeof(r),
					    .allocate = 1,
					    .bytes = (bytes + SECTOR - 1) / SECTOR * SECTOR };
	struct tenon_filesystem_extent e[16];
	struct tenon_filesystem_node n = { .size = sizeof(n) };

	if (fs_ops->node(fs, number, &n))
		return;
	if (bytes > n.bytes && fs_ops->extents(fs, number, &r, e, sizeof(e)) < 0)
		return;
	n.bytes = bytes;
	fs_ops->change(fs, &n);
}

/*
 * FAT32 that says of the sector with its counts that it is among the clusters, which belong to files: nothing is written there.
 * Four reserved sectors and two tables of one, clusters of one sector.
 */
static void check_counts(void)
{
	static const uint8_t boot[] = { 0xeb, 0x58, 0x90,    't', 'e',  's', 't', ' ', ' ', ' ', ' ', 0, 2, 1, 4,  0, 2,
					0,    0,    SECTORS, 0,   0xf8, 0,   0,   0,   0,   0,   0,   0, 0, 0, 0,  0, 0,
					0,    0,    1,       0,   0,    0,   0,   0,   0,   0,   2,   0, 0, 0, 80, 0 };
	struct tenon_filesystem_mount m;

	memset(volume, 0, sizeof(volume));
	memcpy(volume, boot, sizeof(boot));
	for (size_t i = 4; i <= 5; i++)
		memcpy(volume + i * SECTOR, "\xf8\xff\xff\x0f\xff\xff\xff\x0f\xff\xff\xff\x0f", 12);
	memset(volume + 80 * SECTOR, 'x', SECTOR);
	memcpy(clean, volume, sizeof(clean));
	if (!mount(&m) || fs_ops->sync((void *)(uintptr_t)m.fs, 0) || fs_ops->sync((void *)(uintptr_t)m.fs, 1))
		abort();
	fs_ops->unmount((void *)(uintptr_t)m.fs);
	if (memcmp(volume, clean, sizeof(clean)))
		abort();
}

static void make_clean(void)
{
	struct tenon_filesystem_mount m;
	uint64_t dir, file;
	void *fs;

	if (init_module())
		abort();
	check_counts();
	make_boot();
	if (!mount(&m) || fs_ops->sync((void *)(uintptr_t)m.fs, 0))
		abort();
	fs = (void *)(uintptr_t)m.fs;
	dir = create(fs, m.root, "A directory with a long name", MODE_DIR);
	for (int i = 0; i < 6; i++) {
		char name[] = "File \xc3\xa4 0.txt";

		name[8] = (char)('0' + i);
		file = create(fs, i % 2 ? dir : m.root, name, MODE_FILE);
		set_bytes(fs, file, (uint64_t)i * 700);
		fs_ops->forget(fs, file, 1);
	}
	fs_ops->forget(fs, create(fs, dir, "INNER", MODE_DIR), 1);
	fs_ops->forget(fs, dir, 1);
	if (fs_ops->sync(fs, 1))
		abort();
	fs_ops->unmount(fs);
	memcpy(clean, volume, sizeof(clean));
}

/* ---- what is done with it ---------------------------------------------------------------------------------------- */

static void read_file(void *fs, const struct tenon_filesystem_node *n)
{
	struct tenon_filesystem_extent e[16];

	for (uint64_t at = 0; at < n->bytes && calls++ < CALLS;) {
		struct tenon_filesystem_range r = { .size = sizeof(r), .offset = at, .bytes = 16 * 4096 };
		long len = fs_ops->extents(fs, n->number, &r, e, sizeof(e));

		if (len < 0)
			return;
		if (!len || len % (long)sizeof(*e))
			abort();
		for (long i = 0; i < len / (long)sizeof(*e); i++) {
			bool hole = e[i].flags & TENON_FILESYSTEM_HOLE;

			if (!e[i].bytes || e[i].bytes % SECTOR || e[i].flags & TENON_FILESYSTEM_NEW ||
			    (!hole && (e[i].offset % SECTOR || e[i].offset > sizeof(volume) ||
				       e[i].bytes > sizeof(volume) - e[i].offset)))
				abort();
			at += e[i].bytes;
		}
	}
}

static void change(void *fs, uint64_t dir, const char *name, size_t len, const struct tenon_filesystem_node *n,
		   unsigned how)
{
	struct tenon_filesystem_rename what = {
		.size = sizeof(what), .from_len = (uint32_t)len, .from_dir = dir, .to_dir = dir, .number = n->number
	};
	char names[256 + 8];

	if (how % 4 == 0) {
		fs_ops->unlink(fs, dir, name, len, n->number);
	} else if (how % 4 == 1) {
		memcpy(names, name, len);
		memcpy(names + len, "renamed.", 8);
		names[len + 7] = (char)('a' + how % 26);
		fs_ops->rename(fs, &what, names, len + 8);
	} else {
		set_bytes(fs, n->number, how % 4 == 2 ? 100 : 3000);
	}
}

static void walk(void *fs, uint64_t dir, unsigned depth, bool changes)
{
	uint8_t entries[TENON_FILESYSTEM_IO_BYTES];
	uint64_t position = 0;
	long len;

	while (calls++ < CALLS && (len = fs_ops->list(fs, dir, position, entries, sizeof(entries))) > 0)
		for (long at = 0; at < len;) {
			const struct tenon_filesystem_entry *e = (const void *)(entries + at);
			struct tenon_filesystem_node n = { .size = sizeof(n) };
			const char *name = (const char *)(e + 1);

			if (e->next <= position || !e->name_len || e->name_len > 255 || memchr(name, '/', e->name_len))
				abort();
			position = e->next;
			at += (long)((sizeof(*e) + e->name_len + 7) & ~7ul);
			if (calls++ > CALLS || fs_ops->lookup(fs, dir, name, e->name_len, &n))
				continue;
			if ((n.mode & MODE_DIR) && depth < DEPTH && n.number != dir)
				walk(fs, n.number, depth + 1, changes);
			else if (n.mode & MODE_FILE)
				read_file(fs, &n);
			if (changes)
				change(fs, dir, name, e->name_len, &n, calls);
			fs_ops->forget(fs, n.number, 1);
		}
}

/* A name that a file can have on a volume that is whole is one by which it is found. */
static void check_name(const char *name, size_t len)
{
	struct tenon_filesystem_node made = { .size = sizeof(made), .mode = MODE_FILE },
				     found = { .size = sizeof(found) };
	struct tenon_filesystem_mount m;
	void *fs;

	if (len > 255 || memchr(name, '/', len) || memchr(name, '\0', len))
		return;
	if (!mount(&m) || fs_ops->sync((void *)(uintptr_t)m.fs, 0))
		abort();
	fs = (void *)(uintptr_t)m.fs;
	if (fs_ops->lookup(fs, m.root, name, len, &found) == -TENON_ENOENT &&
	    !fs_ops->create(fs, m.root, name, len, &made) &&
	    (fs_ops->lookup(fs, m.root, name, len, &found) || found.number != made.number ||
	     fs_ops->unlink(fs, m.root, name, len, made.number)))
		abort();
	fs_ops->unmount(fs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tenon_filesystem_usage u = { .size = sizeof(u) };
	struct tenon_filesystem_mount m;
	void *fs;

	if (!fs_ops)
		make_clean();
	memcpy(volume, clean, sizeof(volume));
	check_name((const char *)data, size);
	memcpy(volume, clean, sizeof(volume));
	for (size_t i = 0; i + 3 <= size; i += 3)
		volume[(data[i] | (size_t)data[i + 1] << 8) % sizeof(volume)] = data[i + 2];
	calls = 0;
	if (mount(&m)) {
		fs = (void *)(uintptr_t)m.fs;
		fs_ops->usage(fs, &u);
		walk(fs, m.root, 0, false);
		calls = 0;
		if (!fs_ops->sync(fs, 0)) {
			create(fs, m.root, "a new one", MODE_DIR);
			walk(fs, m.root, 0, true);
			fs_ops->sync(fs, 1);
		}
		fs_ops->unmount(fs);
	}
	if (locked || mutexes)
		abort();
	return 0;
}
