// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* What stubs.S calls: each function that linux.ko lacks says once that it was called. */
#include "tenon/module.h"

long linux_stub_called(const char *name, unsigned char *said);

long linux_stub_called(const char *name, unsigned char *said)
{
	char line[128];
	int len;

	if (__atomic_exchange_n(said, 1, __ATOMIC_RELAXED))
		return 0;
	len = tenon_snprintf(line, sizeof(line), "stub %s", name);
	tenon_log(TENON_LEVEL_INFO, line, (unsigned long)len);
	return 0;
}

static int __init stubs_init(void)
{
	return 0;
}

static void __exit stubs_exit(void)
{
}

module_init(stubs_init);
module_exit(stubs_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Stubs for what linux.ko lacks, for tests");
MODULE_AUTHOR("The Tenon authors");
