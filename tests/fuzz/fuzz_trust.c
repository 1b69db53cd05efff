/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Any bytes as a signature and as a certificate of the kernel's: what is read of them lies in them. */
#include <stdlib.h>

#include "kernel/trust/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void promise_inside(struct der part, const uint8_t *data, size_t size)
{
	if (der_bytes(&part) && (part.at < data || part.end > data + size || part.end < part.at))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct der all = { data, data + size };
	struct signature s;
	struct certificate c;

	if (signature_read(data, size, &s)) {
		promise_inside(s.signer.issuer, data, size);
		promise_inside(s.signer.serial, data, size);
		promise_inside(s.signer.key_id, data, size);
		promise_inside(s.value, data, size);
	}
	if (certificate_read(&all, &c)) {
		promise_inside(c.subject.issuer, data, size);
		promise_inside(c.subject.key_id, data, size);
		promise_inside(c.modulus, data, size);
		promise_inside(c.exponent, data, size);
	}
	return 0;
}
