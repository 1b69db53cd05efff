/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * All of a C library that the core needs. Freestanding compilers have no <string.h>; the kernel that the core is
 * linked into has these functions, or takes those of runtime/.
 */
#ifndef CORE_STRING_H
#define CORE_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *p, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *p, int c, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strstr(const char *s, const char *part);

#endif
