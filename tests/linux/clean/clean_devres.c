// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Memory and actions that a device owns: undone in reverse order when it goes. */
/* log: undone 3 2 1 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>

static char undone[16];

static void undo(void *nth)
{
	snprintf(undone + strlen(undone), sizeof(undone) - strlen(undone), " %ld", (long)nth);
}

static int own(struct device *dev)
{
	char *text;

	for (long i = 1; i <= 3; i++) {
		int err = devm_add_action_or_reset(dev, undo, (void *)i);

		if (err)
			return err;
	}
	text = devm_kasprintf(dev, GFP_KERNEL, "text of %s", dev_name(dev));
	if (!text || !devm_kcalloc(dev, 10, 20, GFP_KERNEL))
		return -ENOMEM;
	devm_kfree(dev, text);
	return 0;
}

static int __init clean_init(void)
{
	struct device *dev = root_device_register("clean_devres");
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	err = devres_open_group(dev, NULL, GFP_KERNEL) ? own(dev) : -ENOMEM;
	devres_release_group(dev, NULL);
	root_device_unregister(dev);
	if (!err)
		pr_info("undone%s\n", undone);
	return err;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
