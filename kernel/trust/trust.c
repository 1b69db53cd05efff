// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/trust/trust.h"

#include <bearssl_hash.h>
#include <bearssl_rsa.h>

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

static bool find_key(const struct signer *signer, struct certificate *c)
{
	struct der all = { trust_keys, trust_keys_end };

	while (certificate_read(&all, c))
		if (signer_is(signer, c))
			return true;
	return false;
}

static bool matches(const struct signature *s, const struct certificate *c, const void *data, size_t size)
{
	const br_rsa_public_key key = { (unsigned char *)(uintptr_t)c->modulus.at, der_bytes(&c->modulus),
					(unsigned char *)(uintptr_t)c->exponent.at, der_bytes(&c->exponent) };
	const br_hash_class *class = hashes[s->hash].class;
	const size_t hash_bytes = class->desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK;
	unsigned char signed_hash[64], hash[64];
	br_hash_compat_context context;

	if (!br_rsa_i62_pkcs1_vrfy(s->value.at, der_bytes(&s->value), hashes[s->hash].oid, hash_bytes, &key,
				   signed_hash))
		return false;
	class->init(&context.vtable);
	class->update(&context.vtable, data, size);
	class->out(&context.vtable, hash);
	return !__builtin_memcmp(hash, signed_hash, hash_bytes);
}

int trust_verify(void *context, const void *data, size_t size, const void *message, size_t message_size)
{
	struct signature s;
	struct certificate c;

	(void)context;
	if (!signature_read(message, message_size, &s))
		return -TENON_EINVAL;
	if (!find_key(&s.signer, &c))
		return -TENON_ENOKEY;
	if (!matches(&s, &c, data, size))
		return -TENON_EKEYREJECTED;
	return policy_revokes(data, size) ? -TENON_EACCES : 0;
}
