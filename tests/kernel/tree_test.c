// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Paths, links, mounts, names, and the memory root. What is expected is what POSIX and Linux's manual pages say. */
#include <stdio.h>
#include <string.h>

#include "tenon/errno.h"

#include "tests/kernel/host.h"
#include "tests/kernel/tree.h"
#include "tests/tap.h"

#define LIMIT_BYTES (1 << 20)

static void walking(void)
{
	char name[300], path[6000];
	unsigned i;

	make_dir("/a");
	make_dir("/a/b/"); /* a slash behind the name of a new directory is fine */
	put_text("/a/file", "text");
	ok(!look("/a/b") && !look("a//b/") && !look("/a/./b/..//b"), "slashes, dots");
	ok(!strcmp(path_again("/a/b/../../a/b"), "/a/b") && !strcmp(path_again("/../.."), "/"),
	   ".. and the root above it");
	ok(look("/a/none") == -TENON_ENOENT && look("") == -TENON_ENOENT, "what is not there, and the empty path");
	ok(look("/a/file/x") == -TENON_ENOTDIR && look("/a/file/") == -TENON_ENOTDIR &&
	       look("/a/file/.") == -TENON_ENOTDIR,
	   "a file on the way");
	memset(name, 'n', 256);
	name[0] = '/';
	name[256] = '\0';
	ok(!make_dir(name) && !look(name), "a name of 255 bytes");
	name[256] = 'n';
	name[257] = '\0';
	ok(make_dir(name) == -TENON_ENAMETOOLONG && look(name) == -TENON_ENAMETOOLONG, "... and one of 256");
	for (i = 0; i < 4095; i += 2)
		memcpy(path + i, "/.", 3);
	path[4095] = '\0';
	ok(!look(path), "a path of 4095 bytes");
	strcat(path, "/");
	ok(look(path) == -TENON_ENAMETOOLONG, "... and one of 4096");
}

static void links(void)
{
	char from[16], to[16];
	int i;

	make_dir("/l");
	put_text("/l/file", "text");
	make_link("/l/relative", "file");
	make_link("/l/absolute", "/l/relative");
	make_link("/l/up", "../l/./absolute");
	make_link("/l/loop", "loop");
	make_link("/l/dir", "/l");
	make_link("/l/new", "made");
	ok(!strcmp(text_of("/l/up"), "text"), "a link to a link to a link");
	ok(look("/l/loop") == -TENON_ELOOP && look("/l/loop/x") == -TENON_ELOOP, "a link to itself");
	ok(!strcmp(path_again("/l/dir/dir/dir/file"), "/l/file"), "links to directories on the way");
	ok(!strcmp(path_again("/l/dir/.."), "/"), ".. of where a link leads");
	ok(put_text("/l/new", "made") == 4 && !strcmp(text_of("/l/made"), "made"), "a file is made where a link leads");
	ok(look("/l/up/") == -TENON_ENOTDIR, "a link to a file with a slash behind");
	make_link("/c0", "/l/file");
	for (i = 1; i <= 40; i++) {
		snprintf(from, sizeof(from), "/c%d", i);
		snprintf(to, sizeof(to), "/c%d", i - 1);
		make_link(from, to);
	}
	ok(!look("/c39") && look("/c40") == -TENON_ELOOP, "40 links are followed, not 41");
	ok(!vfs_remove(&tree_start, "/l/relative", false) && look("/l/up") == -TENON_ENOENT,
	   "a link that leads nowhere");
}

static void opening(void)
{
	struct file *file;

	ok(vfs_open(&tree_start, "/a/file", OPEN_CREATE | OPEN_EXCLUSIVE, 0, &file) == -TENON_EEXIST, "exclusive");
	ok(vfs_open(&tree_start, "/l/loop", OPEN_CREATE | OPEN_EXCLUSIVE, 0, &file) == -TENON_EEXIST,
	   "... also by a link");
	ok(vfs_open(&tree_start, "/a", OPEN_WRITE, 0, &file) == -TENON_EISDIR, "a directory to write");
	ok(vfs_open(&tree_start, "/a", OPEN_CREATE, 0, &file) == -TENON_EISDIR,
	   "a directory that might have to be made");
	ok(vfs_open(&tree_start, "/a/file", OPEN_DIRECTORY, 0, &file) == -TENON_ENOTDIR, "a file as a directory");
	ok(vfs_open(&tree_start, "/l/up", OPEN_NO_FOLLOW, 0, &file) == -TENON_ELOOP,
	   "a link that is not to be followed");
	ok(put_text("/a/none/", "x") == -TENON_EISDIR, "a new file with a slash behind");
	host_process()->uid = 1000;
	ok(vfs_open(&tree_start, "/a/file", OPEN_WRITE, 0, &file) == -TENON_EACCES, "another's file to write");
	ok(put_text("/a/other", "x") == -TENON_EACCES, "a new file in another's directory");
	host_process()->uid = 0;
}

