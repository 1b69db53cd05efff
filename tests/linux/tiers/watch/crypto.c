// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Algorithms of a module that Linux's own test manager has compared with published vectors (crypto/testmgr.h), which it does
 * before anybody may use one. A template has none before it is applied to a cipher or a hash, so some are applied here.
 */
#include <crypto/algapi.h>
#include <crypto/internal/skcipher.h>
#include <linux/crypto.h>

#include "watch.h"

/* Of crypto/internal.h. */
extern struct list_head crypto_alg_list;
extern struct rw_semaphore crypto_alg_sem;

static const struct {
	const char *module, *algorithm;
} applied[] = {
	{ "adiantum", "adiantum(xchacha12,aes)" },
	{ "authenc", "authenc(hmac(sha256),cbc(aes))" },
	{ "authencesn", "authencesn(hmac(sha1),cbc(aes))" },
	{ "ccm", "ccm(aes)" },
	{ "cfb", "cfb(aes)" },
	{ "chacha20poly1305", "rfc7539(chacha20,poly1305)" },
	{ "cmac", "cmac(aes)" },
	{ "ctr", "ctr(aes)" },
	{ "cts", "cts(cbc(aes))" },
	{ "ecb", "ecb(aes)" },
	{ "echainiv", "echainiv(authenc(hmac(sha256),cbc(aes)))" },
	{ "essiv", "essiv(cbc(aes),sha256)" },
	{ "gcm", "gcm(aes)" },
	{ "keywrap", "kw(aes)" },
	{ "lrw", "lrw(aes)" },
	{ "ofb", "ofb(aes)" },
	{ "pcbc", "pcbc(fcrypt)" },
	{ "seqiv", "seqiv(rfc4106(gcm(aes)))" },
	{ "vmac", "vmac64(aes)" },
	{ "xcbc", "xcbc(aes)" },
	{ "xctr", "xctr(aes)" },
	{ "xts", "xts(aes)" },
};

void report_algorithms(struct module *mod)
{
	struct crypto_alg *alg;

	for (size_t i = 0; i < ARRAY_SIZE(applied); i++)
		if (!strcmp(applied[i].module, mod->name))
			crypto_has_alg(applied[i].algorithm, 0, 0);
	down_read(&crypto_alg_sem);
	list_for_each_entry(alg, &crypto_alg_list, cra_list)
		if (alg->cra_module == mod && alg->cra_flags & CRYPTO_ALG_TESTED &&
		    !(alg->cra_flags & CRYPTO_ALG_LARVAL))
			report("tested %s %s %s\n", mod->name, alg->cra_name, alg->cra_driver_name);
	up_read(&crypto_alg_sem);
}
