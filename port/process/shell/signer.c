/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a signature says of itself: who made it, with which key. Nothing here decides whether it is good. */
#include <openssl/cms.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "port/process/shell/shell.h"

#define LINE_BYTES 20 /* of a signature, as kmod's modinfo breaks it */

/* Bytes as "AB:CD:..."; after every LINE_BYTES a newline and two tabs. To be freed. */
static char *hex(const uint8_t *bytes, size_t cnt)
{
	char *text = calloc(cnt + 1, 6), *to = text;

	for (size_t i = 0; text && i < cnt; i++) {
		to += sprintf(to, "%02X%s", bytes[i], i + 1 < cnt ? ":" : "");
		if (i + 1 < cnt && i % LINE_BYTES == LINE_BYTES - 1)
			to += sprintf(to, "\n\t\t");
	}
	return text;
}

static void print_hex(const char *key, const uint8_t *bytes, size_t cnt,
		      void (*print)(const char *key, const char *value, void *arg), void *arg)
{
	char *text = hex(bytes, cnt);

	if (text)
		print(key, text, arg);
	free(text);
}

static void print_common_name(X509_NAME *issuer, void (*print)(const char *key, const char *value, void *arg),
			      void *arg)
{
	int at = X509_NAME_get_index_by_NID(issuer, NID_commonName, -1);
	unsigned char *name = NULL;

	if (at >= 0 && ASN1_STRING_to_UTF8(&name, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(issuer, at))) >= 0) {
		print("signer", (const char *)name, arg);
		OPENSSL_free(name);
	}
}

static void print_signer(CMS_SignerInfo *si, void (*print)(const char *key, const char *value, void *arg), void *arg)
{
	ASN1_OCTET_STRING *key_id, *signature = CMS_SignerInfo_get0_signature(si);
	ASN1_INTEGER *serial;
	X509_NAME *issuer;
	X509_ALGOR *digest;
	const ASN1_OBJECT *algorithm;
	char name[64];

	if (!CMS_SignerInfo_get0_signer_id(si, &key_id, &issuer, &serial))
		return;
	if (issuer)
		print_common_name(issuer, print, arg);
	if (serial)
		print_hex("sig_key", ASN1_STRING_get0_data(serial), (size_t)ASN1_STRING_length(serial), print, arg);
	else if (key_id)
		print_hex("sig_key", ASN1_STRING_get0_data(key_id), (size_t)ASN1_STRING_length(key_id), print, arg);
	CMS_SignerInfo_get0_algs(si, NULL, NULL, &digest, NULL);
	X509_ALGOR_get0(&algorithm, NULL, NULL, digest);
	snprintf(name, sizeof(name), "%s", OBJ_nid2sn(OBJ_obj2nid(algorithm)));
	for (char *c = name; *c; c++)
		*c = *c >= 'A' && *c <= 'Z' ? (char)(*c | 0x20) : *c;
	print("sig_hashalgo", name, arg);
	print_hex("signature", ASN1_STRING_get0_data(signature), (size_t)ASN1_STRING_length(signature), print, arg);
}

void signer_print(const uint8_t *message, size_t size, void (*print)(const char *key, const char *value, void *arg),
		  void *arg)
{
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &message, (long)size);
	STACK_OF(CMS_SignerInfo) *signers = cms ? CMS_get0_SignerInfos(cms) : NULL;

	if (sk_CMS_SignerInfo_num(signers) > 0) {
		print("sig_id", "PKCS#7", arg);
		print_signer(sk_CMS_SignerInfo_value(signers, 0), print, arg);
	}
	CMS_ContentInfo_free(cms);
}
