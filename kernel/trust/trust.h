/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Whose modules are loaded: signatures by the keys that are built in. The cryptography is BearSSL's. */
#ifndef KERNEL_TRUST_TRUST_H
#define KERNEL_TRUST_TRUST_H

#include <stddef.h>

/**
 * trust_verify - the module core's function `verify`
 * Return: 0; -TENON_EINVAL: the message is not one that is read here; -TENON_ENOKEY: another key; -TENON_EKEYREJECTED: it
 * is not the signature of these bytes; -TENON_EACCES: they are revoked. Context: thread.
 */
int trust_verify(void *context, const void *data, size_t size, const void *message, size_t message_size);

#endif
