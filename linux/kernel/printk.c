// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log. A line begins with the byte 1 and its level, if it has one.
 */
#include <linux/device.h>
#include <linux/dynamic_debug.h>
#include <linux/kern_levels.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/netdevice.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "linux/glue.h"
#include "linux/kernel/kernel.h"
#include "linux/kernel/watch.h"
#include "linux/versions.h"
#include "linux/export.h"

#define LINE_BYTES 512
#define LEVEL_DEFAULT 4

/* A line whose end has not come yet: pr_cont() of the same task goes on with it. */
static struct {
	arch_spinlock_t lock;
	const struct task_struct *by;
	int level, len;
	char text[LINE_BYTES];
} begun = { .lock = __ARCH_SPIN_LOCK_UNLOCKED };

/* begun.lock held, interrupts off */
static void put_begun(void)
{
	if (begun.len)
		lx_log(begun.level, begun.text, (unsigned long)begun.len);
	begun.len = 0;
}

static void put_out(int level, bool goes_on, const char *text, int len)
{
	unsigned long flags;

	raw_local_irq_save(flags);
	arch_spin_lock(&begun.lock);
	if (!goes_on || begun.by != current || len > LINE_BYTES - begun.len)
		put_begun();
	if (!begun.len)
		begun.level = level;
	begun.by = current;
	memcpy(begun.text + begun.len, text, (size_t)len);
	begun.len += len;
	if (!len || text[len - 1] == '\n')
		put_begun();
	arch_spin_unlock(&begun.lock);
	raw_local_irq_restore(flags);
}

void linux_log_flush(void)
{
	if (READ_ONCE(begun.len))
		put_out(LEVEL_DEFAULT, false, "", 0);
}

/*
 * @level: or LOGLEVEL_DEFAULT: as the line says. Modules do not say in AL how many vector registers they pass
 * (-mskip-rax-setup); none is saved here.
 */
int vprintk_emit(int facility, int level, const struct dev_printk_info *dev, const char *fmt, va_list args)
{
	char line[LINE_BYTES], *text = line;
	int len = vsnprintf(line, sizeof(line), fmt, args);
	int kept = len < (int)sizeof(line) ? len : (int)sizeof(line) - 1;
	bool goes_on = false;

	(void)facility, (void)dev;
	for (; kept >= 2 && text[0] == KERN_SOH_ASCII; text += 2, kept -= 2) {
		goes_on |= text[1] == 'c';
		if (level == LOGLEVEL_DEFAULT && text[1] >= '0' && text[1] <= '7')
			level = text[1] - '0';
	}
	if (linux_watching && !linux_watch_line())
		return len;
	put_out(level == LOGLEVEL_DEFAULT ? LEVEL_DEFAULT : level, goes_on, text, kept);
	return len;
}
EXPORT_SYMBOL(vprintk_emit);

int vprintk(const char *fmt, va_list args)
{
	return vprintk_emit(0, LOGLEVEL_DEFAULT, NULL, fmt, args);
}
EXPORT_SYMBOL(vprintk);

int _printk(const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vprintk(fmt, args);
	va_end(args);
	return len;
}
EXPORT_SYMBOL(_printk);

/* Lines for debugging, each of which is switched off until somebody sets its key. */
void __dynamic_pr_debug(struct _ddebug *where, const char *fmt, ...)
{
	va_list args;

	(void)where;
	va_start(args, fmt);
	vprintk_emit(0, LOGLEVEL_DEBUG, NULL, fmt, args);
	va_end(args);
}
EXPORT_SYMBOL(__dynamic_pr_debug);

void __dynamic_dev_dbg(struct _ddebug *where, const struct device *dev, const char *fmt, ...)
{
	struct va_format text = { .fmt = fmt };
	va_list args;

	(void)where;
	va_start(args, fmt);
	text.va = &args;
	if (dev)
		_printk(KERN_DEBUG "%s %s: %pV", dev_driver_string(dev), dev_name(dev), &text);
	else
		_printk(KERN_DEBUG "(NULL device *): %pV", &text);
	va_end(args);
}
EXPORT_SYMBOL(__dynamic_dev_dbg);

/* Nothing here is held while a line is put out: the same function. */
int _printk_deferred(const char *fmt, ...) __attribute__((alias("_printk")));

#if LINUX_SINCE(6, 12)
void __printk_deferred_enter(void)
{
}

void __printk_deferred_exit(void)
{
}

/* A line is put out at once, and is not waited for. */
bool pr_flush(int timeout_ms, bool reset_on_progress)
{
	(void)timeout_ms, (void)reset_on_progress;
	return true;
}
#else
void __printk_safe_enter(void)
{
}

void __printk_safe_exit(void)
{
}
#endif

void __warn_printk(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
}
EXPORT_SYMBOL(__warn_printk);

void __noreturn panic(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintk(fmt, args);
	va_end(args);
	__builtin_trap();
}
EXPORT_SYMBOL(panic);

/* Where a stack came from is said when a fault ends the domain; here, who asks. */
void dump_stack(void)
{
	_printk(KERN_DEFAULT "dump_stack() is called by %pS, task %s/%d\n", __builtin_return_address(0), current->comm,
		current->pid);
}
EXPORT_SYMBOL(dump_stack);

#if LINUX_SINCE(6, 12)
void dump_stack_lvl(const char *level)
{
	_printk("%sdump_stack_lvl() is called by %pS, task %s/%d\n", level, __builtin_return_address(0), current->comm,
		current->pid);
}
EXPORT_SYMBOL(dump_stack_lvl);
#endif

static unsigned long taints;

void add_taint(unsigned int flag, enum lockdep_ok lockdep)
{
	(void)lockdep;
	set_bit(flag, &taints);
}
EXPORT_SYMBOL(add_taint);

int test_taint(unsigned int flag)
{
	return test_bit(flag, &taints);
}
EXPORT_SYMBOL(test_taint);

/* Of net/core/dev.c's kind: the device has a name once it is registered. */
void __dynamic_netdev_dbg(struct _ddebug *where, const struct net_device *dev, const char *fmt, ...)
{
	struct va_format text = { .fmt = fmt };
	va_list args;

	(void)where;
	va_start(args, fmt);
	text.va = &args;
	_printk(KERN_DEBUG "%s: %pV", dev ? netdev_name(dev) : "(NULL net_device)", &text);
	va_end(args);
}
EXPORT_SYMBOL(__dynamic_netdev_dbg);
