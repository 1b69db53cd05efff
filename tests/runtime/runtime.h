/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The runtime under the names that it has in rt.c and hw.c, and the interface that it calls, faked. */
#ifndef TESTS_RUNTIME_RUNTIME_H
#define TESTS_RUNTIME_RUNTIME_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define RUNTIME_MEM(prefix)                                                                                            \
	void *prefix##memcpy(void *restrict dst, const void *restrict src, size_t len);                                \
	void *prefix##memmove(void *dst, const void *src, size_t len);                                                 \
	void *prefix##memset(void *dst, int byte, size_t len);                                                         \
	int prefix##memcmp(const void *a, const void *b, size_t len);                                                  \
	void *prefix##memchr(const void *mem, int byte, size_t len)

RUNTIME_MEM(rt_);
RUNTIME_MEM(hw_);

size_t rt_strlen(const char *s);
size_t rt_strnlen(const char *s, size_t max);
int rt_strcmp(const char *a, const char *b);
int rt_strncmp(const char *a, const char *b, size_t max);
char *rt_strchr(const char *s, int c);
char *rt_strrchr(const char *s, int c);
char *rt_strstr(const char *s, const char *what);
long rt_strscpy(char *dst, const char *src, size_t size);

int tenon_snprintf(char *buf, size_t size, const char *fmt, ...);
int tenon_printk(int level, const char *fmt, ...);

extern uintptr_t rt___stack_chk_guard;
void rt___stack_chk_fail(void);
int rt_init_module(void);

/* What the fake interface saw last, and what it answers. */
extern char fake_line[2048];
extern size_t fake_len;
extern int fake_level, fake_random;

/* A pseudo-random number below @bound; the same sequence in every run. */
uint32_t fake_rand(uint32_t bound);

#endif
