/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Linux's ioprio_set(2) and ioprio_get(2), for the calling thread alone. That is a wish, which no driver here heeds: it is kept
 * until 64 other threads have had one.
 */
#include "tenon/module.h"

#define WISH_CNT 64
#define FOREVER_NS (~0ull)
#define CLASS_SHIFT 13

enum { WHO_PROCESS = 1 };
enum { NONE, REAL_TIME, BEST_EFFORT, IDLE, CLASS_CNT };

static struct {
	uint64_t thread; /* 0: nobody's */
	long priority;
} wishes[WISH_CNT]; /* with the mutex */
static unsigned next;
static tenon_handle mutex, set_call, get_call;

/* Of a thread, or WISH_CNT. With the mutex. */
static unsigned find(uint64_t thread)
{
	unsigned i = 0;

	while (i < WISH_CNT && wishes[i].thread != thread)
		i++;
	return i;
}

static int check_who(unsigned long which, unsigned long who)
{
	if ((uint32_t)which != WHO_PROCESS)
		return -TENON_EINVAL;
	return (uint32_t)who ? -TENON_ESRCH : 0;
}

static long set(unsigned long which, unsigned long who, unsigned long priority, unsigned long d, unsigned long e,
		unsigned long f)
{
	unsigned long class = (uint32_t)priority >> CLASS_SHIFT, level = priority & ((1 << CLASS_SHIFT) - 1);
	uint64_t thread = tenon_thread_id();
	int err = check_who(which, who);
	unsigned i;

	(void)d, (void)e, (void)f;
	if (err)
		return err;
	if (class >= CLASS_CNT || (class == NONE && level) || (class < IDLE && level > 7))
		return -TENON_EINVAL;
	if (tenon_mutex_lock(mutex, FOREVER_NS))
		return -TENON_EINTR;
	i = find(thread);
	if (i == WISH_CNT)
		i = next++ % WISH_CNT;
	wishes[i].thread = thread;
	wishes[i].priority = (long)(uint32_t)priority;
	tenon_mutex_unlock(mutex);
	return 0;
}

static long get(unsigned long which, unsigned long who, unsigned long c, unsigned long d, unsigned long e,
		unsigned long f)
{
	int err = check_who(which, who);
	long priority = 0;
	unsigned i;

	(void)c, (void)d, (void)e, (void)f;
	if (err)
		return err;
	if (tenon_mutex_lock(mutex, FOREVER_NS))
		return -TENON_EINTR;
	i = find(tenon_thread_id());
	if (i < WISH_CNT)
		priority = wishes[i].priority;
	tenon_mutex_unlock(mutex);
	return priority;
}

static int __init ioprio_init(void)
{
	mutex = tenon_mutex_create(THIS_MODULE);
	set_call = tenon_syscall_register(THIS_MODULE, "linux-251", set);
	get_call = tenon_syscall_register(THIS_MODULE, "linux-252", get);
	return tenon_handle_error(mutex) ?: tenon_handle_error(set_call) ?: tenon_handle_error(get_call);
}

static void __exit ioprio_exit(void)
{
	tenon_syscall_unregister(set_call);
	tenon_syscall_unregister(get_call);
	tenon_mutex_destroy(mutex);
}

module_init(ioprio_init);
module_exit(ioprio_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Linux's ioprio_set(2) and ioprio_get(2)");
MODULE_AUTHOR("The Tenon authors");
MODULE_ALIAS("syscall-linux-251");
MODULE_ALIAS("syscall-linux-252");
