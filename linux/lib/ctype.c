// SPDX-License-Identifier: GPL-2.0-only
/* The classes of characters, of ISO 8859-1 as in Linux: a bit each, by character (see linux/ctype.h). */
#include <linux/ctype.h>
#include <linux/export.h>

#include "linux/export.h"

#define CONTROL _C
#define BLANK (_C | _S)
#define HEX_UPPER (_U | _X)
#define HEX_LOWER (_L | _X)

/* clang-format off */
const unsigned char _ctype[] = {
	[0x00 ... 0x08] = CONTROL, [0x09 ... 0x0d] = BLANK,     [0x0e ... 0x1f] = CONTROL,
	[' '] = _S | _SP,          ['!' ... '/'] = _P,          ['0' ... '9'] = _D,
	[':' ... '@'] = _P,        ['A' ... 'F'] = HEX_UPPER,   ['G' ... 'Z'] = _U,
	['[' ... '`'] = _P,        ['a' ... 'f'] = HEX_LOWER,   ['g' ... 'z'] = _L,
	['{' ... '~'] = _P,        [0x7f] = CONTROL,            [0x80 ... 0x9f] = 0,
	[0xa0] = _S | _SP,         [0xa1 ... 0xbf] = _P,        [0xc0 ... 0xd6] = _U,
	[0xd7] = _P,               [0xd8 ... 0xde] = _U,        [0xdf ... 0xf6] = _L,
	[0xf7] = _P,               [0xf8 ... 0xff] = _L,
};
/* clang-format on */
EXPORT_SYMBOL(_ctype);
