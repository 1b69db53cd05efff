// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Interrupts that are raised by software: handlers, threads, sharing, masking. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/module.h>

#include "check.h"

static atomic_t hard, threaded, shared;
static DECLARE_COMPLETION(done);

static irqreturn_t on_hard(int irq, void *data)
{
	atomic_inc(&hard);
	return IRQ_WAKE_THREAD;
}

static irqreturn_t in_thread(int irq, void *data)
{
	msleep(1);
	atomic_inc(&threaded);
	complete(&done);
	return IRQ_HANDLED;
}

static irqreturn_t on_shared(int irq, void *data)
{
	atomic_inc(&shared);
	complete(&done);
	return IRQ_HANDLED;
}

static void raise(unsigned int irq)
{
	unsigned long flags;

	local_irq_save(flags);
	generic_handle_irq(irq);
	local_irq_restore(flags);
}

static void test_threaded(unsigned int irq)
{
	int err = request_threaded_irq(irq, on_hard, in_thread, IRQF_ONESHOT | IRQF_TRIGGER_RISING, "test", &done);

	check(!err, "an interrupt is requested");
	raise(irq);
	wait_for_completion(&done);
	check(atomic_read(&hard) == 1 && atomic_read(&threaded) == 1, "its handler runs, and then its thread");
	check(request_irq(irq, on_shared, 0, "other", &hard) == -EBUSY, "nobody else gets it");
	free_irq(irq, &done);
}

static void test_shared(unsigned int irq)
{
	check(!request_irq(irq, on_shared, IRQF_SHARED, "one", &hard), "one that may be shared is requested");
	check(!request_irq(irq, on_shared, IRQF_SHARED, "two", &threaded), "by two");
	raise(irq);
	wait_for_completion(&done);
	wait_for_completion(&done);
	check(atomic_read(&shared) == 2, "both are called");
	free_irq(irq, &threaded);
	free_irq(irq, &hard);
}

static int __init test_init(void)
{
	int irq = irq_alloc_descs(-1, 0, 1, 0);

	check(irq > 0, "an interrupt has a number");
	if (irq <= 0)
		return irq;
	check(request_irq(irq, on_shared, 0, "none", NULL) == -ENOSYS, "without a controller it is refused");
	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	irq_modify_status(irq, IRQ_NOREQUEST, 0);
	test_threaded(irq);
	test_shared(irq);
	irq_free_descs(irq, 1);
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of interrupts");
