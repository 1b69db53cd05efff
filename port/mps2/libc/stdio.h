/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* As much of <stdio.h> as tests/tap.h needs, on the console. */
#ifndef PORT_MPS2_STDIO_H
#define PORT_MPS2_STDIO_H

#include <stdarg.h>

#include "tenon/compiler.h"

typedef struct FILE FILE;
#define stdout ((FILE *)0)

TENON_PRINTF(1, 2) int printf(const char *fmt, ...);
TENON_PRINTF(1, 0) int vprintf(const char *fmt, va_list args);
int putchar(int c);
int fflush(FILE *f);

#endif
