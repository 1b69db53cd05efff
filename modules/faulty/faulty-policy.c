/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A policy that decides about signals, and does not do it well: asked about signal 10 it
 *
 *     what=fault     writes where nothing is
 *     what=hang      does not return
 *     what=odd       answers what is neither yes nor an error
 *
 * Signal 12 it refuses with ENOTTY, which nobody else does, others it allows.
 */
#include "tenon/module.h"

static char *what = "odd";
module_param(what, charp, 0444);

static int kill(void *ctx, const struct tenon_policy_subject *who, const char *program, int pid, const char *target,
		int signo)
{
	volatile int *volatile nowhere = NULL;

	(void)ctx, (void)who, (void)program, (void)pid, (void)target;
	if (signo == 12)
		return -TENON_ENOTTY;
	if (signo != 10)
		return 0;
	if (!strcmp(what, "fault"))
		*nowhere = 0;
	while (!strcmp(what, "hang"))
		__asm__ volatile("" : : : "memory");
	return 1;
}

static int __init faulty_policy_init(void)
{
	static const struct tenon_policy_ops ops = { .kill = kill };

	return tenon_handle_error(tenon_policy_register(THIS_MODULE, "faulty_policy", 0, &ops, NULL));
}

static void __exit faulty_policy_exit(void)
{
}

module_init(faulty_policy_init);
module_exit(faulty_policy_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("A policy that faults when it is asked");
