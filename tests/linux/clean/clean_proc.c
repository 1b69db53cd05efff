// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Files of procfs: one that shows a number, one that takes one, in a directory. */
/* report: directory /proc/clean_proc */
/* report: /proc/clean_proc: 2 files read */
/* prompt: cat /proc/clean_proc/number */
/* says: number 42 */
/* prompt: echo 17 > /proc/clean_proc/number */
/* prompt: cat /proc/clean_proc/number */
/* says: number 17 */
/* prompt: cat /proc/clean_proc/version */
/* says: version 1 */
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/uaccess.h>

static int number = 42;
static struct proc_dir_entry *dir;

static int version_show(struct seq_file *m, void *v)
{
	seq_puts(m, "version 1\n");
	return 0;
}

static int number_show(struct seq_file *m, void *v)
{
	seq_printf(m, "number %d\n", *(int *)m->private);
	return 0;
}

static int number_open(struct inode *inode, struct file *file)
{
	return single_open(file, number_show, pde_data(inode));
}

static ssize_t number_write(struct file *file, const char __user *from, size_t len, loff_t *at)
{
	int *n = pde_data(file_inode(file));
	int err = kstrtoint_from_user(from, len, 0, n);

	return err ?: len;
}

static const struct proc_ops number_ops = {
	.proc_open = number_open,
	.proc_read = seq_read,
	.proc_write = number_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init clean_init(void)
{
	dir = proc_mkdir("clean_proc", NULL);
	if (!dir)
		return -ENOMEM;
	if (proc_create_single("version", 0444, dir, version_show) &&
	    proc_create_data("number", 0644, dir, &number_ops, &number))
		return 0;
	proc_remove(dir);
	return -ENOMEM;
}

static void __exit clean_exit(void)
{
	proc_remove(dir);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
