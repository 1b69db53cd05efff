/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux 6.12 writes the values of some variables into its code when it starts. Here code stays as it is, and the variables
 * are read, as on processors for which Linux has no such way.
 */
#if __has_include(<asm-generic/runtime-const.h>)
#include <asm-generic/runtime-const.h>
#endif
