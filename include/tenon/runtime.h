/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What every module may call without leaving its domain: the module `runtime`, which is loaded first into each domain.
 * The mem* and str* functions are C's own, and compilers call some of them unasked. All may be called in any context;
 * none allocates.
 */
#ifndef TENON_RUNTIME_H
#define TENON_RUNTIME_H

#include <stdarg.h>
#include <stddef.h>

#include "tenon/compiler.h"
#include "tenon/kpi/log.h"

/* ---- memory and strings --------------------------------------------------------------------------------------- */

void *memcpy(void *restrict dst, const void *restrict src, size_t len);
void *memmove(void *dst, const void *src, size_t len);
void *memset(void *dst, int byte, size_t len);
int memcmp(const void *a, const void *b, size_t len);
void *memchr(const void *mem, int byte, size_t len);

size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t max);
char *strchr(const char *s, int c);
char *strrchr(const char *s, int c);
char *strstr(const char *s, const char *what);

/**
 * strscpy - copy a string into a buffer of @size bytes, always with its NUL
 *
 * Return: its length, or -TENON_E2BIG: it was cut, or @size is 0.
 */
long strscpy(char *dst, const char *src, size_t size);

/* ---- formatting ----------------------------------------------------------------------------------------------- */

/**
 * tenon_vsnprintf - C's vsnprintf with d i u x X o c s p %, flags "-+ 0#", width, precision, * and hh h l ll z t j
 *
 * What it does not know, floating point and %n among it, is put out as it stands; the argument is not taken.
 *
 * Return: the length of the whole text, as if @size were large enough.
 */
TENON_PRINTF(3, 0) int tenon_vsnprintf(char *buf, size_t size, const char *fmt, va_list args);
TENON_PRINTF(3, 4) int tenon_snprintf(char *buf, size_t size, const char *fmt, ...);

/* ---- log ------------------------------------------------------------------------------------------------------ */

/**
 * tenon_printk - format one line and write it to the log
 * @level: enum tenon_level
 *
 * A line longer than 256 bytes is cut.
 *
 * Return: what tenon_log returns.
 */
TENON_PRINTF(2, 3) int tenon_printk(int level, const char *fmt, ...);

/* A source may define pr_fmt before it includes anything, to begin all its lines alike. */
#ifndef pr_fmt
#define pr_fmt(fmt) fmt
#endif

#define pr_err(fmt, ...) tenon_printk(TENON_LEVEL_ERR, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...) tenon_printk(TENON_LEVEL_WARNING, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...) tenon_printk(TENON_LEVEL_NOTICE, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...) tenon_printk(TENON_LEVEL_INFO, pr_fmt(fmt), ##__VA_ARGS__)
#define pr_debug(fmt, ...) tenon_printk(TENON_LEVEL_DEBUG, pr_fmt(fmt), ##__VA_ARGS__)

#endif
