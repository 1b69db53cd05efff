/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What verifying a signature needs: the certificates trusted, which never change, and what is revoked, which only
 * grows.
 */
#ifndef PORT_PROCESS_TRUST_H
#define PORT_PROCESS_TRUST_H

#include <openssl/cms.h>
#include <openssl/x509.h>
#include <pthread.h>

#define REVOKED_BYTES_MAX 64
#define CONTENT_HASH_BYTES 32 /* SHA-256 */
#define KEY_HASH_BYTES 20     /* SHA-1 of the key, which is how identifiers of keys are made */

struct process_host;

struct revoked {
	bool key; /* a key's identifier; else the SHA-256 of a file's content */
	size_t len;
	unsigned char bytes[REVOKED_BYTES_MAX];
};

/* What an accepted signature was about: all that a revocation can name. */
struct identity {
	unsigned char content[CONTENT_HASH_BYTES];
	unsigned char key[KEY_HASH_BYTES];
	unsigned char key_id[REVOKED_BYTES_MAX]; /* as the certificate says, key_id_len bytes */
	size_t key_id_len;
};

struct trust {
	STACK_OF(X509) * certs;
	pthread_mutex_t lock; /* the rest */
	struct revoked *revoked;
	size_t revoked_cnt;
	struct identity *accepted; /* each once; a module's number is an index + 1 */
	size_t accepted_cnt;
};

/*
 * Is @sig byte for byte the message that a signer with @cert makes with this digest, algorithm and signature value?
 * A parser accepts several encodings of one meaning; a module has one signature.
 */
bool canonical(const void *sig, size_t sig_size, X509 *cert, CMS_SignerInfo *signer);

/* revoke.c */
int revoked_read(struct trust *t, const char *path);
bool identify(struct identity *id, X509 *cert, const void *data, size_t size);
/*
 * The signature is good: unless it is revoked, remember it with the module whose file is being verified. Return: 0,
 * -TENON_EACCES (revoked), -TENON_ENOMEM.
 */
int accept(struct process_host *h, const struct identity *id);

#endif
