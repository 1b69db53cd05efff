// SPDX-License-Identifier: GPL-2.0-only
/* Auditing, switched off: no record is begun, and what would be added to one goes nowhere. */
#include <linux/audit.h>
#include <linux/skbuff.h>
#include <linux/tty.h>

#include "linux/versions.h"
#include "linux/export.h"

u32 audit_enabled = AUDIT_OFF;
EXPORT_SYMBOL_GPL(audit_enabled);

struct audit_buffer *audit_log_start(struct audit_context *context, gfp_t gfp, int type)
{
	(void)context, (void)gfp, (void)type;
	return NULL;
}
EXPORT_SYMBOL(audit_log_start);

void audit_log_format(struct audit_buffer *buf, const char *fmt, ...)
{
	(void)buf, (void)fmt;
}
EXPORT_SYMBOL(audit_log_format);

void audit_log_end(struct audit_buffer *buf)
{
	(void)buf;
}
EXPORT_SYMBOL(audit_log_end);

void audit_log(struct audit_context *context, gfp_t gfp, int type, const char *fmt, ...)
{
	(void)context, (void)gfp, (void)type, (void)fmt;
}
EXPORT_SYMBOL(audit_log);

void audit_log_task_info(struct audit_buffer *buf)
{
	(void)buf;
}
EXPORT_SYMBOL(audit_log_task_info);

#if !LINUX_SINCE(6, 12)
int audit_log_nf_skb(struct audit_buffer *buf, const struct sk_buff *skb, u8 family)
{
	(void)buf, (void)skb, (void)family;
	return 0;
}
EXPORT_SYMBOL(audit_log_nf_skb);
#endif

void __audit_log_nfcfg(const char *name, u8 family, unsigned int entries, enum audit_nfcfgop op, gfp_t gfp)
{
	(void)name, (void)family, (void)entries, (void)op, (void)gfp;
}
EXPORT_SYMBOL_GPL(__audit_log_nfcfg);

void __audit_inode_child(struct inode *parent, const struct dentry *dentry, const unsigned char type)
{
	(void)parent, (void)dentry, (void)type;
}
EXPORT_SYMBOL_GPL(__audit_inode_child);

int __audit_socketcall(int cnt, unsigned long *args)
{
	(void)cnt, (void)args;
	return 0;
}

int __audit_sockaddr(int len, void *address)
{
	(void)len, (void)address;
	return 0;
}

/* Of drivers/tty/tty.h. */
void tty_audit_add_data(struct tty_struct *tty, const void *data, size_t bytes);
void tty_audit_tiocsti(const struct tty_struct *tty, u8 c);

void tty_audit_add_data(struct tty_struct *tty, const void *data, size_t bytes)
{
	(void)tty, (void)data, (void)bytes;
}

void tty_audit_tiocsti(const struct tty_struct *tty, u8 c)
{
	(void)tty, (void)c;
}

int tty_audit_push(void)
{
	return 0;
}
