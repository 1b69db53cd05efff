/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/fmt/modsig.h"
#include "modpost/sign.h"
#include "modpost/text.h"
#include "tenon/fmt/modsig.h"

static void die_openssl(const char *what, const char *path)
{
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());

	die("%s: %s: %s", path, what, reason ? reason : "unknown error");
}

static EVP_PKEY *read_key(const char *path)
{
	BIO *bio = BIO_new_file(path, "rb");
	EVP_PKEY *key = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;

	if (!key)
		die_openssl("not a private key in PEM", path);
	BIO_free(bio);
	return key;
}

static X509 *read_cert(const char *path)
{
	BIO *bio = BIO_new_file(path, "rb");
	X509 *cert = bio ? PEM_read_bio_X509(bio, NULL, NULL, NULL) : NULL;

	if (!cert)
		die_openssl("not a certificate in PEM", path);
	BIO_free(bio);
	return cert;
}

/*
 * The message over @size bytes. As Linux's own sign-file makes it: detached, no certificates, no signed attributes (so
 * it has no date in it), SHA-256. OpenSSL writes it with its issuer and serial number, by which the key is found.
 */
static unsigned char *make_message(const char *path, const void *data, size_t size, EVP_PKEY *key, X509 *cert, int *len)
{
	const unsigned flags = CMS_NOCERTS | CMS_DETACHED | CMS_BINARY | CMS_NOATTR | CMS_NOSMIMECAP;
	BIO *content = BIO_new_mem_buf(data, (int)size);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL | CMS_STREAM);
	unsigned char *der = NULL;

	if (!content || !cms || !CMS_add1_signer(cms, cert, key, EVP_sha256(), flags) ||
	    !CMS_final(cms, content, NULL, flags))
		die_openssl("cannot be signed", path);
	*len = i2d_CMS_ContentInfo(cms, &der);
	if (*len <= 0)
		die_openssl("cannot write the signature", path);
	CMS_ContentInfo_free(cms);
	BIO_free(content);
	return der;
}

/* Reads a module and cuts its signature off. Return: the file; @size: without signature; @was_signed: it had one. */
static char *read_unsigned(const char *path, size_t *size, bool *was_signed)
{
	struct modsig_parts parts;
	struct tenon_diag diag = { 0 };
	char line[256];
	char *data = read_file(path, size);

	if (modsig_split(data, *size, &parts, &diag)) {
		tenon_diag_format(&diag, line, sizeof(line));
		die("%s%s", path, line);
	}
	*size = parts.content_size;
	*was_signed = parts.message;
	return data;
}

void sign_file(const char *path, const char *key_path, const char *cert_path)
{
	struct tenon_modsig trailer = { .id_type = TENON_MODSIG_PKCS7 };
	EVP_PKEY *key = read_key(key_path);
	X509 *cert = read_cert(cert_path);
	unsigned char *message;
	bool was_signed;
	size_t size, whole;
	char *data = read_unsigned(path, &size, &was_signed);
	int len;

	if (!X509_check_private_key(cert, key))
		die("%s: is not the certificate of key %s", cert_path, key_path);
	message = make_message(path, data, size, key, cert, &len);
	for (int i = 0; i < 4; i++)
		trailer.sig_len_be[i] = (uint8_t)((unsigned)len >> (24 - 8 * i));
	whole = size + (size_t)len + sizeof(trailer) + TENON_MODSIG_MARKER_BYTES;
	data = xrealloc(data, whole);
	memcpy(data + size, message, (size_t)len);
	memcpy(data + size + len, &trailer, sizeof(trailer));
	memcpy(data + size + (size_t)len + sizeof(trailer), TENON_MODSIG_MARKER, TENON_MODSIG_MARKER_BYTES);
	write_file(path, data, whole);
	OPENSSL_free(message);
	EVP_PKEY_free(key);
	X509_free(cert);
	free(data);
}

void sign_strip(const char *path)
{
	bool was_signed;
	size_t size;
	char *data = read_unsigned(path, &size, &was_signed);

	if (!was_signed)
		die("%s: is not signed", path);
	write_file(path, data, size);
	free(data);
}
