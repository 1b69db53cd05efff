/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef LIB_ALIAS_H
#define LIB_ALIAS_H

/* With the NUL; keys of indexes are no longer than this. */
#define TMOD_ALIAS_BYTES_MAX 4096

#endif
