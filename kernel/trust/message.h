/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a signature and a certificate say, each in the one form that is taken here. All points into their bytes. */
#ifndef KERNEL_TRUST_MESSAGE_H
#define KERNEL_TRUST_MESSAGE_H

#include "kernel/trust/der.h"

enum hash { HASH_SHA256, HASH_SHA384, HASH_SHA512 };

/* Whose signature it is: by issuer and serial number, or by the key's identifier; the other is empty. */
struct signer {
	struct der issuer, serial, key_id;
};

struct signature {
	struct signer signer;
	enum hash hash;
	struct der value;
};

struct certificate {
	struct signer subject;        /* as signatures name it: both, if it has an identifier */
	struct der modulus, exponent; /* of its RSA key, big-endian */
};

/**
 * signature_read - a detached CMS message (RFC 5652) with one signer, RSA (PKCS #1), without attributes and certificates:
 * what Linux's sign-file and `openssl cms -sign -binary -noattr -nocerts` make
 * Return: false: it is none.
 */
bool signature_read(const void *message, size_t bytes, struct signature *s);
/* The next certificate (RFC 5280) of several in a row. Return: false: it is none, or its key is not RSA's. */
bool certificate_read(struct der *all, struct certificate *c);
/* Is this the signer? */
bool signer_is(const struct signer *s, const struct certificate *c);

#endif
