// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: bad-free in drop */
#include <linux/module.h>
#include <linux/slab.h>

static char room[256];
static char *used = room;

static noinline void drop(void)
{
	kfree(used + 128); /* here */
	barrier();         /* no tail call: its own frame is there to be named */
}

static int __init bug_init(void)
{
	memset(room, 1, sizeof(room));
	drop();
	return 0;
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
