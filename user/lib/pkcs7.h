/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef LIB_PKCS7_H
#define LIB_PKCS7_H

#include "tenon/mod.h"

/**
 * pkcs7_read - what a signature message says of its first signer; nothing is verified
 * @out: signer, key, hash and signature are set as far as the message is as expected; they point into it
 */
void pkcs7_read(const uint8_t *message, size_t size, struct tmod_signature *out);

#endif
