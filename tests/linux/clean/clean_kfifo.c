// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Queues: of bytes, of structures, of records, allocated and not. */
/* log: took 8 and 12, of which 16 are there */
/* log: point 3,9 */
/* log: record of 5: hello */
#include <linux/kfifo.h>
#include <linux/module.h>

struct point {
	int x, y;
};

static DEFINE_KFIFO(points, struct point, 8);
static STRUCT_KFIFO_REC_1(64) records;
static struct kfifo bytes;

static void use_bytes(void)
{
	unsigned char data[16] = "0123456789abcde";
	unsigned int first = kfifo_in(&bytes, data, 8), more;

	if (kfifo_out(&bytes, data, 4) != 4)
		return;
	more = kfifo_in(&bytes, data, 16);
	pr_info("took %u and %u, of which %u are there\n", first, more, kfifo_len(&bytes));
}

static int __init clean_init(void)
{
	struct point p = { 3, 9 }, q = { 0 };
	char text[16];
	unsigned int len;
	int err = kfifo_alloc(&bytes, 16, GFP_KERNEL);

	if (err)
		return err;
	use_bytes();
	if (kfifo_put(&points, p) && kfifo_len(&points) == 1 && kfifo_get(&points, &q))
		pr_info("point %d,%d\n", q.x, q.y);
	INIT_KFIFO(records);
	kfifo_in(&records, "hello", 5);
	kfifo_in(&records, "there", 5);
	len = kfifo_out(&records, text, sizeof(text));
	pr_info("record of %u: %.*s\n", len, len, text);
	return 0;
}

static void __exit clean_exit(void)
{
	kfifo_free(&bytes);
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
