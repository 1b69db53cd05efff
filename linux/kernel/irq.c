// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Linux's core of interrupts has of its machine. No hardware raises any: the numbers are for interrupts that modules
 * raise themselves (generic_handle_irq(), simulated ones), and for lines of our kernel's devices that are looked at
 * (drivers/pci_bus.c), so all may be had from 1 on.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/irqdomain.h>
#include <linux/irq_work.h>
#include <linux/random.h>
#include <linux/task_work.h>

#include "linux/kernel/kernel.h"
#include "linux/export.h"

int __init arch_early_irq_init(void)
{
	return 0;
}

int __init arch_probe_nr_irqs(void)
{
	return 0;
}

unsigned int arch_dynirq_lower_bound(unsigned int from)
{
	return from ?: 1;
}

void ack_bad_irq(unsigned int irq)
{
	_printk(KERN_ERR "unexpected IRQ %u\n", irq);
}

/* No file of /proc lists them. */
void register_irq_proc(unsigned int irq, struct irq_desc *desc)
{
	(void)irq, (void)desc;
}

void unregister_irq_proc(unsigned int irq, struct irq_desc *desc)
{
	(void)irq, (void)desc;
}

void register_handler_proc(unsigned int irq, struct irqaction *action)
{
	(void)irq, (void)action;
}

void unregister_handler_proc(unsigned int irq, struct irqaction *action)
{
	(void)irq, (void)action;
}

/* The machine never sleeps. */
bool irq_pm_check_wakeup(struct irq_desc *desc)
{
	(void)desc;
	return false;
}

void irq_pm_install_action(struct irq_desc *desc, struct irqaction *action)
{
	(void)desc, (void)action;
}

void irq_pm_remove_action(struct irq_desc *desc, struct irqaction *action)
{
	(void)desc, (void)action;
}

/* Random numbers are the host's. */
void add_interrupt_randomness(int irq)
{
	(void)irq;
}
EXPORT_SYMBOL_GPL(add_interrupt_randomness);

/* Its handlers are called as in an interrupt; the caller runs what they have put off (softirq.c). */
void linux_irq_run(unsigned int irq)
{
	linux_irq_enter();
	generic_handle_irq(irq);
	linux_irq_exit();
}
