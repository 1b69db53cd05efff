// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log. A line begins with the byte 1 and its level, if it has one.
 */
#include <linux/kern_levels.h>
#include <linux/kernel.h>
#include <linux/panic.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "linux/glue.h"
#include "linux/export.h"

#define LINE_BYTES 512
#define LEVEL_DEFAULT 4

/* Modules do not say in AL how many vector registers they pass (-mskip-rax-setup); none is saved here. */
int vprintk(const char *fmt, va_list args)
{
	char line[LINE_BYTES], *text = line;
	int level = LEVEL_DEFAULT, len = vsnprintf(line, sizeof(line), fmt, args);
	int kept = len < (int)sizeof(line) ? len : (int)sizeof(line) - 1;

	for (; kept >= 2 && text[0] == KERN_SOH_ASCII; text += 2, kept -= 2)
		if (text[1] >= '0' && text[1] <= '7')
			level = text[1] - '0';
	lx_log(level, text, (unsigned long)kept);
	return len;
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

/* Nothing here is held while a line is put out: the same function. */
int _printk_deferred(const char *fmt, ...) __attribute__((alias("_printk")));

void __printk_safe_enter(void)
{
}

void __printk_safe_exit(void)
{
}

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
