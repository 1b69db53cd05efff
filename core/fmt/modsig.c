/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "core/string.h"

#include "core/fail.h"
#include "core/fmt/modsig.h"
#include "tenon/fmt/modsig.h"

/* The field that makes this no trailer of a PKCS#7 signature, or NULL. All but the length at the end are fixed. */
static const char *bad_field(const struct tenon_modsig *sig)
{
	static const char *const names[] = {
		"algo", "hash", "id_type", "signer_len", "key_id_len", "pad", "pad", "pad"
	};
	static const struct tenon_modsig good = { .id_type = TENON_MODSIG_PKCS7 };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (((const uint8_t *)sig)[i] != ((const uint8_t *)&good)[i])
			return names[i];
	return NULL;
}

int modsig_split(const void *data, size_t size, struct modsig_parts *out, struct tenon_diag *diag)
{
	const uint8_t *bytes = data;
	const struct tenon_modsig *sig;
	const char *bad;
	size_t rest, len;

	*out = (struct modsig_parts){ .content_size = size };
	if (size < TENON_MODSIG_MARKER_BYTES)
		return 0;
	rest = size - TENON_MODSIG_MARKER_BYTES;
	if (memcmp(bytes + rest, TENON_MODSIG_MARKER, TENON_MODSIG_MARKER_BYTES))
		return 0;

	if (rest < sizeof(*sig))
		return fail_name(diag, TENON_R_SIG_TRAILER, "cut off");
	rest -= sizeof(*sig);
	sig = (const void *)(bytes + rest);
	bad = bad_field(sig);
	if (bad)
		return fail_name(diag, TENON_R_SIG_TRAILER, bad);

	len = (size_t)sig->sig_len_be[0] << 24 | (size_t)sig->sig_len_be[1] << 16 | (size_t)sig->sig_len_be[2] << 8 |
	      sig->sig_len_be[3];
	if (!len || len >= rest) /* a signature of nothing, or over nothing */
		return fail_got(diag, TENON_R_SIG_LENGTH, len);
	out->content_size = rest - len;
	out->message = bytes + out->content_size;
	out->message_size = len;
	return 0;
}
