// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Registered in lists of Linux's, and taken out in another order; and work and a timer that are done. */
/* log: 5 are registered */
/* log: work and timer are done */
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/fs_context.h>
#include <linux/jiffies.h>
#include <linux/leds.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/shrinker.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

static DECLARE_COMPLETION(worked);
static DECLARE_COMPLETION(ticked);

static int notify(struct notifier_block *nb, unsigned long event, void *data)
{
	return NOTIFY_DONE;
}

static struct notifier_block net = { .notifier_call = notify };
static struct notifier_block reboot = { .notifier_call = notify, .priority = 1 };

static unsigned long count(struct shrinker *s, struct shrink_control *c)
{
	return 0;
}

static struct shrinker shrinker = { .count_objects = count, .scan_objects = count, .seeks = DEFAULT_SEEKS };

static int context(struct fs_context *fc)
{
	return -EINVAL;
}

static struct file_system_type type = {
	.owner = THIS_MODULE, .name = "clean", .init_fs_context = context, .kill_sb = kill_anon_super
};

static int activate(struct led_classdev *led)
{
	return 0;
}

static struct led_trigger trigger = { .name = "clean", .activate = activate };

static void work(struct work_struct *w)
{
	complete(&worked);
}

static DECLARE_WORK(once, work);

static void tick(struct timer_list *t)
{
	complete(&ticked);
}

static DEFINE_TIMER(timer, tick);

static void unregister(int cnt)
{
	if (cnt > 2)
		unregister_shrinker(&shrinker);
	if (cnt > 0)
		unregister_netdevice_notifier(&net);
	if (cnt > 4)
		led_trigger_unregister(&trigger);
	if (cnt > 1)
		unregister_reboot_notifier(&reboot);
	if (cnt > 3)
		unregister_filesystem(&type);
}

static int __init clean_init(void)
{
	int cnt = 0, err = register_netdevice_notifier(&net);

	if (!err) {
		cnt++;
		err = register_reboot_notifier(&reboot);
	}
	if (!err) {
		cnt++;
		err = register_shrinker(&shrinker, "clean");
	}
	if (!err) {
		cnt++;
		err = register_filesystem(&type);
	}
	if (!err) {
		cnt++;
		err = led_trigger_register(&trigger);
	}
	if (err) {
		unregister(cnt);
		return err;
	}
	pr_info("%d are registered\n", cnt + 1);
	schedule_work(&once);
	mod_timer(&timer, jiffies + 1);
	wait_for_completion(&worked);
	wait_for_completion(&ticked);
	pr_info("work and timer are done\n");
	return 0;
}

static void __exit clean_exit(void)
{
	unregister(5);
	del_timer_sync(&timer);
	flush_work(&once);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
