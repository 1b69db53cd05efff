/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Calls interface functions with arguments that are wrong, one line of the log for each answer. For an isolated domain:
 * in the kernel's, a bad pointer is a fault.
 *
 *     secret  address of the host's memory, which the module must not get to
 *     handle  a handle of a module in another domain
 */
#include "tenon/module.h"

static unsigned long secret, handle;
module_param(secret, ulong, 0444);
module_param(handle, ulong, 0444);
static char *fatal = ""; /* a mistake that cannot be answered: "self", "put", "hold", "free_twice", "free_wild" */
module_param(fatal, charp, 0444);

static void expired(void *unused)
{
	(void)unused;
}

static void answer(const char *to, long value)
{
	pr_info("%s: %ld\n", to, value);
}

static void bad_pointers(void)
{
	static const char endless[TENON_CHRDEV_NAME_BYTES] = { [0 ... TENON_CHRDEV_NAME_BYTES - 1] = 'x' };
	static const struct tenon_chrdev_ops ops;

	answer("log of NULL", tenon_log(TENON_LEVEL_INFO, NULL, 16));
	answer("log of the host's memory", tenon_log(TENON_LEVEL_INFO, (void *)secret, 16));
	answer("log of the last page of all", tenon_log(TENON_LEVEL_INFO, (void *)-16ul, 32));
	answer("log of too much", tenon_log(TENON_LEVEL_INFO, endless, TENON_LOG_BYTES + 1));
	answer("log of SIZE_MAX", tenon_log(TENON_LEVEL_INFO, endless, SIZE_MAX));
	answer("random into the host's memory", tenon_random((void *)secret, 16));
	answer("random of SIZE_MAX", tenon_random((void *)endless, SIZE_MAX));
	answer("device without a name", (long)tenon_chrdev_register(THIS_MODULE, NULL, &ops, NULL));
	answer("device with an endless name", (long)tenon_chrdev_register(THIS_MODULE, endless, &ops, NULL));
	answer("device with the host's ops", (long)tenon_chrdev_register(THIS_MODULE, "d", (void *)secret, NULL));
	answer("event for nobody", (long)tenon_event_create((void *)endless));
	answer("event for NULL", (long)tenon_event_create(NULL));
	answer("memory for nobody", (long)tenon_alloc((void *)endless, 16));
	answer("buffer into the host's memory", (long)tenon_buffer_create(THIS_MODULE, 4096, (void *)secret));
}

static void bad_values(void)
{
	struct tenon_buffer b = { .size = sizeof(b) };
	struct tenon_arena a = { .size = sizeof(a) };
	struct tenon_chrdev_ops ops = { .read = (void *)secret };

	answer("timer of the host's code", (long)tenon_timer_create(THIS_MODULE, (tenon_timer_fn *)secret, NULL));
	answer("timer without code", (long)tenon_timer_create(THIS_MODULE, NULL, NULL));
	answer("timer of data", (long)tenon_timer_create(THIS_MODULE, (tenon_timer_fn *)&secret, NULL));
	answer("timer into a function", (long)tenon_timer_create(THIS_MODULE, expired, NULL) > 0);
	answer("device with the host's code", (long)tenon_chrdev_register(THIS_MODULE, "d", &ops, NULL));
	answer("foreign handle", tenon_timer_stop(handle));
	answer("handle 0", tenon_timer_stop(0));
	answer("handle of all ones", tenon_timer_stop(~0ull));
	answer("handle of another kind", tenon_mutex_unlock(tenon_event_create(THIS_MODULE)));
	answer("buffer of nothing", (long)tenon_buffer_create(THIS_MODULE, 0, &b));
	answer("buffer of everything", (long)tenon_buffer_create(THIS_MODULE, SIZE_MAX, &b));
	answer("arena of everything", (long)tenon_arena_create(THIS_MODULE, SIZE_MAX - 4096, &a));
	answer("memory of everything", (long)tenon_alloc(THIS_MODULE, SIZE_MAX));
	answer("memory of half of everything", (long)tenon_alloc(THIS_MODULE, SIZE_MAX / 2));
}

static void fatal_mistake(void)
{
	void *memory = tenon_alloc(THIS_MODULE, 100);

	if (!strcmp(fatal, "self")) {
		tenon_module_put((struct tenon_this_module *)memory);
	} else if (!strcmp(fatal, "hold")) {
		tenon_free(memory);
		tenon_module_get(THIS_MODULE);
		tenon_module_get(THIS_MODULE);
	} else if (!strcmp(fatal, "put")) {
		tenon_module_put(THIS_MODULE);
	} else if (!strcmp(fatal, "free_twice")) {
		tenon_free(memory);
		tenon_free(memory);
	} else if (!strcmp(fatal, "free_wild")) {
		tenon_free((char *)memory + 8);
	}
	pr_notice("survived %s\n", fatal);
}

static int __init border_init(void)
{
	if (*fatal) {
		fatal_mistake();
	} else {
		bad_pointers();
		bad_values();
	}
	return 0;
}

static void __exit border_exit(void)
{
}

module_init(border_init);
module_exit(border_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Passes wrong arguments");
