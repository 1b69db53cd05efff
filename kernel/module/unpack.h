/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Packed files of modules. */
#ifndef KERNEL_MODULE_UNPACK_H
#define KERNEL_MODULE_UNPACK_H

#include <stddef.h>

/**
 * module_unpack - unpack a file, into memory of the heap
 *
 * Return: 0; -TENON_EINVAL: it is of no known format, damaged, or not all there; -TENON_EOPNOTSUPP: no module unpacks the
 * format; -TENON_EFBIG: what comes out is larger than a module's file may be; -TENON_ENOMEM; -TENON_EOWNERDEAD and others: the
 * module that unpacks it has died, or cannot. Thread, no lock is held.
 */
int module_unpack(const void *packed, size_t len, void **out, size_t *bytes);

#endif
