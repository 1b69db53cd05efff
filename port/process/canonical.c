/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The one encoding (DER) of a detached CMS signature without attributes and certificates, RFC 5652 section 5: written
 * anew, to be compared with the one received. Written back to front, since lengths stand before contents.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "port/process/trust.h"

struct der {
	uint8_t *bytes;
	size_t free; /* bytes not yet used, from the start */
	bool bad;
};

enum {
	DER_INTEGER = 0x02,
	DER_OCTETS = 0x04,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_TAG0 = 0xa0,
	DER_ID0 = 0x80
};

static const uint8_t oid_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01 };
static const uint8_t oid_signed_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 };

static void put(struct der *d, const void *bytes, size_t len)
{
	if (len > d->free || d->bad) {
		d->bad = true;
		return;
	}
	d->free -= len;
	memcpy(d->bytes + d->free, bytes, len);
}

static void put_byte(struct der *d, size_t byte)
{
	uint8_t b = (uint8_t)byte;

	put(d, &b, 1);
}

/* Head of what was written since @end bytes were free. */
static void put_head(struct der *d, uint8_t tag, size_t end)
{
	size_t len = end - d->free, cnt = 0;

	if (len < 0x80) {
		put_byte(d, len);
	} else {
		for (; len; len >>= 8, cnt++)
			put_byte(d, len & 0xff);
		put_byte(d, 0x80 | cnt);
	}
	put_byte(d, tag);
}

static void put_value(struct der *d, uint8_t tag, const void *bytes, size_t len)
{
	size_t end = d->free;

	put(d, bytes, len);
	put_head(d, tag, end);
}

/* Whatever one of the library's i2d functions gave, which may be an error. */
static void put_encoded(struct der *d, uint8_t *bytes, int len)
{
	if (len <= 0)
		d->bad = true;
	else
		put(d, bytes, (size_t)len);
	OPENSSL_free(bytes);
}

static void put_algorithm(struct der *d, const X509_ALGOR *alg)
{
	uint8_t *bytes = NULL;
	int param, len;

	X509_ALGOR_get0(NULL, &param, NULL, alg);
	if (param != V_ASN1_NULL && param != V_ASN1_UNDEF) {
		d->bad = true;
		return;
	}
	len = i2d_X509_ALGOR(alg, &bytes);
	put_encoded(d, bytes, len);
}

/* Who signed: issuer and serial number, or the key's identifier, as they stand in the certificate. */
static void put_signer(struct der *d, X509 *cert, bool by_key)
{
	const ASN1_OCTET_STRING *key = X509_get0_subject_key_id(cert);
	size_t end = d->free;
	uint8_t *bytes = NULL;
	int len;

	if (by_key) {
		if (key)
			put_value(d, DER_ID0, ASN1_STRING_get0_data(key), (size_t)ASN1_STRING_length(key));
		else
			d->bad = true;
		return;
	}
	len = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert), &bytes);
	put_encoded(d, bytes, len);
	bytes = NULL;
	len = i2d_X509_NAME(X509_get_issuer_name(cert), &bytes);
	put_encoded(d, bytes, len);
	put_head(d, DER_SEQUENCE, end);
}

static void put_message(struct der *d, X509 *cert, CMS_SignerInfo *signer)
{
	const ASN1_OCTET_STRING *value = CMS_SignerInfo_get0_signature(signer);
	X509_ALGOR *digest, *algorithm;
	ASN1_OCTET_STRING *key = NULL;
	size_t end = d->free, end_data;
	uint8_t version;

	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, &algorithm);
	if (!CMS_SignerInfo_get0_signer_id(signer, &key, NULL, NULL))
		d->bad = true;
	version = key ? 3 : 1;
	put_value(d, DER_OCTETS, ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value));
	put_algorithm(d, algorithm);
	put_algorithm(d, digest);
	put_signer(d, cert, key);
	put_value(d, DER_INTEGER, &version, 1);
	put_head(d, DER_SEQUENCE, end);
	put_head(d, DER_SET, end);
	end_data = d->free;
	put_value(d, DER_OID, oid_data, sizeof(oid_data));
	put_head(d, DER_SEQUENCE, end_data);
	end_data = d->free;
	put_algorithm(d, digest);
	put_head(d, DER_SET, end_data);
	put_value(d, DER_INTEGER, &version, 1);
	put_head(d, DER_SEQUENCE, end);
	put_head(d, DER_TAG0, end);
	put_value(d, DER_OID, oid_signed_data, sizeof(oid_signed_data));
	put_head(d, DER_SEQUENCE, end);
}

/* The library goes by the certificate's key and lets the message name another algorithm. */
static bool fits_key(X509 *cert, CMS_SignerInfo *signer)
{
	X509_ALGOR *digest, *algorithm;
	const ASN1_OBJECT *digest_oid, *algorithm_oid;
	int key = EVP_PKEY_get_base_id(X509_get0_pubkey(cert)), of_digest, of_key;

	CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, &algorithm);
	X509_ALGOR_get0(&digest_oid, NULL, NULL, digest);
	X509_ALGOR_get0(&algorithm_oid, NULL, NULL, algorithm);
	if (key == NID_rsaEncryption && OBJ_obj2nid(algorithm_oid) == key)
		return true;
	return OBJ_find_sigid_algs(OBJ_obj2nid(algorithm_oid), &of_digest, &of_key) &&
	       of_digest == OBJ_obj2nid(digest_oid) && of_key == key;
}

bool canonical(const void *sig, size_t sig_size, X509 *cert, CMS_SignerInfo *signer)
{
	struct der d = { .bytes = malloc(sig_size), .free = sig_size };
	bool same = false;

	if (d.bytes && fits_key(cert, signer)) {
		put_message(&d, cert, signer);
		same = !d.bad && !d.free && !memcmp(d.bytes, sig, sig_size);
	}
	free(d.bytes);
	return same;
}
