// SPDX-License-Identifier: GPL-2.0-only
/* Names of addresses. The host knows them, and says them where it reports a fault; here an address is printed as one. */
#include <linux/kallsyms.h>
#include <linux/kernel.h>

#include "linux/export.h"

/* As Linux does for an address that it does not know. @buf: KSYM_SYMBOL_LEN bytes. Return: how many were written. */
int sprint_symbol(char *buf, unsigned long address)
{
	return sprintf(buf, "0x%lx", address);
}
EXPORT_SYMBOL_GPL(sprint_symbol);

int sprint_symbol_build_id(char *buf, unsigned long address) __attribute__((alias("sprint_symbol")));
EXPORT_SYMBOL_GPL(sprint_symbol_build_id);
int sprint_symbol_no_offset(char *buf, unsigned long address) __attribute__((alias("sprint_symbol")));
EXPORT_SYMBOL_GPL(sprint_symbol_no_offset);
int sprint_backtrace(char *buf, unsigned long address) __attribute__((alias("sprint_symbol")));
int sprint_backtrace_build_id(char *buf, unsigned long address) __attribute__((alias("sprint_symbol")));
