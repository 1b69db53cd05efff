// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Each kind of debugfs's own files, and one of the module's. */
/* report: directory /debugfs/clean_debugfs */
/* report: /debugfs/clean_debugfs: 9 files read */
#include <linux/debugfs.h>
#include <linux/module.h>
#include <linux/seq_file.h>

static struct dentry *dir;
static u8 byte = 8;
static u32 word = 32, registers[4] = { 1, 2, 3, 4 };
static u64 quad = 64;
static bool flag = true;
static atomic_t events = ATOMIC_INIT(3);
static char text[] = "blob\n";
static struct debugfs_blob_wrapper blob = { .data = text, .size = sizeof(text) - 1 };
static struct debugfs_u32_array array = { .array = registers, .n_elements = ARRAY_SIZE(registers) };

static int state_show(struct seq_file *m, void *v)
{
	seq_printf(m, "events %d\n", atomic_read(&events));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(state);

static int events_get(void *data, u64 *value)
{
	*value = atomic_read(&events);
	return 0;
}

static int events_set(void *data, u64 value)
{
	atomic_set(&events, (int)value);
	return 0;
}
DEFINE_DEBUGFS_ATTRIBUTE(events_fops, events_get, events_set, "%llu\n");

static int __init clean_init(void)
{
	dir = debugfs_create_dir("clean_debugfs", NULL);
	if (IS_ERR(dir))
		return PTR_ERR(dir);
	debugfs_create_u8("byte", 0644, dir, &byte);
	debugfs_create_x32("word", 0644, dir, &word);
	debugfs_create_u64("quad", 0444, dir, &quad);
	debugfs_create_bool("flag", 0644, dir, &flag);
	debugfs_create_atomic_t("atomic", 0444, dir, &events);
	debugfs_create_blob("blob", 0444, dir, &blob);
	debugfs_create_u32_array("registers", 0444, dir, &array);
	debugfs_create_file("state", 0444, dir, NULL, &state_fops);
	debugfs_create_file_unsafe("events", 0644, dir, NULL, &events_fops);
	debugfs_create_symlink("link", dir, "state");
	return 0;
}

static void __exit clean_exit(void)
{
	debugfs_remove_recursive(dir);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
