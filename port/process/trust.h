/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What verifying a signature needs: the certificates trusted, the hashes and keys revoked. Read once, never changed. */
#ifndef PORT_PROCESS_TRUST_H
#define PORT_PROCESS_TRUST_H

#include <openssl/cms.h>
#include <openssl/x509.h>

#define REVOKED_BYTES_MAX 64

struct revoked {
	bool key; /* a key's identifier; else the SHA-256 of a file's content */
	size_t len;
	unsigned char bytes[REVOKED_BYTES_MAX];
};

struct trust {
	STACK_OF(X509) *certs;
	struct revoked *revoked;
	size_t revoked_cnt;
};

/*
 * Is @sig byte for byte the message that a signer with @cert makes with this digest, algorithm and signature value?
 * A parser accepts several encodings of one meaning; a module has one signature.
 */
bool canonical(const void *sig, size_t sig_size, X509 *cert, CMS_SignerInfo *signer);

#endif
