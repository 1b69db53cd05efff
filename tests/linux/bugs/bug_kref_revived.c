// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: refcount in revive */
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/slab.h>

struct thing {
	struct kref ref;
};

static void drop(struct kref *ref)
{
}

static noinline void revive(struct thing *t)
{
	kref_get(&t->ref); /* here */
	barrier();         /* no tail call: its own frame is there to be named */
}

static int __init bug_init(void)
{
	static struct thing thing;

	kref_init(&thing.ref);
	kref_put(&thing.ref, drop);
	revive(&thing);
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
