/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The answers to misuse that kpi/README.md promises in every domain and on every port, and times at the ends of their
 * range. It needs log, random, event, mutex, timer, buffer, chrdev and module. Loading fails with the first that is
 * wrong.
 */
#include "tenon/module.h"

#define NOBODY ((struct tenon_this_module *)bytes)
#define FOREVER_NS (~0ull)

static char bytes[TENON_LOG_BYTES + 1] __attribute__((aligned(16)));
static tenon_handle event;
static int expired_cnt;

static int check(bool good, const char *what)
{
	if (!good)
		pr_err("misuse: %s\n", what);
	return good ? 0 : -TENON_EINVAL;
}

#define CHECK(condition)                                                                                               \
	do {                                                                                                           \
		if (check(condition, #condition))                                                                      \
			return -TENON_EINVAL;                                                                          \
	} while (0)
#define FAILS(handle, error) CHECK(tenon_handle_error(handle) == -(error))

static void expired(void *unused)
{
	(void)unused;
	expired_cnt++;
	tenon_event_set(event);
}

static const struct tenon_chrdev_ops no_ops, wrong_ops = { .read = (void *)bytes };

/* THIS_MODULE of nobody. */
static int nobody(void)
{
	struct tenon_buffer b;

	FAILS(tenon_event_create(NOBODY), TENON_EFAULT);
	FAILS(tenon_event_create(NULL), TENON_EFAULT);
	FAILS(tenon_mutex_create(NOBODY), TENON_EFAULT);
	FAILS(tenon_timer_create(NOBODY, expired, NULL), TENON_EFAULT);
	FAILS(tenon_buffer_create(NOBODY, 1, &b), TENON_EFAULT);
	FAILS(tenon_chrdev_register(NOBODY, "misuse", &no_ops, NULL), TENON_EFAULT);
	CHECK(!tenon_alloc(NOBODY, 1));
	CHECK(tenon_module_get(NOBODY) == -TENON_EFAULT);
	return 0;
}

/* Handles of nothing, of something else, and of what is gone. */
static int handles(void)
{
	tenon_handle mutex = tenon_mutex_create(THIS_MODULE), old = tenon_event_create(THIS_MODULE);

	CHECK(tenon_event_set(0) == -TENON_EBADF);
	CHECK(tenon_event_set(~(tenon_handle)0) == -TENON_EBADF);
	CHECK(tenon_event_set(mutex) == -TENON_EBADF);
	CHECK(tenon_mutex_lock(event, 0) == -TENON_EBADF);
	CHECK(tenon_timer_start(mutex, 0, 0) == -TENON_EBADF);
	CHECK(tenon_timer_stop_wait(mutex, 0) == -TENON_EBADF);
	CHECK(tenon_timer_destroy(0) == -TENON_EBADF);
	CHECK(tenon_buffer_destroy(mutex) == -TENON_EBADF);
	CHECK(tenon_chrdev_unregister(mutex) == -TENON_EBADF);
	CHECK(tenon_chrdev_set_buffer(mutex, 0) == -TENON_EBADF);
	CHECK(!tenon_event_destroy(old));
	CHECK(tenon_event_destroy(old) == -TENON_EBADF);
	CHECK(tenon_event_create(THIS_MODULE) != old);
	CHECK(tenon_mutex_unlock(mutex) == -TENON_EPERM);
	CHECK(!tenon_mutex_lock(mutex, 0));
	CHECK(tenon_mutex_lock(mutex, FOREVER_NS) == -TENON_EDEADLK);
	CHECK(!tenon_mutex_unlock(mutex));
	return 0;
}

/* Text and buffers that are too long, names that are none, functions that are none. */
static int contents(void)
{
	static const char *const bad[] = { "", "a/b", ".", "a b", "esc\033[2J", "caf\303\251", "\"quoted\"" };
	struct tenon_buffer b;

	memset(bytes, 'x', sizeof(bytes)); /* no NUL within any limit */
	FAILS(tenon_chrdev_register(THIS_MODULE, bytes, &no_ops, NULL), TENON_EINVAL);
	CHECK(tenon_request_module(bytes, 0) == -TENON_EINVAL);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		FAILS(tenon_chrdev_register(THIS_MODULE, bad[i], &no_ops, NULL), TENON_EINVAL);
		CHECK(tenon_request_module(bad[i], 0) == -TENON_EINVAL);
	}
	FAILS(tenon_chrdev_register(THIS_MODULE, "misuse", &wrong_ops, NULL), TENON_EINVAL);
	CHECK(tenon_log(TENON_LEVEL_INFO, bytes, TENON_LOG_BYTES + 1) == -TENON_EINVAL);
	CHECK(tenon_log(TENON_LEVEL_ERR - 1, bytes, 1) == -TENON_EINVAL);
	CHECK(tenon_random(bytes, TENON_RANDOM_BYTES + 1) == -TENON_EINVAL);
	FAILS(tenon_buffer_create(THIS_MODULE, 0, &b), TENON_EINVAL);
	FAILS(tenon_buffer_create(THIS_MODULE, ~(size_t)0, &b), TENON_ENOMEM);
	FAILS(tenon_timer_create(THIS_MODULE, NULL, NULL), TENON_EINVAL);
	FAILS(tenon_timer_create(THIS_MODULE, (tenon_timer_fn *)bytes, NULL), TENON_EINVAL);
	return 0;
}

/* A period that ends beyond all time lets a timer expire once; another one, later, says when to count. */
static int times(void)
{
	tenon_handle once = tenon_timer_create(THIS_MODULE, expired, NULL),
		     later = tenon_timer_create(THIS_MODULE, expired, NULL);
	uint64_t now = tenon_clock_ns();

	CHECK(!tenon_timer_start(once, now, FOREVER_NS));
	CHECK(!tenon_event_wait(event, FOREVER_NS));
	CHECK(!tenon_timer_start(once, 0, FOREVER_NS - now));
	CHECK(!tenon_event_wait(event, FOREVER_NS));
	CHECK(!tenon_timer_start(later, tenon_clock_ns() + 5000000, 0));
	CHECK(!tenon_event_wait(event, FOREVER_NS));
	CHECK(expired_cnt == 3);
	CHECK(tenon_timer_start(once, 0, TENON_TIMER_PERIOD_MIN_NS - 1) == -TENON_EINVAL);
	CHECK(!tenon_timer_start(once, FOREVER_NS, FOREVER_NS));
	CHECK(tenon_timer_stop(once) == 1 && tenon_timer_stop(once) == 0);
	CHECK(tenon_event_wait(event, 0) == -TENON_ETIMEDOUT);
	return 0;
}

static int references(void)
{
	CHECK(!tenon_module_get(THIS_MODULE) && !tenon_module_get(THIS_MODULE));
	tenon_module_put(THIS_MODULE);
	tenon_module_put(THIS_MODULE);
	return 0;
}

static int __init misuse_init(void)
{
	static int (*const tests[])(void) = { nobody, handles, contents, times, references };
	int err = 0;

	event = tenon_event_create(THIS_MODULE);
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]) && !err; i++)
		err = tests[i]();
	return err;
}

/* What it has made is left to the kernel. */
static void __exit misuse_exit(void)
{
}

module_init(misuse_init);
module_exit(misuse_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Misuses the native interface, and looks at the answers");
