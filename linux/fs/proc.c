// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tree that modules make below /proc is Linux's own (fs/proc/generic.c). What Linux has there of its processes and of
 * its tables of sysctl is not: no program runs, and the tables are shown nowhere.
 */
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/pid_namespace.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

/* Of fs/proc/internal.h. */
struct proc_inode;
void proc_pid_evict_inode(struct proc_inode *inode);
int proc_pid_readdir(struct file *file, struct dir_context *ctx);
struct dentry *proc_pid_lookup(struct dentry *dentry, unsigned int flags);
void set_proc_pid_nlink(void);
int proc_setup_self(struct super_block *sb);
int proc_setup_thread_self(struct super_block *sb);
void proc_self_init(void);
void proc_thread_self_init(void);
void proc_sys_evict_inode(struct inode *inode, struct ctl_table_header *head);
int proc_sys_init(void);
int nr_processes(void);
int proc_nochmod_setattr(struct user_namespace *ns, struct dentry *dentry, struct iattr *attr);

struct dentry *proc_pid_lookup(struct dentry *dentry, unsigned int flags)
{
	(void)dentry, (void)flags;
	return ERR_PTR(-ENOENT);
}

int proc_pid_readdir(struct file *file, struct dir_context *ctx)
{
	(void)file, (void)ctx;
	return 0;
}

/* There is one namespace of processes, which stays. */
void put_pid_ns(struct pid_namespace *ns)
{
	(void)ns;
}

int nr_processes(void)
{
	return 0;
}

int proc_nochmod_setattr(struct user_namespace *ns, struct dentry *dentry, struct iattr *attr)
{
	(void)ns, (void)dentry, (void)attr;
	return -EPERM;
}

int proc_setup_self(struct super_block *sb)
{
	(void)sb;
	return 0;
}

int proc_setup_thread_self(struct super_block *sb)
{
	(void)sb;
	return 0;
}

int proc_sys_init(void)
{
	return 0;
}

void proc_self_init(void)
{
}

void proc_thread_self_init(void)
{
}

void set_proc_pid_nlink(void)
{
}

void proc_pid_evict_inode(struct proc_inode *inode)
{
	(void)inode;
}

void proc_sys_evict_inode(struct inode *inode, struct ctl_table_header *head)
{
	(void)inode, (void)head;
}
