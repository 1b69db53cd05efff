// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/trust/message.h"

static const uint8_t oid_signed_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02 };
static const uint8_t oid_data[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01 };
static const uint8_t oid_rsa[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01 };
static const uint8_t oid_sha2[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02 }; /* and one byte: which */
static const uint8_t oid_key_id[] = { 0x55, 0x1d, 0x0e };

/* ---- CMS --------------------------------------------------------------------------------------------------------- */

static bool take_number(struct der *d, uint8_t *number)
{
	struct der n;

	if (!der_take(d, DER_INTEGER, &n) || der_bytes(&n) != 1)
		return false;
	*number = *n.at;
	return true;
}

/* Parameters of an algorithm: NULL, or none. Nothing is behind them. */
static bool no_parameters(struct der *algorithm)
{
	struct der null;

	return !der_bytes(algorithm) || (der_take_last(algorithm, DER_NULL, &null) && !der_bytes(&null));
}

static bool take_hash(struct der *d, enum hash *hash)
{
	static const uint8_t which[] = { [HASH_SHA256] = 1, [HASH_SHA384] = 2, [HASH_SHA512] = 3 };
	struct der algorithm, oid;

	if (!der_take(d, DER_SEQUENCE, &algorithm) || !der_take(&algorithm, DER_OID, &oid) ||
	    der_bytes(&oid) != sizeof(oid_sha2) + 1 || __builtin_memcmp(oid.at, oid_sha2, sizeof(oid_sha2)))
		return false;
	for (unsigned i = 0; i < sizeof(which); i++)
		if (oid.at[sizeof(oid_sha2)] == which[i]) {
			*hash = (enum hash)i;
			return no_parameters(&algorithm);
		}
	return false;
}

/* The version says which of the two it is (RFC 5652, 5.3). */
static bool take_signer(struct der *d, uint8_t version, struct signer *s)
{
	struct der id;

	if (version == 3)
		return der_take(d, DER_CONTEXT + 0, &s->key_id) && der_bytes(&s->key_id);
	return version == 1 && der_take(d, DER_SEQUENCE, &id) && der_take(&id, DER_SEQUENCE, &s->issuer) &&
	       der_take_last(&id, DER_INTEGER, &s->serial);
}

static bool read_signer_info(struct der *info, uint8_t version, enum hash listed, struct signature *s)
{
	struct der algorithm;
	uint8_t own_version;

	return take_number(info, &own_version) && own_version == version && take_signer(info, version, &s->signer) &&
	       take_hash(info, &s->hash) && s->hash == listed && der_take(info, DER_SEQUENCE, &algorithm) &&
	       der_take_oid(&algorithm, oid_rsa, sizeof(oid_rsa)) && no_parameters(&algorithm) &&
	       der_take_last(info, DER_OCTET_STRING, &s->value);
}

bool signature_read(const void *message, size_t bytes, struct signature *s)
{
	struct der all = { message, (const uint8_t *)message + bytes };
	struct der content, wrapped, data, hashes, inner, infos, info;
	enum hash listed;
	uint8_t version;

	*s = (struct signature){ 0 };
	return der_take_last(&all, DER_SEQUENCE, &content) &&
	       der_take_oid(&content, oid_signed_data, sizeof(oid_signed_data)) &&
	       der_take_last(&content, DER_CONTEXT_STRUCT + 0, &wrapped) &&
	       der_take_last(&wrapped, DER_SEQUENCE, &data) && take_number(&data, &version) &&
	       der_take(&data, DER_SET, &hashes) && take_hash(&hashes, &listed) && !der_bytes(&hashes) &&
	       der_take(&data, DER_SEQUENCE, &inner) && der_take_oid(&inner, oid_data, sizeof(oid_data)) &&
	       !der_bytes(&inner) && der_take_last(&data, DER_SET, &infos) &&
	       der_take_last(&infos, DER_SEQUENCE, &info) && read_signer_info(&info, version, listed, s);
}

/* ---- certificates ------------------------------------------------------------------------------------------------ */

static bool read_key(struct der *info, struct certificate *c)
{
	struct der algorithm, bits, key;

	return der_take(info, DER_SEQUENCE, &algorithm) && der_take_oid(&algorithm, oid_rsa, sizeof(oid_rsa)) &&
	       der_take_last(info, DER_BIT_STRING, &bits) && der_bytes(&bits) && !*bits.at++ &&
	       der_take_last(&bits, DER_SEQUENCE, &key) && der_take(&key, DER_INTEGER, &c->modulus) &&
	       der_take_last(&key, DER_INTEGER, &c->exponent);
}

static bool read_extensions(struct der *extensions, struct certificate *c)
{
	struct der extension, ignored, value;

	while (der_bytes(extensions)) {
		struct der oid;

		if (!der_take(extensions, DER_SEQUENCE, &extension) || !der_take(&extension, DER_OID, &oid) ||
		    (der_is(&extension, DER_BOOLEAN) && !der_take(&extension, DER_BOOLEAN, &ignored)) ||
		    !der_take_last(&extension, DER_OCTET_STRING, &value))
			return false;
		if (der_bytes(&oid) == sizeof(oid_key_id) &&
		    !__builtin_memcmp(oid.at, oid_key_id, sizeof(oid_key_id)) &&
		    !der_take_last(&value, DER_OCTET_STRING, &c->subject.key_id))
			return false;
	}
	return true;
}

bool certificate_read(struct der *all, struct certificate *c)
{
	struct der outer, tbs, version, ignored, key, wrapped, extensions;

	*c = (struct certificate){ 0 };
	if (!der_take(all, DER_SEQUENCE, &outer) || !der_take(&outer, DER_SEQUENCE, &tbs) ||
	    !der_take(&tbs, DER_CONTEXT_STRUCT + 0, &version) || !der_take(&tbs, DER_INTEGER, &c->subject.serial) ||
	    !der_take(&tbs, DER_SEQUENCE, &ignored) || !der_take(&tbs, DER_SEQUENCE, &c->subject.issuer) ||
	    !der_take(&tbs, DER_SEQUENCE, &ignored) || !der_take(&tbs, DER_SEQUENCE, &ignored) ||
	    !der_take(&tbs, DER_SEQUENCE, &key) || !read_key(&key, c))
		return false;
	if (!der_is(&tbs, DER_CONTEXT_STRUCT + 3))
		return true;
	return der_take_last(&tbs, DER_CONTEXT_STRUCT + 3, &wrapped) &&
	       der_take_last(&wrapped, DER_SEQUENCE, &extensions) && read_extensions(&extensions, c);
}

bool signer_is(const struct signer *s, const struct certificate *c)
{
	if (der_bytes(&s->key_id))
		return der_same(&s->key_id, &c->subject.key_id);
	return der_same(&s->issuer, &c->subject.issuer) && der_same(&s->serial, &c->subject.serial);
}
