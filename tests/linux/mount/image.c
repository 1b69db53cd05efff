// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * For mount_image: a disk in memory, which the test fills and reads back, and a file system on it, all of whose files are
 * read through Linux's VFS. Written in the usual way and built by Linux's own build system.
 */
#include <crypto/hash.h>
#include <crypto/sha2.h>
#include <linux/blkdev.h>
#include <linux/fs.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/seq_buf.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#define NODE "/image"
#define PATH_BYTES 256
#define PIECE_BYTES 65536

static char *bytes;
static size_t size;
static struct gendisk *disk;
static struct vfsmount *mnt;
static struct file_system_type *type;

/* ---- the disk ---- */

static void submit(struct bio *bio)
{
	size_t at = bio->bi_iter.bi_sector << SECTOR_SHIFT;
	struct bio_vec bv;
	struct bvec_iter i;

	bio_for_each_segment(bv, bio, i)
	{
		if (at > size || bv.bv_len > size - at) {
			bio_io_error(bio);
			return;
		}
		if (op_is_write(bio_op(bio)))
			memcpy_from_bvec(bytes + at, &bv);
		else
			memcpy_to_bvec(&bv, bytes + at);
		at += bv.bv_len;
	}
	bio_endio(bio);
}

static const struct block_device_operations disk_ops = { .owner = THIS_MODULE, .submit_bio = submit };

static int make_node(void)
{
	struct path path;
	struct dentry *node = kern_path_create(AT_FDCWD, NODE, &path, 0);
	int err;

	if (IS_ERR(node))
		return PTR_ERR(node);
	err = vfs_mknod(mnt_user_ns(path.mnt), d_inode(path.dentry), node, S_IFBLK | 0600, disk_devt(disk));
	done_path_create(&path, node);
	return err;
}

static void remove_node(void)
{
	struct path path;
	struct dentry *parent;

	if (kern_path(NODE, 0, &path))
		return;
	parent = dget_parent(path.dentry);
	inode_lock(d_inode(parent));
	vfs_unlink(mnt_user_ns(path.mnt), d_inode(parent), path.dentry, NULL);
	inode_unlock(d_inode(parent));
	dput(parent);
	path_put(&path);
}

static void free_disk(void)
{
	if (!disk)
		return;
	remove_node();
	del_gendisk(disk);
	put_disk(disk);
	vfree(bytes);
	disk = NULL;
}

long image_make(long len);
long image_make(long len)
{
	int err = -ENOMEM;

	free_disk();
	size = len;
	bytes = vzalloc(len);
	disk = blk_alloc_disk(NUMA_NO_NODE);
	if (!bytes || !disk)
		return -ENOMEM;
	disk->fops = &disk_ops;
	strscpy(disk->disk_name, "image", DISK_NAME_LEN);
	set_capacity(disk, len >> SECTOR_SHIFT);
	err = add_disk(disk);
	return err ?: make_node();
}
EXPORT_SYMBOL_GPL(image_make);

long image_write(const char *from, long len, long at);
long image_write(const char *from, long len, long at)
{
	memcpy(bytes + at, from, len);
	return 0;
}
EXPORT_SYMBOL_GPL(image_write);

long image_read(char *to, long len, long at);
long image_read(char *to, long len, long at)
{
	memcpy(to, bytes + at, len);
	return 0;
}
EXPORT_SYMBOL_GPL(image_read);

/* ---- the file system ---- */

long image_mount(const char *name, long flags);
long image_mount(const char *name, long flags)
{
	type = get_fs_type(name);
	if (!type)
		return -ENODEV;
	mnt = vfs_kern_mount(type, flags, NODE, NULL);
	if (!IS_ERR(mnt))
		return 0;
	module_put(type->owner);
	return PTR_ERR(mnt);
}
EXPORT_SYMBOL_GPL(image_mount);

long image_unmount(void);
long image_unmount(void)
{
	kern_unmount(mnt);
	module_put(type->owner);
	return 0;
}
EXPORT_SYMBOL_GPL(image_unmount);

struct name {
	struct list_head list;
	char text[];
};

struct listing {
	struct dir_context ctx;
	struct list_head names;
	const char *dir;
};

static bool add_name(struct dir_context *ctx, const char *name, int len, loff_t pos, u64 ino, unsigned int kind)
{
	struct listing *l = container_of(ctx, struct listing, ctx);
	struct name *n;

	if ((len == 1 && name[0] == '.') || (len == 2 && !memcmp(name, "..", 2)))
		return true;
	n = kmalloc(sizeof(*n) + PATH_BYTES, GFP_KERNEL);
	if (!n)
		return false;
	snprintf(n->text, PATH_BYTES, "%s%s%.*s", l->dir, *l->dir ? "/" : "", len, name);
	list_add_tail(&n->list, &l->names);
	return true;
}

