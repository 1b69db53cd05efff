/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Any bytes as a signature message: what is shown of it lies in it. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "user/lib/pkcs7.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void promise_inside(const void *part, size_t len, const uint8_t *data, size_t size)
{
	const uint8_t *p = part;

	if (len && (p < data || p > data + size || (size_t)(data + size - p) < len))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tmod_signature s = { 0 };

	pkcs7_read(data, size, &s);
	promise_inside(s.signer, s.signer_len, data, size);
	promise_inside(s.key, s.key_len, data, size);
	promise_inside(s.signature, s.signature_len, data, size);
	return 0;
}
