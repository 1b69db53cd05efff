// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/trust/trust.h"

#include <bearssl_hash.h>
#include <bearssl_rsa.h>

#include "kernel/module/module.h"
#include "kernel/trust/message.h"
#include "kernel/trust/policy.h"
#include "tenon/errno.h"

extern const uint8_t trust_keys[], trust_keys_end[];

static const struct {
	const br_hash_class *class;
	const unsigned char *oid;
} hashes[] = {
	[HASH_SHA256] = { &br_sha256_vtable, BR_HASH_OID_SHA256 },
	[HASH_SHA384] = { &br_sha384_vtable, BR_HASH_OID_SHA384 },
	[HASH_SHA512] = { &br_sha512_vtable, BR_HASH_OID_SHA512 },
};

/* Return: how many come before it, or -1: it is not there. */
static int find_key(const struct signer *signer, struct certificate *c)
{
	struct der all = { trust_keys, trust_keys_end };

	for (int i = 0; certificate_read(&all, c); i++)
		if (signer_is(signer, c))
			return i;
	return -1;
}

/* @hash: of @data, by the algorithm that the signature names. */
static bool matches(const struct signature *s, const struct certificate *c, const void *data, size_t size,
		    unsigned char hash[64])
{
	const br_rsa_public_key key = { (unsigned char *)(uintptr_t)c->modulus.at, der_bytes(&c->modulus),
					(unsigned char *)(uintptr_t)c->exponent.at, der_bytes(&c->exponent) };
	const br_hash_class *class = hashes[s->hash].class;
	const size_t hash_bytes = class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
	unsigned char signed_hash[64];
	br_hash_compat_context context;

	if (!br_rsa_i62_pkcs1_vrfy(s->value.at, der_bytes(&s->value), hashes[s->hash].oid, hash_bytes, &key,
				   signed_hash))
		return false;
	class->init(&context.vtable);
	class->update(&context.vtable, data, size);
	class->out(&context.vtable, hash);
	return !__builtin_memcmp(hash, signed_hash, hash_bytes);
}

/*
 * What is remembered with a module that was accepted: which key, from 1 on, and as much of its SHA-256 as there is room for.
 * That is enough to find it again among those that are loaded.
 */
#define SIGNER_KEY_SHIFT 56

static uint64_t signer_number(int key, const uint8_t hash[br_sha256_SIZE])
{
	uint64_t number = (uint64_t)(key + 1) << SIGNER_KEY_SHIFT;

	for (unsigned i = 0; i < SIGNER_KEY_SHIFT / 8; i++)
		number |= (uint64_t)hash[i] << 8 * i;
	return number;
}

bool trust_is_revoked(uint64_t signer)
{
	struct der all = { trust_keys, trust_keys_end };
	uint8_t hash[br_sha256_SIZE] = { 0 };
	struct certificate c = { 0 };

	for (unsigned i = 0; i < SIGNER_KEY_SHIFT / 8; i++)
		hash[i] = (uint8_t)(signer >> 8 * i);
	for (uint64_t key = signer >> SIGNER_KEY_SHIFT; key; key--)
		if (!certificate_read(&all, &c))
			return false;
	return signer && policy_revokes(hash, SIGNER_KEY_SHIFT / 8, &c.subject.key_id);
}

/* *@signer: as above. */
static int check(const void *data, size_t size, const void *message, size_t message_size, uint64_t *signer)
{
	uint8_t hash[64];
	br_sha256_context sha256;
	struct signature s;
	struct certificate c;
	int key;

	if (!signature_read(message, message_size, &s))
		return -TENON_EINVAL;
	key = find_key(&s.signer, &c);
	if (key < 0)
		return -TENON_ENOKEY;
	if (!matches(&s, &c, data, size, hash))
		return -TENON_EKEYREJECTED;
	if (s.hash != HASH_SHA256) {
		br_sha256_init(&sha256);
		br_sha256_update(&sha256, data, size);
		br_sha256_out(&sha256, hash);
	}
	*signer = signer_number(key, hash);
	return policy_revokes(hash, br_sha256_SIZE, &c.subject.key_id) ? -TENON_EACCES : 0;
}

int trust_check(const void *data, size_t size, const void *message, size_t message_size)
{
	uint64_t signer;

	return check(data, size, message, message_size, &signer);
}

int trust_verify(void *context, const void *data, size_t size, const void *message, size_t message_size)
{
	uint64_t signer;
	int err = check(data, size, message, message_size, &signer);

	(void)context;
	if (!err)
		tenon_set_signer(module_core, signer);
	return err;
}
