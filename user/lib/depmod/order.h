/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Orders. Modules come as modules.order lists them; those that it does not list, and all symbols, in the order in which
 * kmod's hash tables have them, so that our files are the same as kmod's to the last byte.
 */
#ifndef LIB_DEPMOD_ORDER_H
#define LIB_DEPMOD_ORDER_H

#include "user/lib/depmod/depmod.h"

#define ORDER_MODULE_BUCKETS 512u
#define ORDER_SYMBOL_BUCKETS 2048u

/** order_hash - SuperFastHash of Paul Hsieh, which kmod has. */
uint32_t order_hash(const char *text);

/** depmod_order - sort the modules. Return: 0 or -ENOMEM. */
int depmod_order(struct depmod *d);

/** depmod_symbol_order - all exported names' numbers, in order. Return: NULL without memory; to be freed. */
uint32_t *depmod_symbol_order(const struct depmod *d);

#endif
