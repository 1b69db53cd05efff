// SPDX-License-Identifier: GPL-2.0-only
/* Memory and strings. What the compiler may make calls to is here too, for Linux's checksums and Linux's names. */
#define __NO_FORTIFY
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "linux/export.h"

/* ---- memory ---- */

#undef memcpy
#undef memmove
#undef memset

void *memcpy(void *to, const void *from, size_t len)
{
	void *at = to;

	asm volatile("rep movsb" : "+D"(at), "+S"(from), "+c"(len) : : "memory");
	return to;
}
EXPORT_SYMBOL(memcpy);

void *memmove(void *to, const void *from, size_t len)
{
	char *d = (char *)to + len;
	const char *s = (const char *)from + len;

	if ((size_t)((char *)to - (const char *)from) >= len)
		return memcpy(to, from, len);
	while (len--)
		*--d = *--s;
	return to;
}
EXPORT_SYMBOL(memmove);

void *memset(void *mem, int byte, size_t len)
{
	void *at = mem;

	asm volatile("rep stosb" : "+D"(at), "+c"(len) : "a"(byte) : "memory");
	return mem;
}
EXPORT_SYMBOL(memset);

int memcmp(const void *a, const void *b, size_t len)
{
	const u8 *x = a, *y = b;

	for (; len; x++, y++, len--)
		if (*x != *y)
			return *x - *y;
	return 0;
}
EXPORT_SYMBOL(memcmp);

void *memchr(const void *mem, int byte, size_t len)
{
	for (const u8 *p = mem; len; p++, len--)
		if (*p == (u8)byte)
			return (void *)p;
	return NULL;
}
EXPORT_SYMBOL(memchr);

void *memchr_inv(const void *mem, int byte, size_t len)
{
	for (const u8 *p = mem; len; p++, len--)
		if (*p != (u8)byte)
			return (void *)p;
	return NULL;
}
EXPORT_SYMBOL(memchr_inv);

void *memscan(void *mem, int byte, size_t len)
{
	void *found = memchr(mem, byte, len);

	return found ? found : (char *)mem + len;
}
EXPORT_SYMBOL(memscan);

/* ---- length and copies ---- */

size_t strnlen(const char *s, size_t max)
{
	size_t len = 0;

	while (len < max && s[len])
		len++;
	return len;
}
EXPORT_SYMBOL(strnlen);

size_t strlen(const char *s)
{
	return strnlen(s, SIZE_MAX);
}
EXPORT_SYMBOL(strlen);

char *strcpy(char *to, const char *from)
{
	return memcpy(to, from, strlen(from) + 1);
}
EXPORT_SYMBOL(strcpy);

char *strncpy(char *to, const char *from, size_t size)
{
	size_t len = strnlen(from, size);

	memcpy(to, from, len);
	memset(to + len, 0, size - len);
	return to;
}
EXPORT_SYMBOL(strncpy);

ssize_t strscpy(char *to, const char *from, size_t size)
{
	size_t len = strnlen(from, size);
	bool cut = len == size;

	if (!size)
		return -E2BIG;
	memcpy(to, from, len - cut);
	to[len - cut] = '\0';
	return cut ? -E2BIG : (ssize_t)len;
}
EXPORT_SYMBOL(strscpy);

ssize_t strscpy_pad(char *to, const char *from, size_t size)
{
	ssize_t len = strscpy(to, from, size);

	if (len >= 0)
		memset(to + len, 0, size - (size_t)len);
	return len;
}
EXPORT_SYMBOL(strscpy_pad);

size_t strlcpy(char *to, const char *from, size_t size)
{
	strscpy(to, from, size);
	return strlen(from);
}
EXPORT_SYMBOL(strlcpy);

char *strcat(char *to, const char *from)
{
	strcpy(to + strlen(to), from);
	return to;
}
EXPORT_SYMBOL(strcat);

char *strncat(char *to, const char *from, size_t max)
{
	size_t len = strnlen(from, max);
	char *end = to + strlen(to);

	memcpy(end, from, len);
	end[len] = '\0';
	return to;
}
EXPORT_SYMBOL(strncat);