static struct file *open_path(const char *path, int flags)
{
	const struct path root = { .mnt = mnt, .dentry = mnt->mnt_root };

	return file_open_root(&root, *path ? path : ".", flags, 0644);
}

/* What sha256sum prints. */
static int put_hash(struct file *f, const char *path, struct seq_buf *out)
{
	struct crypto_shash *sha = crypto_alloc_shash("sha256", 0, 0);
	char *piece = vmalloc(PIECE_BYTES);
	u8 hash[SHA256_DIGEST_SIZE];
	loff_t at = 0;
	ssize_t got;
	SHASH_DESC_ON_STACK(desc, sha);

	desc->tfm = sha;
	crypto_shash_init(desc);
	while ((got = kernel_read(f, piece, PIECE_BYTES, &at)) > 0)
		crypto_shash_update(desc, piece, got);
	crypto_shash_final(desc, hash);
	if (!got)
		seq_buf_printf(out, "%*phN  %s\n", SHA256_DIGEST_SIZE, hash, path);
	vfree(piece);
	crypto_free_shash(sha);
	return got;
}

static int put_path(const char *path, struct seq_buf *out);

static int put_directory(struct file *f, const char *dir, struct seq_buf *out)
{
	struct listing l = { .ctx.actor = add_name, .names = LIST_HEAD_INIT(l.names), .dir = dir };
	struct name *n, *next;
	int err = iterate_dir(f, &l.ctx);

	list_for_each_entry_safe(n, next, &l.names, list) {
		err = err ?: put_path(n->text, out);
		kfree(n);
	}
	return err;
}

/* A file, or all of a directory; not what a link leads to. */
static int put_path(const char *path, struct seq_buf *out)
{
	struct file *f = open_path(path, O_RDONLY | O_NOFOLLOW);
	int err = 0;

	if (IS_ERR(f))
		return PTR_ERR(f) == -ELOOP ? 0 : PTR_ERR(f);
	if (S_ISDIR(file_inode(f)->i_mode))
		err = put_directory(f, path, out);
	else if (S_ISREG(file_inode(f)->i_mode))
		err = put_hash(f, path, out);
	filp_close(f, NULL);
	return err;
}

/* The hash and path of each file. Return: how many bytes of @out that is. */
long image_hashes(char *out, long room);
long image_hashes(char *out, long room)
{
	struct seq_buf s;
	int err;

	seq_buf_init(&s, out, room);
	err = put_path("", &s);
	return err ?: (long)seq_buf_used(&s);
}
EXPORT_SYMBOL_GPL(image_hashes);

/* ---- changes ---- */

long image_create(const char *path, long len, long seed);
long image_create(const char *path, long len, long seed)
{
	struct file *f = open_path(path, O_WRONLY | O_CREAT | O_EXCL);
	char *piece = vmalloc(PIECE_BYTES);
	ssize_t put = PTR_ERR_OR_ZERO(f);
	loff_t at = 0;

	for (u32 i = 0, random = seed; i < PIECE_BYTES; i++) {
		random = random * 1664525u + 1013904223u;
		piece[i] = random >> 24;
	}
	while (!put && at < len) {
		put = kernel_write(f, piece, min_t(loff_t, len - at, PIECE_BYTES), &at);
		put = put > 0 ? 0 : put ?: -EIO;
	}
	if (!IS_ERR(f))
		filp_close(f, NULL);
	vfree(piece);
	return put;
}
EXPORT_SYMBOL_GPL(image_create);

long image_remove(const char *name);
long image_remove(const char *name)
{
	struct file *f = open_path(name, O_RDONLY);
	struct dentry *parent, *gone;
	int err;

	if (IS_ERR(f))
		return PTR_ERR(f);
	err = mnt_want_write(mnt);
	if (!err) {
		gone = dget(f->f_path.dentry); /* for unlink; the file has one of its own */
		parent = dget_parent(gone);
		inode_lock(d_inode(parent));
		err = vfs_unlink(mnt_user_ns(mnt), d_inode(parent), gone, NULL);
		inode_unlock(d_inode(parent));
		dput(parent);
		dput(gone);
		mnt_drop_write(mnt);
	}
	filp_close(f, NULL);
	return err;
}
EXPORT_SYMBOL_GPL(image_remove);

/* ext4 asks for it as crypto-crc32c, an alias, which a host without an index does not know. */
static int __init image_init(void)
{
	return request_module("crc32c_generic");
}

static void __exit image_exit(void)
{
	free_disk();
}

module_init(image_init);
module_exit(image_exit);
MODULE_DESCRIPTION("A disk in memory, and a file system on it");
MODULE_LICENSE("GPL");
