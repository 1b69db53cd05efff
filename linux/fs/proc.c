// SPDX-License-Identifier: GPL-2.0-only
/* There is no /proc: no file or directory of it is made, which those who make them must bear. */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "linux/export.h"

struct proc_dir_entry *proc_create_data(const char *name, umode_t mode, struct proc_dir_entry *parent,
					const struct proc_ops *ops, void *data)
{
	(void)name, (void)mode, (void)parent, (void)ops, (void)data;
	return NULL;
}
EXPORT_SYMBOL(proc_create_data);

struct proc_dir_entry *proc_create(const char *name, umode_t mode, struct proc_dir_entry *parent,
				   const struct proc_ops *ops)
{
	return proc_create_data(name, mode, parent, ops, NULL);
}
EXPORT_SYMBOL(proc_create);

struct proc_dir_entry *proc_create_seq_private(const char *name, umode_t mode, struct proc_dir_entry *parent,
					       const struct seq_operations *ops, unsigned int state_bytes, void *data)
{
	(void)ops, (void)state_bytes;
	return proc_create_data(name, mode, parent, NULL, data);
}
EXPORT_SYMBOL(proc_create_seq_private);

struct proc_dir_entry *proc_create_single_data(const char *name, umode_t mode, struct proc_dir_entry *parent,
					       int (*show)(struct seq_file *file, void *data), void *data)
{
	(void)show;
	return proc_create_data(name, mode, parent, NULL, data);
}
EXPORT_SYMBOL(proc_create_single_data);

struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent)
{
	return proc_create_data(name, 0, parent, NULL, NULL);
}
EXPORT_SYMBOL(proc_mkdir);

struct proc_dir_entry *proc_symlink(const char *name, struct proc_dir_entry *parent, const char *to)
{
	(void)to;
	return proc_mkdir(name, parent);
}
EXPORT_SYMBOL(proc_symlink);

void proc_remove(struct proc_dir_entry *entry)
{
	(void)entry;
}
EXPORT_SYMBOL(proc_remove);

void remove_proc_entry(const char *name, struct proc_dir_entry *parent)
{
	(void)name, (void)parent;
}
EXPORT_SYMBOL(remove_proc_entry);

int remove_proc_subtree(const char *name, struct proc_dir_entry *parent)
{
	(void)name, (void)parent;
	return 0;
}
EXPORT_SYMBOL(remove_proc_subtree);
