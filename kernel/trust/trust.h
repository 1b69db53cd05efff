/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Whose modules are loaded: signatures by the keys that are built in. The cryptography is BearSSL's. */
#ifndef KERNEL_TRUST_TRUST_H
#define KERNEL_TRUST_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Stack that both need, RSA with 4,096 bits the most of it, and interrupts. Who calls for a module, which others may have called
 * that were called by others, looks whether there is as much: thread_stack_left().
 */
#define TRUST_STACK_BYTES 5376

/**
 * trust_check - are these bytes signed by a key that is built in?
 * Return: 0; -TENON_EINVAL: the message is not one that is read here; -TENON_ENOKEY: another key; -TENON_EKEYREJECTED: it
 * is not the signature of these bytes; -TENON_EACCES: they are revoked. Context: thread.
 */
int trust_check(const void *data, size_t size, const void *message, size_t message_size);
/* The module core's function `verify`. */
int trust_verify(void *context, const void *data, size_t size, const void *message, size_t message_size);
/* Is a module with this tenon_module_signer() revoked by now, by its content or its key? Context: any. */
bool trust_is_revoked(uint64_t signer);

#endif
