/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The control calls of the device "upper", for the programs that use it. */
#ifndef EXAMPLES_CHARDEV_H
#define EXAMPLES_CHARDEV_H

#include <stdint.h>

enum {
	UPPER_SUM = 1,   /* struct upper_sum in and out: checksum of a part of the shared buffer */
	UPPER_CLEAR = 2, /* nothing in or out: forget what was written */
};

struct upper_sum {
	uint32_t offset, len; /* which bytes of the buffer */
	uint32_t sum;         /* out: their Adler-32 (RFC 1950, section 8.2) */
};

#endif
