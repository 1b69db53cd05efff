// SPDX-License-Identifier: GPL-2.0-only
/* The machine never sleeps, and modules do not turn it off: what they ask for is said in the log. */
#include <linux/cpu.h>
#include <linux/kexec.h>
#include <linux/kmsg_dump.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/pid_namespace.h>
#include <linux/reboot.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>

#include "linux/versions.h"
#include "linux/export.h"

static BLOCKING_NOTIFIER_HEAD(sleepers);
ATOMIC_NOTIFIER_HEAD(panic_notifier_list);
EXPORT_SYMBOL(panic_notifier_list);
unsigned int pm_suspend_global_flags;
EXPORT_SYMBOL_GPL(pm_suspend_global_flags);
bool kexec_in_progress;

int register_pm_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_register(&sleepers, nb);
}
EXPORT_SYMBOL_GPL(register_pm_notifier);

int unregister_pm_notifier(struct notifier_block *nb)
{
	return blocking_notifier_chain_unregister(&sleepers, nb);
}
EXPORT_SYMBOL_GPL(unregister_pm_notifier);

static DEFINE_MUTEX(sleep_lock);

unsigned int lock_system_sleep(void)
{
	mutex_lock(&sleep_lock);
	return 0;
}
EXPORT_SYMBOL_GPL(lock_system_sleep);

void unlock_system_sleep(unsigned int flags)
{
	(void)flags;
	mutex_unlock(&sleep_lock);
}
EXPORT_SYMBOL_GPL(unlock_system_sleep);

bool system_entering_hibernation(void)
{
	return false;
}
EXPORT_SYMBOL(system_entering_hibernation);

int hibernate_quiet_exec(int (*func)(void *data), void *data)
{
	(void)func, (void)data;
	return -ENOTSUPP;
}
EXPORT_SYMBOL_GPL(hibernate_quiet_exec);

int hibernate(void)
{
	return -EPERM;
}

static void refuse(const char *what)
{
	_printk(KERN_ERR "linux.ko: a module would %s the machine: it stays as it is\n", what);
}

void machine_restart(char *command)
{
	(void)command;
	refuse("restart");
}

void machine_halt(void)
{
	refuse("halt");
}

void machine_power_off(void)
{
	refuse("turn off");
}

void machine_emergency_restart(void)
{
	refuse("restart");
}

int kernel_kexec(void)
{
	return -EINVAL;
}

#if LINUX_SINCE(6, 12)
void kmsg_dump_desc(enum kmsg_dump_reason reason, const char *why)
{
	(void)reason, (void)why;
}
#else
void kmsg_dump(enum kmsg_dump_reason reason)
{
	(void)reason;
}
#endif

int reboot_pid_ns(struct pid_namespace *ns, int command)
{
	(void)ns, (void)command;
	return 0;
}

void cpu_hotplug_disable(void)
{
}
EXPORT_SYMBOL_GPL(cpu_hotplug_disable);

void cpu_hotplug_enable(void)
{
}
EXPORT_SYMBOL_GPL(cpu_hotplug_enable);

/* What a clock of hardware says is no news to the host. */
bool timekeeping_rtc_skipsuspend(void)
{
	return true;
}

bool timekeeping_rtc_skipresume(void)
{
	return true;
}

void timekeeping_inject_sleeptime64(const struct timespec64 *delta)
{
	(void)delta;
}
