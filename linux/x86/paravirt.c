// SPDX-License-Identifier: GPL-2.0-only
/*
 * pv_ops: how Linux's code reaches the processor where a hypervisor may intervene. Only the entries that code in user
 * mode needs are set; the rest is NULL, and calling it traps.
 */
#include <linux/jiffies.h>
#include <asm/paravirt_types.h>
#include <asm/qspinlock.h>

#include "linux/glue.h"
#include "linux/export.h"

void linux_irq_save(void);
void linux_irq_disable(void);
void linux_irq_enable(void);
void linux_spin_unlock(void);
void linux_vcpu_is_preempted(void);

/* The holder runs on another virtual CPU, whose thread may need this processor. */
static void spin(struct qspinlock *lock, u32 val)
{
	(void)val;
	while (!queued_spin_trylock(lock))
		lx_relax();
}

/* After an access to a port: no device is there that needs time. */
static void io_delay(void)
{
}

struct paravirt_patch_template pv_ops = {
	.cpu.io_delay = io_delay,
	.irq.save_fl = { linux_irq_save },
	.irq.irq_disable = { linux_irq_disable },
	.irq.irq_enable = { linux_irq_enable },
	.lock.queued_spin_lock_slowpath = spin,
	.lock.queued_spin_unlock = { linux_spin_unlock },
	.lock.vcpu_is_preempted = { linux_vcpu_is_preempted },
};
EXPORT_SYMBOL(pv_ops);