size_t strlcat(char *to, const char *from, size_t size)
{
	size_t len = strnlen(to, size);

	return len + strlcpy(to + len, from, size - len);
}
EXPORT_SYMBOL(strlcat);

/* ---- comparing ---- */

int strncmp(const char *a, const char *b, size_t max)
{
	for (; max; a++, b++, max--)
		if (*a != *b || !*a)
			return (u8)*a < (u8)*b ? -1 : *a != *b;
	return 0;
}
EXPORT_SYMBOL(strncmp);

int strcmp(const char *a, const char *b)
{
	return strncmp(a, b, SIZE_MAX);
}
EXPORT_SYMBOL(strcmp);

int strncasecmp(const char *a, const char *b, size_t max)
{
	for (; max; a++, b++, max--) {
		int x = tolower((u8)*a), y = tolower((u8)*b);

		if (x != y || !x)
			return x - y;
	}
	return 0;
}
EXPORT_SYMBOL(strncasecmp);

int strcasecmp(const char *a, const char *b)
{
	return strncasecmp(a, b, SIZE_MAX);
}
EXPORT_SYMBOL(strcasecmp);

/* ---- finding ---- */

char *strnchr(const char *s, size_t max, int c)
{
	for (; max; s++, max--) {
		if (*s == (char)c)
			return (char *)s;
		if (!*s)
			break;
	}
	return NULL;
}
EXPORT_SYMBOL(strnchr);

char *strchr(const char *s, int c)
{
	return strnchr(s, SIZE_MAX, c);
}
EXPORT_SYMBOL(strchr);

char *strchrnul(const char *s, int c)
{
	char *found = strchr(s, c);

	return found ? found : (char *)s + strlen(s);
}
EXPORT_SYMBOL(strchrnul);

char *strrchr(const char *s, int c)
{
	const char *last = NULL;

	do
		if (*s == (char)c)
			last = s;
	while (*s++);
	return (char *)last;
}
EXPORT_SYMBOL(strrchr);

char *strnstr(const char *s, const char *what, size_t max)
{
	size_t len = strlen(what), left = strnlen(s, max);

	for (; left >= len; s++, left--)
		if (!memcmp(s, what, len))
			return (char *)s;
	return NULL;
}
EXPORT_SYMBOL(strnstr);

char *strstr(const char *s, const char *what)
{
	return strnstr(s, what, SIZE_MAX);
}
EXPORT_SYMBOL(strstr);

size_t strspn(const char *s, const char *accept)
{
	size_t len = 0;

	while (s[len] && strchr(accept, s[len]))
		len++;
	return len;
}
EXPORT_SYMBOL(strspn);

size_t strcspn(const char *s, const char *reject)
{
	size_t len = 0;

	while (s[len] && !strchr(reject, s[len]))
		len++;
	return len;
}
EXPORT_SYMBOL(strcspn);

char *strpbrk(const char *s, const char *accept)
{
	s += strcspn(s, accept);
	return *s ? (char *)s : NULL;
}
EXPORT_SYMBOL(strpbrk);

char *strsep(char **s, const char *delimiters)
{
	char *start = *s, *end = start ? strpbrk(start, delimiters) : NULL;

	if (end)
		*end++ = '\0';
	*s = end;
	return start;
}
EXPORT_SYMBOL(strsep);

char *skip_spaces(const char *s)
{
	while (isspace(*s))
		s++;
	return (char *)s;
}
EXPORT_SYMBOL(skip_spaces);

char *strim(char *s)
{
	size_t len = strlen(s);

	while (len && isspace(s[len - 1]))
		s[--len] = '\0';
	return skip_spaces(s);
}
EXPORT_SYMBOL(strim);

/* ---- what compiled-in checks call ---- */

void __noreturn fortify_panic(const char *name);
void __noreturn __stack_chk_fail(void); /* only compilers know its prototype */

void fortify_panic(const char *name)
{
	_printk(KERN_ERR "buffer overflow detected in %s\n", name);
	__builtin_trap();
}
EXPORT_SYMBOL(fortify_panic);

void __stack_chk_fail(void)
{
	_printk(KERN_ERR "stack canary overwritten\n");
	__builtin_trap();
}
EXPORT_SYMBOL(__stack_chk_fail);
