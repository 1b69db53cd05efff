/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Reading DER (X.690) in place, within bounds: elements with a tag of one byte and a length in its only encoding, up to
 * 64 KiB. Nothing is copied, and nothing is recursive.
 */
#ifndef KERNEL_TRUST_DER_H
#define KERNEL_TRUST_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
	DER_CONTEXT = 0x80,        /* + n: [n] IMPLICIT of what is no structure */
	DER_CONTEXT_STRUCT = 0xa0, /* + n: [n] of a structure */
};

struct der { /* what is still to be read */
	const uint8_t *at, *end;
};

static inline size_t der_bytes(const struct der *d)
{
	return (size_t)(d->end - d->at);
}

/* Is the next element one of this tag? */
static inline bool der_is(const struct der *d, uint8_t tag)
{
	return d->at != d->end && *d->at == tag;
}

/* Take the next element, which must have this tag: what is in it. */
bool der_take(struct der *d, uint8_t tag, struct der *content);
/* The same, with nothing behind it. */
bool der_take_last(struct der *d, uint8_t tag, struct der *content);
/* Take an OBJECT IDENTIFIER, which must be this one. */
bool der_take_oid(struct der *d, const void *oid, size_t bytes);

static inline bool der_same(const struct der *a, const struct der *b)
{
	return der_bytes(a) == der_bytes(b) && (!der_bytes(a) || !__builtin_memcmp(a->at, b->at, der_bytes(a)));
}

#endif
