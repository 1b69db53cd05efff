/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The appended signature: finding it, without looking at anything else. Layout in include/tenon/fmt/modsig.h. */
#ifndef CORE_FMT_MODSIG_H
#define CORE_FMT_MODSIG_H

#include <stddef.h>
#include <stdint.h>

#include "tenon/diag.h"

struct modsig_parts {
	size_t content_size; /* bytes of the module proper, from the start of the file */
	const uint8_t *message;
	size_t message_size;
};

/**
 * modsig_split - find the signature at the end of a file
 * @out: without a signature content_size is @size and message is NULL
 *
 * Return: 0 (also without a signature), or -TENON_EKEYREJECTED (SIG_TRAILER, SIG_LENGTH) if there is a marker but
 * what stands before it is not a trailer. Context: any.
 */
int modsig_split(const void *data, size_t size, struct modsig_parts *out, struct tenon_diag *diag);

#endif
