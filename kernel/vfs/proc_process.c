// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * /proc/PID: nodes that are made for each lookup and refer to the process. What a process no longer has, because it
 * ended, is not there: ENOENT, or ESRCH for a file that is open. proc(5) has the forms.
 */
#include "kernel/mm/heap.h"
#include "kernel/process/process.h"
#include "kernel/process/shared.h"
#include "kernel/vfs/fdtable.h"
#include "kernel/vfs/file.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/fs_context.h"
#include "kernel/vfs/proc.h"
#include "kernel/vfs/proc_show.h"
#include "kernel/vfs/text.h"
#include "kernel/vfs/text_file.h"
#include "tenon/errno.h"
#include "tenon/runtime.h"

struct entry {
	const char *name;
	uint32_t mode;
	int (*show)(struct process *p, struct text *t);               /* of a file */
	int (*follow)(struct process *p, int fd, struct node **node); /* of a link: where it leads */
};

struct proc_node {
	struct node node;
	struct process *process; /* a reference */
	const struct entry *entry;
	int fd; /* of a descriptor's link */
};

static int follow_cwd(struct process *p, int fd, struct node **node);
static int follow_root(struct process *p, int fd, struct node **node);
static int follow_exe(struct process *p, int fd, struct node **node);
static int follow_fd(struct process *p, int fd, struct node **node);

static const struct entry process_dir = { .mode = NODE_DIR | 0555 };
static const struct entry fd_link = { .mode = NODE_LINK | 0700, .follow = follow_fd };
static const struct entry self_link = { .mode = NODE_LINK | 0777 };
static const struct entry entries[] = {
	{ "cmdline", NODE_FILE | 0444, proc_show_cmdline, NULL },
	{ "comm", NODE_FILE | 0444, proc_show_comm, NULL },
	{ "maps", NODE_FILE | 0444, proc_show_maps, NULL },
	{ "mounts", NODE_FILE | 0444, proc_show_mounts, NULL },
	{ "stat", NODE_FILE | 0444, proc_show_stat, NULL },
	{ "statm", NODE_FILE | 0444, proc_show_statm, NULL },
	{ "status", NODE_FILE | 0444, proc_show_status, NULL },
	{ "cwd", NODE_LINK | 0777, NULL, follow_cwd },
	{ "root", NODE_LINK | 0777, NULL, follow_root },
	{ "exe", NODE_LINK | 0777, NULL, follow_exe },
	{ "fd", NODE_DIR | 0500, NULL, NULL },
};

enum { ENTRY_CNT = sizeof(entries) / sizeof(entries[0]), FIRST_OFFSET = 2, FD_NUMBER = 1 << 8, NUMBER_BITS = 20 };

static const struct node_ops ops;

static struct proc_node *of(struct node *node)
{
	return (struct proc_node *)node;
}

/* st_ino: from process, entry, descriptor; far from those of the other files. */
static uint64_t number_of(int pid, unsigned what)
{
	return 1ull << 40 | (uint64_t)pid << NUMBER_BITS | what;
}

/* Takes the reference to the process, also on errors. */
static int make(struct filesystem *fs, struct process *p, const struct entry *entry, unsigned what, int fd,
		struct node **node)
{
	struct proc_node *n = heap_alloc_zeroed(sizeof(*n));
	struct process_info info;

	if (!n) {
		process_put(p);
		return -TENON_ENOMEM;
	}
	n->process = p;
	n->entry = entry;
	n->fd = fd;
	node_init(&n->node, fs, &ops, number_of(process_pid(p), what), entry->mode);
	n->node.transient = true;
	process_info(p, &info);
	n->node.uid = info.credentials.euid;
	n->node.gid = info.credentials.egid;
	if (node_is(&n->node, NODE_DIR))
		n->node.link_cnt = 2;
	*node = &n->node;
	return 0;
}

static void release(struct node *node)
{
	process_put(of(node)->process);
	heap_free(node);
}

/* ---- links ------------------------------------------------------------------------------------------------------- */

static int from_context(struct process *p, bool root, struct node **node)
{
	struct fs_context *fs = process_fs_get(p);
	struct path_start start;

	if (!fs)
		return -TENON_ENOENT;
	fs_context_start(fs, &start);
	*node = node_get(root ? start.root : start.at);
	path_start_put(&start);
	fs_context_put(fs);
	return 0;
}

static int follow_cwd(struct process *p, int fd, struct node **node)
{
	(void)fd;
	return from_context(p, false, node);
}

static int follow_root(struct process *p, int fd, struct node **node)
{
	(void)fd;
	return from_context(p, true, node);
}

static int follow_exe(struct process *p, int fd, struct node **node)
{
	struct node *root = filesystem_root();
	struct path_start start = { root, root };
	char *path = heap_alloc(PATH_BYTES);
	int err = -TENON_ENOMEM;

	(void)fd;
	if (path) {
		process_executable(p, path, PATH_BYTES);
		err = path_find(&start, path, 0, node);
	}
	heap_free(path);
	node_put(root);
	return err;
}

static int follow_fd(struct process *p, int fd, struct node **node)
{
	struct fdtable *files = process_files_get(p);
	struct file *file;

	if (!files)
		return -TENON_ENOENT;
	file = fdtable_file(files, fd);
	if (file) {
		*node = node_get(file->node);
		file_put(file);
	}
	fdtable_put(files);
	return file ? 0 : -TENON_ENOENT;
}

static int follow(struct node *node, struct node **target)
{
	struct proc_node *n = of(node);
	struct process *self = process_current();

	if (n->entry != &self_link)
		return n->entry->follow(n->process, n->fd, target);
	return self ? make(node->fs, process_get(self), &process_dir, 0, 0, target) : -TENON_ENOENT;
}

