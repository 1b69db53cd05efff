/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Prints one line with every kind of conversion, to be compared with the C library's, and one that is not clean. */
#include "tenon/module.h"

static int __init formats_init(void)
{
	pr_info("[%5d|%-5d|%05d|%x|%#x|%o|%llu|%lld|%c|%s|%.3s|%6s|%-6s|%zu|%%]\n", 42, 42, -42, 0xbeefu, 0xbeefu, 8u,
		18446744073709551615ull, -9223372036854775807ll - 1, 'z', "text", "textual", "abc", "abc",
		(size_t)4096);
	pr_info("two\nlines\033[0m\n");
	return 0;
}

static void __exit formats_exit(void)
{
}

module_init(formats_init);
module_exit(formats_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Formats text");
