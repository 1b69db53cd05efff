// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Strings that end with NUL. */
#include "tenon/module.h"

/* By aligned words, which lie in one page each and so can be read from before the beginning and beyond the end. */
__attribute__((no_sanitize_address)) size_t strlen(const char *s)
{
	typedef size_t __attribute__((may_alias)) word;
	const size_t ones = SIZE_MAX / 0xff, highs = ones * 0x80;
	size_t before = (uintptr_t)s % sizeof(word); /* bytes of the first word, which are made not 0 */
	const word *at = (const word *)(s - before);
	word w = *at | (((word)1 << 8 * before) - 1), zero;

	/* The lowest bit that is set is that of the first byte that is 0, the CPUs being little-endian. */
	while (!(zero = (w - ones) & ~w & highs))
		w = *++at;
	/* Below it are as many whole bytes as there are before that one; each, and its own, counts for one. */
	zero = ((zero & -zero) - 1) & ones;
	return (size_t)((const char *)at - s) + (zero * ones >> 8 * (sizeof(word) - 1)) - 1;
}
EXPORT_SYMBOL(strlen);

size_t strnlen(const char *s, size_t max)
{
	size_t len = 0;

	while (len < max && s[len])
		len++;
	return len;
}
EXPORT_SYMBOL(strnlen);

int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return (unsigned char)*a - (unsigned char)*b;
}
EXPORT_SYMBOL(strcmp);

int strncmp(const char *a, const char *b, size_t max)
{
	for (; max && *a && *a == *b; max--, a++, b++)
		;
	return max ? (unsigned char)*a - (unsigned char)*b : 0;
}
EXPORT_SYMBOL(strncmp);

char *strchr(const char *s, int c)
{
	for (; *s != (char)c; s++)
		if (!*s)
			return NULL;
	return (char *)s;
}
EXPORT_SYMBOL(strchr);

char *strrchr(const char *s, int c)
{
	const char *found = NULL;

	do {
		if (*s == (char)c)
			found = s;
	} while (*s++);
	return (char *)found;
}
EXPORT_SYMBOL(strrchr);

char *strstr(const char *s, const char *what)
{
	size_t len = strlen(what);

	for (;; s++) {
		if (!strncmp(s, what, len))
			return (char *)s;
		if (!*s)
			return NULL;
	}
}
EXPORT_SYMBOL(strstr);

long strscpy(char *dst, const char *src, size_t size)
{
	size_t len = strnlen(src, size);

	if (size == 0)
		return -TENON_E2BIG;
	if (len == size)
		len--;
	memcpy(dst, src, len);
	dst[len] = '\0';
	return src[len] ? -TENON_E2BIG : (long)len;
}
EXPORT_SYMBOL(strscpy);
