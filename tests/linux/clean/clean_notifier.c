// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Notifier chains of each kind, by priority, stopped; and those of reboot and of modules. */
/* log: high low */
/* log: stopped by high */
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/string.h>

static ATOMIC_NOTIFIER_HEAD(atomic_chain);
static BLOCKING_NOTIFIER_HEAD(blocking_chain);
static RAW_NOTIFIER_HEAD(raw_chain);
SRCU_NOTIFIER_HEAD_STATIC(srcu_chain);
static char heard[32];

static int hear_high(struct notifier_block *nb, unsigned long event, void *data)
{
	strlcat(heard, " high", sizeof(heard));
	return event ? NOTIFY_STOP : NOTIFY_OK;
}

static int hear_low(struct notifier_block *nb, unsigned long event, void *data)
{
	strlcat(heard, " low", sizeof(heard));
	return NOTIFY_DONE;
}

static struct notifier_block high = { .notifier_call = hear_high, .priority = 10 };
static struct notifier_block low = { .notifier_call = hear_low };

static int ignore(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block on_reboot = { .notifier_call = ignore };
static struct notifier_block on_module = { .notifier_call = ignore };
static struct notifier_block alone = { .notifier_call = hear_low };

static int use_others(void)
{
	int err = atomic_notifier_chain_register(&atomic_chain, &alone);

	atomic_notifier_call_chain(&atomic_chain, 0, NULL);
	err = err ?: atomic_notifier_chain_unregister(&atomic_chain, &alone);
	err = err ?: raw_notifier_chain_register(&raw_chain, &alone);
	raw_notifier_call_chain(&raw_chain, 0, NULL);
	err = err ?: raw_notifier_chain_unregister(&raw_chain, &alone);
	err = err ?: srcu_notifier_chain_register(&srcu_chain, &alone);
	srcu_notifier_call_chain(&srcu_chain, 0, NULL);
	return err ?: srcu_notifier_chain_unregister(&srcu_chain, &alone);
}

static int __init clean_init(void)
{
	int err;

	blocking_notifier_chain_register(&blocking_chain, &low);
	blocking_notifier_chain_register(&blocking_chain, &high);
	blocking_notifier_call_chain(&blocking_chain, 0, NULL);
	pr_info("%s\n", heard + 1);
	heard[0] = 0;
	if (blocking_notifier_call_chain(&blocking_chain, 1, NULL) == NOTIFY_STOP)
		pr_info("stopped by%s\n", heard);
	err = use_others();
	if (err)
		return err;
	err = register_reboot_notifier(&on_reboot);
	if (err)
		return err;
	err = register_module_notifier(&on_module);
	if (err)
		unregister_reboot_notifier(&on_reboot);
	return err;
}

static void __exit clean_exit(void)
{
	unregister_module_notifier(&on_module);
	unregister_reboot_notifier(&on_reboot);
	blocking_notifier_chain_unregister(&blocking_chain, &high);
	blocking_notifier_chain_unregister(&blocking_chain, &low);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
