/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The signature that Linux's signing tools append to a module. Pure format, no functions.
 *
 *     module bytes | signature message (PKCS#7/CMS, detached) | struct tenon_modsig | the 28 bytes of the marker
 *
 * Source: Linux, Documentation/admin-guide/module-signing.rst; the length is big-endian.
 */
#ifndef TENON_FMT_MODSIG_H
#define TENON_FMT_MODSIG_H

#include <stdint.h>

#define TENON_MODSIG_MARKER "~Module signature appended~\n"
#define TENON_MODSIG_MARKER_BYTES 28

enum { TENON_MODSIG_PKCS7 = 2 };

struct tenon_modsig {
	uint8_t algo;          /* 0: said in the message */
	uint8_t hash;          /* 0: said in the message */
	uint8_t id_type;       /* TENON_MODSIG_PKCS7 */
	uint8_t signer_len;    /* 0 */
	uint8_t key_id_len;    /* 0 */
	uint8_t pad[3];        /* 0 */
	uint8_t sig_len_be[4]; /* bytes of the message */
};

#endif