static long read_link(struct node *node, char *buf, size_t size)
{
	struct proc_node *n = of(node);
	struct node *target, *root;
	char *text, *path;
	size_t len = 0;
	int err;

	if (n->entry == &self_link) {
		struct process *self = process_current();

		return self ? tenon_snprintf(buf, size, "%d", process_pid(self)) : -TENON_ENOENT;
	}
	err = n->entry->follow(n->process, n->fd, &target);
	if (err)
		return err;
	text = heap_alloc(PATH_BYTES);
	root = filesystem_root();
	path = text ? path_of(target, root, text, PATH_BYTES) : NULL;
	if (path) {
		len = strlen(path) < size ? strlen(path) : size;
		memcpy(buf, path, len);
	}
	err = !text ? -TENON_ENOMEM : !path ? -TENON_ENAMETOOLONG : 0;
	heap_free(text);
	node_put(root);
	node_put(target);
	return err ? err : (long)len;
}

/* ---- directories ------------------------------------------------------------------------------------------------- */

/* A number without sign or leading zeros, -1: it is none. */
static int number(struct name name)
{
	int n = 0;
	size_t i;

	if (name.len > 9 || (name.text[0] == '0' && name.len > 1))
		return -1;
	for (i = 0; i < name.len; i++) {
		if (name.text[i] < '0' || name.text[i] > '9')
			return -1;
		n = n * 10 + (name.text[i] - '0');
	}
	return n;
}

static int lookup_fd(struct proc_node *dir, struct name name, struct node **child)
{
	int fd = number(name), err = fd < 0 ? -TENON_ENOENT : follow_fd(dir->process, fd, child);

	if (err)
		return err;
	node_put(*child); /* only to see that it is there */
	return make(dir->node.fs, process_get(dir->process), &fd_link, FD_NUMBER + (unsigned)fd, fd, child);
}

static int lookup(struct node *dir, struct name name, struct node **child)
{
	struct proc_node *n = of(dir);
	unsigned i;

	if (n->entry != &process_dir)
		return lookup_fd(n, name, child);
	for (i = 0; i < ENTRY_CNT; i++)
		if (strlen(entries[i].name) == name.len && !memcmp(entries[i].name, name.text, name.len))
			break;
	if (i == ENTRY_CNT)
		return -TENON_ENOENT;
	return make(dir->fs, process_get(n->process), &entries[i], i + 1, 0, child);
}

static int list_fds(struct proc_node *dir, struct listing *l)
{
	struct fdtable *files = process_files_get(dir->process);
	char text[16];
	int fd;

	if (!files)
		return 0;
	for (fd = (int)(l->offset - FIRST_OFFSET); (fd = fdtable_next(files, fd)) >= 0; fd++) {
		size_t len = (size_t)tenon_snprintf(text, sizeof(text), "%d", fd);

		if (!listing_add(l, text, len, number_of(process_pid(dir->process), FD_NUMBER + (unsigned)fd),
				 NODE_LINK, (uint64_t)fd + FIRST_OFFSET + 1))
			break;
	}
	fdtable_put(files);
	return 0;
}

static int list(struct node *dir, struct listing *l)
{
	struct proc_node *n = of(dir);
	uint64_t i;

	if (n->entry != &process_dir)
		return list_fds(n, l);
	for (i = l->offset - FIRST_OFFSET; i < ENTRY_CNT; i++)
		if (!listing_add(l, entries[i].name, strlen(entries[i].name),
				 number_of(process_pid(n->process), (unsigned)i + 1), entries[i].mode,
				 i + FIRST_OFFSET + 1))
			break;
	return 0;
}

static int show(struct file *file, struct text *t)
{
	struct proc_node *n = of(file->node);

	return n->entry->show(n->process, t);
}

static int open(struct node *node, struct file *file)
{
	return node_is(node, NODE_FILE) ? text_file_open(file, &text_file_ops, show) : 0;
}

static const struct node_ops ops = {
	.lookup = lookup,
	.list = list,
	.read_link = read_link,
	.follow = follow,
	.open = open,
	.release = release,
};

/* ---- in the root ------------------------------------------------------------------------------------------------- */

static bool is_self(struct name name)
{
	return name.len == 4 && !memcmp(name.text, "self", 4);
}

int proc_process_lookup(struct filesystem *fs, struct name name, struct node **node)
{
	struct process *self = process_current(), *p;
	int pid = number(name);

	if (is_self(name))
		return self ? make(fs, process_get(self), &self_link, FD_NUMBER - 1, 0, node) : -TENON_ENOENT;
	p = pid > 0 ? process_find(pid) : NULL;
	return p ? make(fs, p, &process_dir, 0, 0, node) : -TENON_ENOENT;
}

int proc_process_list(struct node *root, struct listing *l)
{
	char text[16];
	struct process *p;
	bool fits = true;

	if (l->offset == PROC_PROCESSES_OFFSET && !listing_add(l, "self", 4, root->number, NODE_LINK, l->offset + 1))
		return 0;
	while (fits && (p = process_next((int)(l->offset - PROC_PROCESSES_OFFSET) - 1)) != NULL) {
		size_t len = (size_t)tenon_snprintf(text, sizeof(text), "%d", process_pid(p));

		fits = listing_add(l, text, len, number_of(process_pid(p), 0), NODE_DIR,
				   PROC_PROCESSES_OFFSET + (uint64_t)process_pid(p) + 1);
		process_put(p);
	}
	return 0;
}
