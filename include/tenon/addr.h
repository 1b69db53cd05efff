/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* An address, an offset or a size in a domain: as wide as the host's own pointers, which suffice for its modules. */
#ifndef TENON_ADDR_H
#define TENON_ADDR_H

#include <stdint.h>

typedef uintptr_t tenon_addr;

#endif
