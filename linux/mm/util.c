// SPDX-License-Identifier: GPL-2.0-only
/* Copies in new memory. */
#include <linux/slab.h>
#include <linux/string.h>

#include "linux/export.h"

void *kmemdup(const void *src, size_t len, gfp_t flags)
{
	void *p = kmalloc(len, flags);

	if (p)
		memcpy(p, src, len);
	return p;
}
EXPORT_SYMBOL(kmemdup);

char *kmemdup_nul(const char *s, size_t len, gfp_t flags)
{
	char *p = s ? kmalloc(len + 1, flags) : NULL;

	if (p) {
		memcpy(p, s, len);
		p[len] = '\0';
	}
	return p;
}
EXPORT_SYMBOL(kmemdup_nul);

char *kstrdup(const char *s, gfp_t flags)
{
	return s ? kmemdup(s, strlen(s) + 1, flags) : NULL;
}
EXPORT_SYMBOL(kstrdup);

char *kstrndup(const char *s, size_t max, gfp_t flags)
{
	return s ? kmemdup_nul(s, strnlen(s, max), flags) : NULL;
}
EXPORT_SYMBOL(kstrndup);

/* Linux does not copy a string of its own read-only data; here every string is copied. */
const char *kstrdup_const(const char *s, gfp_t flags)
{
	return kstrdup(s, flags);
}
EXPORT_SYMBOL(kstrdup_const);

void kfree_const(const void *p)
{
	kfree(p);
}
EXPORT_SYMBOL(kfree_const);
