// SPDX-License-Identifier: GPL-2.0-only
/* Linux's measuring and signing of files (IMA, EVM), without a policy and without keys: nothing is measured or refused. */
#include <linux/evm.h>
#include <linux/ima.h>
#include <linux/integrity.h>

#include "linux/versions.h"
#include "linux/export.h"

#if LINUX_SINCE(6, 12)
/* They are modules of security like others: only this one is called by name. */
int evm_inode_init_security(struct inode *inode, struct inode *dir, const struct qstr *name, struct xattr *xattrs,
			    int *cnt)
{
	(void)inode, (void)dir, (void)name, (void)xattrs, (void)cnt;
	return 0;
}
#else
int evm_inode_setattr(struct user_namespace *mnt_userns, struct dentry *dentry, struct iattr *attr)
{
	(void)mnt_userns, (void)dentry, (void)attr;
	return 0;
}

void evm_inode_post_setattr(struct dentry *dentry, int ia_valid)
{
	(void)dentry, (void)ia_valid;
}

int evm_inode_setxattr(struct user_namespace *mnt_userns, struct dentry *dentry, const char *name, const void *value,
		       size_t size)
{
	(void)mnt_userns, (void)dentry, (void)name, (void)value, (void)size;
	return 0;
}

void evm_inode_post_setxattr(struct dentry *dentry, const char *xattr_name, const void *xattr_value,
			     size_t xattr_value_len)
{
	(void)dentry, (void)xattr_name, (void)xattr_value, (void)xattr_value_len;
}

int evm_inode_removexattr(struct user_namespace *mnt_userns, struct dentry *dentry, const char *xattr_name)
{
	(void)mnt_userns, (void)dentry, (void)xattr_name;
	return 0;
}

void evm_inode_post_removexattr(struct dentry *dentry, const char *xattr_name)
{
	(void)dentry, (void)xattr_name;
}

int evm_inode_init_security(struct inode *inode, const struct xattr *xattr_array, struct xattr *evm)
{
	(void)inode, (void)xattr_array, (void)evm;
	return 0;
}

int ima_file_check(struct file *file, int mask)
{
	(void)file, (void)mask;
	return 0;
}
EXPORT_SYMBOL_GPL(ima_file_check);

void ima_post_create_tmpfile(struct user_namespace *mnt_userns, struct inode *inode)
{
	(void)mnt_userns, (void)inode;
}

void ima_file_free(struct file *file)
{
	(void)file;
}

int ima_read_file(struct file *file, enum kernel_read_file_id id, bool contents)
{
	(void)file, (void)id, (void)contents;
	return 0;
}

int ima_post_read_file(struct file *file, void *buf, loff_t size, enum kernel_read_file_id id)
{
	(void)file, (void)buf, (void)size, (void)id;
	return 0;
}

void ima_post_path_mknod(struct user_namespace *mnt_userns, struct dentry *dentry)
{
	(void)mnt_userns, (void)dentry;
}

void ima_inode_post_setattr(struct user_namespace *mnt_userns, struct dentry *dentry)
{
	(void)mnt_userns, (void)dentry;
}

int ima_inode_setxattr(struct dentry *dentry, const char *xattr_name, const void *xattr_value, size_t xattr_value_len)
{
	(void)dentry, (void)xattr_name, (void)xattr_value, (void)xattr_value_len;
	return 0;
}

int ima_inode_removexattr(struct dentry *dentry, const char *xattr_name)
{
	(void)dentry, (void)xattr_name;
	return 0;
}

void integrity_inode_free(struct inode *inode)
{
	(void)inode;
}

void ima_post_key_create_or_update(struct key *keyring, struct key *key, const void *payload, size_t bytes,
				   unsigned long flags, bool create)
{
	(void)keyring, (void)key, (void)payload, (void)bytes, (void)flags, (void)create;
}

int ima_load_data(enum kernel_load_data_id id, bool contents)
{
	(void)id, (void)contents;
	return 0;
}

int ima_post_load_data(char *buf, loff_t size, enum kernel_load_data_id id, char *description)
{
	(void)buf, (void)size, (void)id, (void)description;
	return 0;
}

int ima_file_mmap(struct file *file, unsigned long reqprot, unsigned long prot, unsigned long flags)
{
	(void)file, (void)reqprot, (void)prot, (void)flags;
	return 0;
}

int ima_file_mprotect(struct vm_area_struct *vma, unsigned long prot)
{
	(void)vma, (void)prot;
	return 0;
}

int ima_bprm_check(struct linux_binprm *bprm)
{
	(void)bprm;
	return 0;
}
#endif
