// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: callback-left in bug_count */
/* Of two one is forgotten. */
#include <linux/module.h>
#include <linux/shrinker.h>

static unsigned long bug_count(struct shrinker *s, struct shrink_control *c)
{ /* here */
	return 0;
}

static unsigned long bug_scan(struct shrinker *s, struct shrink_control *c)
{
	return SHRINK_STOP;
}

static unsigned long other_count(struct shrinker *s, struct shrink_control *c)
{
	return 1;
}

static struct shrinker shrinker = { .count_objects = bug_count, .scan_objects = bug_scan, .seeks = DEFAULT_SEEKS };
static struct shrinker other = { .count_objects = other_count, .scan_objects = bug_scan, .seeks = DEFAULT_SEEKS };

static int __init bug_init(void)
{
	int err = register_shrinker(&shrinker, "bug");

	if (err)
		return err;
	err = register_shrinker(&other, "other");
	if (err)
		unregister_shrinker(&shrinker);
	return err;
}

static void __exit bug_exit(void)
{
	unregister_shrinker(&other);
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
