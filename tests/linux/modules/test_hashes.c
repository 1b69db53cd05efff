// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Hashes and a cipher through the crypto API, by name; the results are published ones (FIPS 180-4, RFC 1321, FIPS 197). */
#include <crypto/hash.h>
#include <crypto/skcipher.h>
#include <linux/module.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>

#include "check.h"

static bool hash_is(const char *name, const char *hex)
{
	struct crypto_shash *tfm = crypto_alloc_shash(name, 0, 0);
	u8 digest[64], want[64];
	bool same;

	if (IS_ERR(tfm))
		return false;
	same = !crypto_shash_tfm_digest(tfm, "abc", 3, digest) && !hex2bin(want, hex, crypto_shash_digestsize(tfm)) &&
	       !memcmp(digest, want, crypto_shash_digestsize(tfm));
	crypto_free_shash(tfm);
	return same;
}

static bool aes_is_right(void)
{
	static const u8 key[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
	static const u8 plain[16] = { 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
				      0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };
	static const u8 want[16] = { 0x69, 0xc4, 0xe0, 0xd8, 0x6a, 0x7b, 0x04, 0x30,
				     0xd8, 0xcd, 0xb7, 0x80, 0x70, 0xb4, 0xc5, 0x5a };
	struct crypto_skcipher *tfm = crypto_alloc_skcipher("cbc(aes)", 0, 0);
	struct skcipher_request *req;
	DECLARE_CRYPTO_WAIT(wait);
	struct scatterlist sg;
	u8 iv[16] = { 0 }, *buf;
	bool right;

	if (IS_ERR(tfm))
		return false;
	buf = kmemdup(plain, sizeof(plain), GFP_KERNEL);
	req = skcipher_request_alloc(tfm, GFP_KERNEL);
	sg_init_one(&sg, buf, sizeof(plain));
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_SLEEP, crypto_req_done, &wait);
	skcipher_request_set_crypt(req, &sg, &sg, sizeof(plain), iv);
	right = !crypto_skcipher_setkey(tfm, key, sizeof(key)) &&
		!crypto_wait_req(crypto_skcipher_encrypt(req), &wait) && !memcmp(buf, want, sizeof(want));
	memset(iv, 0, sizeof(iv));
	right = right && !crypto_wait_req(crypto_skcipher_decrypt(req), &wait) && !memcmp(buf, plain, sizeof(plain));
	skcipher_request_free(req);
	crypto_free_skcipher(tfm);
	kfree(buf);
	return right;
}

static int __init test_init(void)
{
	check(hash_is("md5", "900150983cd24fb0d6963f7d28e17f72"), "md5");
	check(hash_is("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"), "sha1");
	check(hash_is("sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"), "sha256");
	check(aes_is_right(), "cbc(aes), there and back");
	check(IS_ERR(crypto_alloc_shash("no-such-hash", 0, 0)), "an unknown hash is an error");
	return 0;
}

static void __exit test_exit(void)
{
}

module_init(test_init);
module_exit(test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Test of the crypto API");
