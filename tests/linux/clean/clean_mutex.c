// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Mutexes: two threads count under one; trylock, nesting, and one in allocated memory. */
/* log: counted to 2000 */
/* log: tried in vain, then not */
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#define TIMES 1000

struct account {
	struct mutex lock;
	long total;
	struct completion counted;
};

static DEFINE_MUTEX(global);

static int count(void *data)
{
	struct account *a = data;

	for (int i = 0; i < TIMES; i++) {
		mutex_lock(&a->lock);
		WRITE_ONCE(a->total, READ_ONCE(a->total) + 1);
		mutex_unlock(&a->lock);
	}
	complete(&a->counted);
	return 0;
}

struct attempt {
	struct completion made;
	bool got;
};

static int try_it(void *data)
{
	struct attempt *t = data;

	t->got = mutex_trylock(&global);
	if (t->got)
		mutex_unlock(&global);
	complete(&t->made);
	return 0;
}

static int attempt(bool held)
{
	struct attempt t = { .made = COMPLETION_INITIALIZER_ONSTACK(t.made) };
	struct task_struct *other;

	if (held)
		mutex_lock_nested(&global, SINGLE_DEPTH_NESTING);
	other = kthread_run(try_it, &t, "clean_try");
	if (!IS_ERR(other))
		wait_for_completion(&t.made);
	if (held)
		mutex_unlock(&global);
	return IS_ERR(other) ? PTR_ERR(other) : t.got;
}

static int __init clean_init(void)
{
	struct account *a = kzalloc(sizeof(*a), GFP_KERNEL);
	struct task_struct *other;

	if (!a)
		return -ENOMEM;
	mutex_init(&a->lock);
	init_completion(&a->counted);
	other = kthread_run(count, a, "clean_count");
	if (IS_ERR(other)) {
		kfree(a);
		return PTR_ERR(other);
	}
	count(a);
	wait_for_completion(&a->counted);
	wait_for_completion(&a->counted);
	pr_info("counted to %ld\n", a->total);
	mutex_destroy(&a->lock);
	kfree(a);
	if (attempt(true) == 0 && attempt(false) == 1)
		pr_info("tried in vain, then not\n");
	return 0;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
