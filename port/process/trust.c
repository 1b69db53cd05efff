/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Signatures as Linux's sign-file and `openssl cms` make them: a detached CMS message (PKCS #7) with one signer, no
 * attributes, no certificates. The signer must be one of the certificates given at the start; there are no chains, and
 * dates are not looked at, as in Linux. A revoked key or content is refused whatever its signature.
 */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>

#include "port/process/internal.h"
#include "port/process/trust.h"

#define DIGEST_BYTES_MIN 32 /* SHA-256 and stronger */

/* ---- reading the store ---- */

static int add_certificates(struct trust *t, const char *path)
{
	FILE *f = file_stream(path);
	BIO *bio = f ? BIO_new_fp(f, BIO_CLOSE) : NULL;
	int cnt = 0;
	X509 *cert;

	if (!bio)
		return -TENON_EINVAL;
	while ((cert = PEM_read_bio_X509(bio, NULL, NULL, NULL))) {
		if (!sk_X509_push(t->certs, cert))
			X509_free(cert);
		else
			cnt++;
	}
	if (!cnt && !BIO_reset(bio) && (cert = d2i_X509_bio(bio, NULL))) {
		if (!sk_X509_push(t->certs, cert))
			X509_free(cert);
		else
			cnt++;
	}
	BIO_free(bio);
	ERR_clear_error();
	return cnt ? 0 : -TENON_EINVAL;
}

int trust_load(const struct process_options *o, struct trust **out)
{
	struct trust *t = calloc(1, sizeof(*t));
	int err = 0;

	if (!t)
		return -TENON_ENOMEM;
	pthread_mutex_init(&t->lock, NULL);
	t->certs = sk_X509_new_null();
	if (!t->certs)
		err = -TENON_ENOMEM;
	for (size_t i = 0; i < o->certificate_cnt && !err; i++)
		err = add_certificates(t, o->certificates[i]);
	if (!err && o->revoked)
		err = revoked_read(t, o->revoked);
	if (err)
		trust_free(t);
	else
		*out = t;
	return err;
}

void trust_free(struct trust *t)
{
	if (!t)
		return;
	sk_X509_pop_free(t->certs, X509_free);
	free(t->revoked);
	free(t->accepted);
	free(t);
}

/* ---- verifying ---- */

/* The message's one signer, and its certificate. */
static int find_signer(const struct trust *t, CMS_ContentInfo *cms, CMS_SignerInfo **signer, X509 **cert)
{
	STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);

	if (sk_CMS_SignerInfo_num(signers) != 1)
		return -TENON_EINVAL;
	*signer = sk_CMS_SignerInfo_value(signers, 0);
	for (int i = 0; i < sk_X509_num(t->certs); i++) {
		*cert = sk_X509_value(t->certs, i);
		if (!CMS_SignerInfo_cert_cmp(*signer, *cert))
			return 0;
	}
	return -TENON_ENOKEY;
}

static bool strong_digest(CMS_SignerInfo *signer)
{
	const ASN1_OBJECT *oid;
	const EVP_MD *md;
	X509_ALGOR *digest;

	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(&oid, NULL, NULL, digest);
	md = EVP_get_digestbyobj(oid);
	return md && EVP_MD_get_size(md) >= DIGEST_BYTES_MIN;
}

/*
 * What was signed, for CMS_verify. It copies a content that is a memory BIO and, in OpenSSL 3.0, loses the copy where a
 * message cannot be started on; with a filter before the memory it reads what it is given.
 */
static BIO *content_bio(const void *data, size_t size)
{
	BIO *filter = BIO_new(BIO_f_null()), *memory = BIO_new_mem_buf(data, (int)size);

	if (filter && memory)
		return BIO_push(filter, memory);
	BIO_free(filter);
	BIO_free(memory);
	return NULL;
}

/* Does the signature's value fit the data? Only with the certificates given, none from the message. */
static bool matches(CMS_ContentInfo *cms, X509 *cert, const void *data, size_t size)
{
	STACK_OF(X509) *certs = sk_X509_new_null();
	BIO *bio = content_bio(data, size);
	bool good = false;

	if (certs && bio && sk_X509_push(certs, cert))
		good =
		    CMS_verify(cms, certs, NULL, bio, NULL, CMS_BINARY | CMS_NOINTERN | CMS_NO_SIGNER_CERT_VERIFY) == 1;
	BIO_free_all(bio);
	sk_X509_free(certs);
	return good;
}

static int verify(struct process_host *h, CMS_ContentInfo *cms, const void *data, size_t size, const void *sig,
		  size_t sig_size)
{
	CMS_SignerInfo *signer;
	struct identity id;
	X509 *cert;
	int err = find_signer(h->trust, cms, &signer, &cert);

	if (err)
		return err;
	if (!strong_digest(signer) || !matches(cms, cert, data, size) || !canonical(sig, sig_size, cert, signer))
		return -TENON_EKEYREJECTED;
	return identify(&id, cert, data, size) ? accept(h, &id) : -TENON_ENOMEM;
}

int trust_verify(void *context, const void *data, size_t size, const void *sig, size_t sig_size)
{
	struct process_host *h = context;
	const unsigned char *p = sig;
	CMS_ContentInfo *cms;
	int err = -TENON_EINVAL;

	if (fail_point(h))
		return -TENON_ENOMEM;
	if (size > INT32_MAX || sig_size > INT32_MAX)
		return -TENON_EINVAL;
	cms = d2i_CMS_ContentInfo(NULL, &p, (long)sig_size);
	if (cms && p == (const unsigned char *)sig + sig_size && OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed)
		err = verify(h, cms, data, size, sig, sig_size);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();
	return err;
}
