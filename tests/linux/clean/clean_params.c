// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Parameters of each type, an array, and one with callbacks. */
/* with: count=5 flag=1 name=nail sizes=3,4,5 level=70 mask=0xff text=oak quiet=0 */
/* log: level 0 -> 70 */
/* log: count 5 flag 1 name nail mask ff text oak quiet 1 */
/* log: 3 sizes: 3 4 5 */
/* report: parameter level: read and written */
/* report: parameter sizes: read */
/* prompt: cat /sys/module/clean_params/parameters/level */
/* says: 70 */
/* prompt: cat /sys/module/clean_params/parameters/sizes */
/* says: 3,4,5 */
#include <linux/module.h>
#include <linux/moduleparam.h>

static int count = 1;
module_param(count, int, 0444);
MODULE_PARM_DESC(count, "How many");

static bool flag;
module_param(flag, bool, 0644);
static bool quiet;
module_param(quiet, invbool, 0444);
static char *name = "none";
module_param(name, charp, 0444);
static ulong mask;
module_param(mask, ulong, 0644);
static unsigned short narrow = 7;
module_param(narrow, ushort, 0644);
static u8 least = 1;
module_param_named(smallest, least, byte, 0644);
static char text[16];
module_param_string(text, text, sizeof(text), 0444);
static int sizes[4], size_cnt;
module_param_array(sizes, int, &size_cnt, 0444);

static unsigned int level;

static int set_level(const char *value, const struct kernel_param *kp)
{
	unsigned int now;
	int err = kstrtouint(value, 0, &now);

	if (err)
		return err;
	if (now > 100)
		return -ERANGE;
	if (now != level)
		pr_info("level %u -> %u\n", level, now);
	level = now;
	return 0;
}

static const struct kernel_param_ops level_ops = { .set = set_level, .get = param_get_uint };
module_param_cb(level, &level_ops, &level, 0644);

static int __init params_init(void)
{
	pr_info("count %d flag %d name %s mask %lx text %s quiet %d\n", count, flag, name, mask, text, quiet);
	pr_info("%d sizes: %d %d %d\n", size_cnt, sizes[0], sizes[1], sizes[2]);
	return 0;
}

static void __exit params_exit(void)
{
}

module_init(params_init);
module_exit(params_exit);
MODULE_LICENSE("GPL");
