// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A hash of the crypto API, at once and in pieces, and one with a key. */
/* log: sha256 ba7816bf8f01cfea */
/* log: in pieces ba7816bf8f01cfea */
/* log: hmac f7bc83f430538424 */
#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/slab.h>

static int hash(const char *name, const char *key, const char *text, size_t len, size_t piece, u8 *digest)
{
	struct crypto_shash *tfm = crypto_alloc_shash(name, 0, 0);
	struct shash_desc *desc;
	int err;

	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	desc = kzalloc(sizeof(*desc) + crypto_shash_descsize(tfm), GFP_KERNEL);
	err = desc ? 0 : -ENOMEM;
	if (!err && key)
		err = crypto_shash_setkey(tfm, key, strlen(key));
	if (!err) {
		desc->tfm = tfm;
		err = crypto_shash_init(desc);
	}
	for (size_t at = 0; at < len && !err; at += piece)
		err = crypto_shash_update(desc, text + at, min(piece, len - at));
	err = err ?: crypto_shash_final(desc, digest);
	kfree_sensitive(desc);
	crypto_free_shash(tfm);
	return err;
}

static int __init clean_init(void)
{
	u8 digest[32];
	int err = hash("sha256", NULL, "abc", 3, 3, digest);

	if (err)
		return err;
	pr_info("sha256 %*phN\n", 8, digest);
	err = hash("sha256", NULL, "abc", 3, 1, digest);
	if (err)
		return err;
	pr_info("in pieces %*phN\n", 8, digest);
	err = hash("hmac(sha256)", "key", "The quick brown fox jumps over the lazy dog", 43, 10, digest);
	if (err)
		return err;
	pr_info("hmac %*phN\n", 8, digest);
	return 0;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