static void renaming(void)
{
	make_dir("/r");
	make_dir("/r/one");
	make_dir("/r/one/deep");
	make_dir("/r/two");
	put_text("/r/f", "f");
	put_text("/r/g", "g");
	ok(!rename_to("/r/f", "/r/g") && !strcmp(text_of("/r/g"), "f") && look("/r/f") == -TENON_ENOENT,
	   "over another file");
	ok(rename_to("/r/one", "/r/one/deep/x") == -TENON_EINVAL, "a directory below itself");
	ok(rename_to("/r/two", "/r/one") == -TENON_ENOTEMPTY, "over a directory with something in it");
	ok(rename_to("/r/one/deep", "/r/one") == -TENON_ENOTEMPTY, "... over the one that it is in");
	ok(rename_to("/r/g", "/r/two") == -TENON_EISDIR && rename_to("/r/two", "/r/g") == -TENON_ENOTDIR,
	   "file and directory");
	ok(!rename_to("/r/one/deep", "/r/two") && !strcmp(path_again("/r/two/.."), "/r"), "over an empty directory");
	ok(!rename_to("/r/two", "/r/one/moved") && !strcmp(path_again("/r/one/moved"), "/r/one/moved"),
	   "a directory moves");
	ok(!strcmp(path_again("/r/one/moved/.."), "/r/one"), "... and has another parent");
	ok(!rename_to("/r/g", "/r/g") && !strcmp(text_of("/r/g"), "f"), "to its own name");
	ok(rename_to("/r/.", "/r/x") == -TENON_EBUSY && rename_to("/", "/r/x") == -TENON_EBUSY, "dots and the root");
	ok(!strcmp(names_in("/r"), "g one"), "what is there afterwards");
}

static void removing(void)
{
	struct file *file;
	char buf[8] = "";
	struct node *node;

	put_text("/x", "hello");
	vfs_open(&tree_start, "/x", OPEN_READ, 0, &file);
	path_find(&tree_start, "/x", 0, &node);
	ok(!vfs_link(node, &tree_start, "/y") && node->link_cnt == 2 && !strcmp(text_of("/y"), "hello"),
	   "a second name");
	ok(!vfs_remove(&tree_start, "/x", false) && !vfs_remove(&tree_start, "/y", false), "both go");
	ok(file_read_kernel(file, buf, 5, 0) == 5 && !strcmp(buf, "hello"), "an open file stays without name");
	ok(vfs_link(node, &tree_start, "/z") == -TENON_ENOENT, "... and gets none again");
	node_put(node);
	file_put(file);
	ok(vfs_remove(&tree_start, "/r", true) == -TENON_ENOTEMPTY, "a directory with something in it");
	ok(vfs_remove(&tree_start, "/r", false) == -TENON_EISDIR &&
	       vfs_remove(&tree_start, "/r/g", true) == -TENON_ENOTDIR,
	   "unlink of a directory, rmdir of a file");
	make_dir("/gone");
	path_find(&tree_start, "/gone", 0, &node);
	vfs_remove(&tree_start, "/gone", true);
	struct path_start inside = { tree_start.root, node };
	ok(vfs_open(&inside, "new", OPEN_CREATE | OPEN_WRITE, 0600, &file) == -TENON_ENOENT,
	   "no new file in a removed directory");
	ok(!path_reachable(node, tree_start.root), "... which cannot be reached");
	node_put(node);
}

static void mounting(void)
{
	struct node *at, *root;

	make_dir("/mnt");
	put_text("/mnt/under", "x");
	path_find(&tree_start, "/mnt", 0, &at);
	ok(filesystem_mount("none", "x", "", 0, at) == -TENON_ENODEV, "a kind that there is not");
	ok(!filesystem_mount("tmpfs", "x", "", 0, at), "mount");
	put_text("/mnt/over", "y");
	ok(!strcmp(names_in("/mnt"), "over") && look("/mnt/under") == -TENON_ENOENT, "it covers what is there");
	ok(!strcmp(path_again("/mnt/over"), "/mnt/over") && !strcmp(path_again("/mnt/.."), "/"),
	   "paths through a mount");
	ok(rename_to("/mnt/over", "/moved") == -TENON_EXDEV, "a rename out of it");
	ok(vfs_remove(&tree_start, "/mnt", true) == -TENON_EBUSY && rename_to("/mnt", "/other") == -TENON_EBUSY,
	   "the directory cannot go");
	path_find(&tree_start, "/mnt", 0, &root);
	filesystem_use(root->fs);
	ok(filesystem_unmount(root, false) == -TENON_EBUSY, "in use");
	filesystem_unuse(root->fs);
	ok(!filesystem_remount(root, MOUNT_READ_ONLY) && put_text("/mnt/z", "z") == -TENON_EROFS, "read-only");
	ok(!filesystem_unmount(root, false) && filesystem_unmount(root, false) == -TENON_EINVAL, "unmount, once");
	node_put(root);
	ok(!strcmp(text_of("/mnt/under"), "x"), "what was covered is back");
	node_put(at);
}

int main(void)
{
	tree_begin(LIMIT_BYTES);
	walking();
	links();
	opening();
	renaming();
	removing();
	mounting();
	tree_clear();
	ok(host_allocations() == 0, "all memory comes back");
	return tap_done();
}
