// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* finding: callback-left in bug_compress */
#include <linux/crypto.h>
#include <linux/module.h>

static int bug_compress(struct crypto_tfm *tfm, const u8 *from, unsigned int len, u8 *to, unsigned int *room)
{ /* here */
	return -EINVAL;
}

static struct crypto_alg algorithm = {
	.cra_name = "bug",
	.cra_driver_name = "bug-generic",
	.cra_flags = CRYPTO_ALG_TYPE_COMPRESS,
	.cra_module = THIS_MODULE,
	.cra_u = { .compress = { .coa_compress = bug_compress, .coa_decompress = bug_compress } },
};

static int __init bug_init(void)
{
	return crypto_register_alg(&algorithm);
}

static void __exit bug_exit(void)
{
}

module_init(bug_init);
module_exit(bug_exit);

MODULE_LICENSE("GPL");
