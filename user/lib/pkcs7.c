/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A walk through the parts of a PKCS#7 SignedData message (RFC 2315, section 9) that say who signed. DER only. */
#include <stdio.h>
#include <string.h>

#include "user/lib/pkcs7.h"

enum {
	DER_INTEGER = 0x02,
	DER_OCTETS = 0x04,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT_0 = 0xa0,
};

struct der {
	const uint8_t *at, *end;
};

/* Step over one element. Return: its tag, its contents in @body (not the same as @d); 0 at the end or if malformed. */
static uint8_t der_next(struct der *d, struct der *body)
{
	const uint8_t *p = d->at;
	size_t len;

	if (d->end - p < 2)
		return 0;
	len = p[1];
	p += 2;
	if (len & 0x80) {
		size_t n = len & 0x7f;

		if (!n || n > 4 || (size_t)(d->end - p) < n)
			return 0;
		for (len = 0; n; n--)
			len = len << 8 | *p++;
	}
	if ((size_t)(d->end - p) < len)
		return 0;
	*body = (struct der){ p, p + len };
	p = d->at;
	d->at = body->end;
	return *p;
}

/* Step over one element that must have that tag. */
static bool der_expect(struct der *d, uint8_t tag, struct der *body)
{
	return der_next(d, body) == tag;
}

static bool der_is(const struct der *d, const void *bytes, size_t len)
{
	return (size_t)(d->end - d->at) == len && !memcmp(d->at, bytes, len);
}

/* The first common name (2.5.4.3) in a Name, or without one the last part of it. */
static void read_name(struct der name, struct tmod_signature *out)
{
	struct der set, pair, type, value;

	while (der_expect(&name, DER_SET, &set)) {
		while (der_expect(&set, DER_SEQUENCE, &pair)) {
			bool common;

			if (!der_expect(&pair, DER_OID, &type) || !der_next(&pair, &value))
				continue;
			common = der_is(&type, "\x55\x04\x03", 3);
			out->signer = (const char *)value.at;
			out->signer_len = (size_t)(value.end - value.at);
			if (common)
				return;
		}
	}
}

/* An object identifier as numbers: "2.16.840.1" (X.690, 8.19). */
static void write_oid(const struct der *oid, char *text, size_t size)
{
	uint64_t part = 0;
	size_t len = 0;

	for (const uint8_t *p = oid->at; p < oid->end && len < size; p++) {
		uint64_t top;

		part = part << 7 | (*p & 0x7f);
		if (*p & 0x80)
			continue;
		top = part / 40 < 2 ? part / 40 : 2;
		if (!len)
			len += (size_t)snprintf(text, size, "%llu.%llu", (unsigned long long)top,
						(unsigned long long)(part - 40 * top));
		else
			len += (size_t)snprintf(text + len, size - len, ".%llu", (unsigned long long)part);
		part = 0;
	}
}

/* Algorithms by the names that OpenSSL has for them, and so kmod since release 32. */
static void write_hash(const struct der *oid, char *text, size_t size)
{
	static const struct {
		const char *oid, *name;
		size_t len;
	} known[] = {
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x01", "sha256", 9 },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x02", "sha384", 9 },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x03", "sha512", 9 },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x04", "sha224", 9 },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x05", "sha512-224", 9 },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x06", "sha512-256", 9 },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x07", "sha3-224", 9 },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x08", "sha3-256", 9 },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x09", "sha3-384", 9 },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x0a", "sha3-512", 9 },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x0b", "shake128", 9 },
		{ "\x60\x86\x48\x01\x65\x03\x04\x02\x0c", "shake256", 9 },
		{ "\x2b\x0e\x03\x02\x1a", "sha1", 5 },
		{ "\x2b\x24\x03\x02\x01", "ripemd160", 5 },
		{ "\x28\xcf\x06\x03\x00\x37", "whirlpool", 6 },
		{ "\x2a\x86\x48\x86\xf7\x0d\x02\x05", "md5", 8 },
		{ "\x2a\x86\x48\x86\xf7\x0d\x02\x04", "md4", 8 },
		{ "\x2a\x81\x1c\xcf\x55\x01\x83\x11", "sm3", 8 },
		{ "\x2a\x85\x03\x07\x01\x01\x02\x02", "GOST R 34.11-2012 with 256 bit hash", 8 },
		{ "\x2a\x85\x03\x07\x01\x01\x02\x03", "GOST R 34.11-2012 with 512 bit hash", 8 },
		{ "\x2b\x06\x01\x04\x01\x8d\x3a\x0c\x02\x01\x10", "blake2b512", 11 },
		{ "\x2b\x06\x01\x04\x01\x8d\x3a\x0c\x02\x02\x08", "blake2s256", 11 },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (der_is(oid, known[i].oid, known[i].len)) {
			snprintf(text, size, "%s", known[i].name);
			return;
		}
	}
	write_oid(oid, text, size);
}

static void read_signer(struct der info, struct tmod_signature *out)
{
	struct der part, id, oid;
	uint8_t tag;

	if (!der_expect(&info, DER_INTEGER, &part))
		return;
	tag = der_next(&info, &id);
	if (tag == DER_SEQUENCE) { /* issuer and serial number */
		if (!der_expect(&id, DER_SEQUENCE, &part))
			return;
		read_name(part, out);
		if (!der_expect(&id, DER_INTEGER, &part))
			return;
		id = part;
		while (id.at < id.end && !*id.at)
			id.at++;
	}
	out->key = id.at;
	out->key_len = tag ? (size_t)(id.end - id.at) : 0;
	if (!der_expect(&info, DER_SEQUENCE, &part) || !der_expect(&part, DER_OID, &oid))
		return;
	write_hash(&oid, out->hash, sizeof(out->hash));
	tag = der_next(&info, &part);
	if (tag == DER_CONTEXT_0) /* signed attributes */
		tag = der_next(&info, &part);
	if (tag != DER_SEQUENCE || !der_expect(&info, DER_OCTETS, &part))
		return;
	out->signature = part.at;
	out->signature_len = (size_t)(part.end - part.at);
}

void pkcs7_read(const uint8_t *message, size_t size, struct tmod_signature *out)
{
	struct der at = { message, message + size }, body, part;
	uint8_t tag;

	if (!der_expect(&at, DER_SEQUENCE, &body) || !der_expect(&body, DER_OID, &part) ||
	    !der_expect(&body, DER_CONTEXT_0, &at) || !der_expect(&at, DER_SEQUENCE, &body))
		return;
	/* Version, digest algorithms and content, then perhaps certificates and lists of revoked ones. */
	if (!der_expect(&body, DER_INTEGER, &part) || !der_expect(&body, DER_SET, &part) ||
	    !der_expect(&body, DER_SEQUENCE, &part))
		return;
	while ((tag = der_next(&body, &part)) && tag != DER_SET)
		;
	if (tag && der_expect(&part, DER_SEQUENCE, &at))
		read_signer(at, out);
}
