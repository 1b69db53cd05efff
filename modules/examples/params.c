/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Parameters: variables that whoever loads the module may set, as in
 *
 *     > insmod params.ko number=-5 list=1,2,3 word=hello enabled
 *
 * Whatever is not given keeps the value it has here. A value that does not fit its type, or a name that there is not,
 * is refused before the module's first instruction runs.
 */
#include "tenon/module.h"

/* Truth: y, n, 1, 0, on, off; the name alone means yes. An invbool stores the opposite of what is given. */
static bool enabled;
module_param(enabled, bool, 0644);
MODULE_PARM_DESC(enabled, "a truth value");

static bool visible = true;
module_param_named(hidden, visible, invbool, 0444); /* outside it has another name than here */

/* Whole numbers, decimal, or octal or hexadecimal with 0 and 0x in front. Each has its own range. */
static uint8_t small;
module_param(small, byte, 0444);
static short shorty;
module_param(shorty, short, 0444);
static unsigned short ushorty;
module_param(ushorty, ushort, 0444);
static int number = 42;
module_param(number, int, 0644);
MODULE_PARM_DESC(number, "a number, 42 if not given");
static unsigned int count;
module_param(count, uint, 0444);
static unsigned int mask;
module_param(mask, hexint, 0444); /* shown in hexadecimal */
static long big;
module_param(big, long, 0444);
static unsigned long ubig;
module_param(ubig, ulong, 0444);
static unsigned long long huge;
module_param(huge, ullong, 0444);

/* Text: a pointer that is set to a copy of any length, or an array that is filled in. */
static char *word = "none";
module_param(word, charp, 0444);
static char label[8] = "-";
module_param_string(label, label, sizeof(label), 0444);

/* Several values with commas between them. The count of those given is stored, if one cares to know it. */
static int list[4];
static unsigned int list_cnt;
module_param_array(list, int, &list_cnt, 0444);
static char *names[3];
static unsigned int names_cnt;
module_param_array(names, charp, &names_cnt, 0444);

static int __init params_init(void)
{
	pr_info("enabled=%d hidden=%d\n", enabled, !visible);
	pr_info("small=%u shorty=%d ushorty=%u number=%d count=%u mask=0x%x\n", small, shorty, ushorty, number, count,
		mask);
	pr_info("big=%ld ubig=%lu huge=%llu\n", big, ubig, huge);
	pr_info("word=%s label=%s\n", word, label);
	pr_info("list has %u values\n", list_cnt);
	for (unsigned int i = 0; i < list_cnt; i++)
		pr_info("list[%u]=%d\n", i, list[i]);
	for (unsigned int i = 0; i < names_cnt; i++)
		pr_info("names[%u]=%s\n", i, names[i]);
	return 0;
}

static void __exit params_exit(void)
{
}

module_init(params_init);
module_exit(params_exit);

MODULE_LICENSE("Dual BSD/GPL");
MODULE_DESCRIPTION("Prints its parameters, one of each type");
MODULE_AUTHOR("The Tenon authors");
