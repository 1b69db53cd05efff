// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * In our kernel there is nobody to call watch.ko's functions as tests/linux/tiers/try_module does: this module has it use the module
 * that is tried, and puts into the log what it reports, a line each.
 */
#include <crypto/internal/rng.h>
#include <linux/module.h>
#include <linux/vmalloc.h>

#define REPORT_BYTES (1u << 20)

/* Of watch.ko. */
long watch_exercise(long unused);
long watch_report(char *to, long room);

static int __init ask_init(void)
{
	char *text = vzalloc(REPORT_BYTES), *at = text, *line;
	long err;

	if (!text)
		return -ENOMEM;
	watch_report(text, REPORT_BYTES); /* what was seen at the load says which ids there are, and is forgotten */
	err = watch_exercise(0);
	watch_report(text, REPORT_BYTES);
	while ((line = strsep(&at, "\n")) && *line)
		pr_info("%s\n", line);
	vfree(text);
	return err;
}

/* The default source of random numbers is kept by Linux, once it has been asked for, unless another is to take its place. */
static void __exit ask_exit(void)
{
	crypto_del_default_rng();
}

module_init(ask_init);
module_exit(ask_exit);

MODULE_DESCRIPTION("Asks watch.ko what the module that is tried answers");
MODULE_LICENSE("GPL");
