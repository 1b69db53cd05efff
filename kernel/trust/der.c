// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
#include "kernel/trust/der.h"

/* The length, by 8.1.3 of X.690 and 10.1: as few bytes as it takes. */
static bool take_length(struct der *d, size_t *length)
{
	size_t cnt;

	if (d->at == d->end)
		return false;
	*length = *d->at++;
	if (*length < 0x80)
		return true;
	cnt = *length & 0x7f;
	if (!cnt || cnt > 2 || cnt > der_bytes(d))
		return false;
	*length = *d->at++;
	if (cnt == 1)
		return *length >= 0x80;
	*length = *length << 8 | *d->at++;
	return *length > 0xff;
}

bool der_take(struct der *d, uint8_t tag, struct der *content)
{
	size_t length;

	if (!der_is(d, tag))
		return false;
	d->at++;
	if (!take_length(d, &length) || length > der_bytes(d))
		return false;
	*content = (struct der){ d->at, d->at + length };
	d->at += length;
	return true;
}

bool der_take_last(struct der *d, uint8_t tag, struct der *content)
{
	return der_take(d, tag, content) && !der_bytes(d);
}

bool der_take_oid(struct der *d, const void *oid, size_t bytes)
{
	const struct der wanted = { oid, (const uint8_t *)oid + bytes };
	struct der found;

	return der_take(d, DER_OID, &found) && der_same(&found, &wanted);
}
