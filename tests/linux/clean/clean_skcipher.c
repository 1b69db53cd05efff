// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A block cipher and a mode of it, over scatter lists: there and back. The vector is that of FIPS 197. */
/* log: ecb 69c4e0d86a7b0430d8cdb78070b4c55a */
/* log: cbc there and back */
#include <crypto/skcipher.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

static const u8 key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };

static int crypt(const char *name, u8 *data, size_t len, bool there)
{
	struct crypto_skcipher *tfm = crypto_alloc_skcipher(name, 0, 0);
	struct skcipher_request *req;
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist sg;
	u8 iv[16] = { 1 };
	int err;

	if (IS_ERR(tfm))
		return PTR_ERR(tfm);
	req = skcipher_request_alloc(tfm, GFP_KERNEL);
	err = req ? crypto_skcipher_setkey(tfm, key, sizeof(key)) : -ENOMEM;
	if (!err) {
		sg_init_one(&sg, data, len);
		skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_BACKLOG | CRYPTO_TFM_REQ_MAY_SLEEP,
					      crypto_req_done, &wait);
		skcipher_request_set_crypt(req, &sg, &sg, len, iv);
		err = crypto_wait_req(there ? crypto_skcipher_encrypt(req) : crypto_skcipher_decrypt(req), &wait);
	}
	skcipher_request_free(req);
	crypto_free_skcipher(tfm);
	return err;
}

static int __init clean_init(void)
{
	u8 *data = kmalloc(64, GFP_KERNEL);
	int err;

	if (!data)
		return -ENOMEM;
	for (int i = 0; i < 16; i++)
		data[i] = i * 0x11;
	err = crypt("ecb(aes)", data, 16, true);
	if (err)
		goto out;
	pr_info("ecb %*phN\n", 16, data);
	memset(data, 'x', 64);
	err = crypt("cbc(aes)", data, 64, true);
	if (!err && memchr_inv(data, 'x', 64))
		err = crypt("cbc(aes)", data, 64, false);
	if (!err && !memchr_inv(data, 'x', 64))
		pr_info("cbc there and back\n");
out:
	kfree(data);
	return err;
}

static void __exit clean_exit(void)
{
}

module_init(clean_init);
module_exit(clean_exit);
MODULE_LICENSE("GPL");
