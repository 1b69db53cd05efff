// SPDX-License-Identifier: GPL-2.0-only
/* Character sets: the list in which their modules enter themselves, and UTF-8 and UTF-16, which Linux's core has. */
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/nls.h>
#include <linux/spinlock.h>

#include "linux/glue.h"
#include "linux/export.h"

#define SURROGATE_FIRST 0xd800u
#define SURROGATE_LOW 0xdc00u
#define SURROGATE_END 0xe000u
#define PLANE_0_END 0x10000u
#define UNICODE_END 0x110000u

static struct nls_table *tables;
static DEFINE_SPINLOCK(tables_lock);

/* ---- the list ---- */

int __register_nls(struct nls_table *nls, struct module *owner)
{
	if (nls->next)
		return -EBUSY;
	nls->owner = owner;
	spin_lock(&tables_lock);
	nls->next = tables;
	tables = nls;
	spin_unlock(&tables_lock);
	return 0;
}
EXPORT_SYMBOL(__register_nls);

int unregister_nls(struct nls_table *nls)
{
	int err = -EINVAL;

	spin_lock(&tables_lock);
	for (struct nls_table **link = &tables; *link; link = &(*link)->next) {
		if (*link != nls)
			continue;
		*link = nls->next;
		nls->next = NULL;
		err = 0;
		break;
	}
	spin_unlock(&tables_lock);
	return err;
}
EXPORT_SYMBOL(unregister_nls);

static struct nls_table *find(const char *charset)
{
	struct nls_table *nls;

	spin_lock(&tables_lock);
	for (nls = tables; nls; nls = nls->next)
		if (!strcmp(nls->charset, charset) || (nls->alias && !strcmp(nls->alias, charset)))
			break;
	if (nls && !try_module_get(nls->owner))
		nls = NULL;
	spin_unlock(&tables_lock);
	return nls;
}

struct nls_table *load_nls(const char *charset)
{
	struct nls_table *nls = find(charset);

	if (nls || __request_module(true, "nls_%s", charset))
		return nls;
	return find(charset);
}
EXPORT_SYMBOL(load_nls);

void unload_nls(struct nls_table *nls)
{
	if (nls)
		module_put(nls->owner);
}
EXPORT_SYMBOL(unload_nls);

/* ---- the default: the first 256 characters of Unicode, as they are ---- */

static unsigned char same[256];

static int latin1_uni2char(wchar_t code, unsigned char *out, int room)
{
	if (room <= 0)
		return -ENAMETOOLONG;
	if (code > 0xff)
		return -EINVAL;
	*out = (unsigned char)code;
	return 1;
}

static int latin1_char2uni(const unsigned char *bytes, int len, wchar_t *code)
{
	(void)len;
	*code = *bytes;
	return 1;
}

static struct nls_table latin1 = {
	.charset = "default",
	.uni2char = latin1_uni2char,
	.char2uni = latin1_char2uni,
	.charset2lower = same,
	.charset2upper = same,
};

struct nls_table *load_nls_default(void)
{
	for (unsigned int i = 0; i < sizeof(same); i++)
		same[i] = (unsigned char)i;
	return &latin1;
}
EXPORT_SYMBOL(load_nls_default);

/* ---- UTF-8 (RFC 3629) ---- */

int utf8_to_utf32(const u8 *s, int len, unicode_t *out)
{
	static const u32 first_of[] = { 0, 0, 0x80, 0x800, 0x10000 }; /* anything less has a shorter form */
	int bytes = s[0] < 0x80 ? 1 : s[0] < 0xc0 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf8 ? 4 : 0;
	u32 code = bytes == 1 ? s[0] : s[0] & (0x7fu >> bytes);

	if (!bytes || bytes > len)
		return -1;
	for (int i = 1; i < bytes; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return -1;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (code < first_of[bytes] || code >= UNICODE_END || (code >= SURROGATE_FIRST && code < SURROGATE_END))
		return -1;
	*out = code;
	return bytes;
}
EXPORT_SYMBOL(utf8_to_utf32);

int utf32_to_utf8(unicode_t code, u8 *s, int room)
{
	int bytes = code < 0x80 ? 1 : code < 0x800 ? 2 : code < PLANE_0_END ? 3 : 4;

	if (!s)
		return 0;
	if (code >= UNICODE_END || (code >= SURROGATE_FIRST && code < SURROGATE_END) || bytes > room)
		return -1;
	for (int i = bytes - 1; i > 0; i--, code >>= 6)
		s[i] = (u8)(0x80 | (code & 0x3f));
	s[0] = (u8)(bytes == 1 ? code : (0xf00u >> bytes & 0xff) | code);
	return bytes;
}
EXPORT_SYMBOL(utf32_to_utf8);

static void put_utf16(wchar_t *out, unsigned int unit, enum utf16_endian endian)
{
	*out = endian == UTF16_BIG_ENDIAN ? (wchar_t)cpu_to_be16((u16)unit) : (wchar_t)unit;
}

static unsigned int get_utf16(wchar_t unit, enum utf16_endian endian)
{
	return endian == UTF16_BIG_ENDIAN ? be16_to_cpu((__force __be16)(u16)unit) : (u16)unit;
}

/* Return: 16-bit units put out, or -EINVAL. Ends at a NUL. */
int utf8s_to_utf16s(const u8 *s, int len, enum utf16_endian endian, wchar_t *out, int room)
{
	wchar_t *at = out;

	while (len > 0 && room > 0 && *s) {
		unicode_t code;
		int bytes = utf8_to_utf32(s, len, &code);

		if (bytes < 0)
			return -EINVAL;
		s += bytes;
		len -= bytes;
		if (code < PLANE_0_END) {
			put_utf16(at++, code, endian);
			room--;
			continue;
		}
		if (room < 2)
			break;
		code -= PLANE_0_END;
		put_utf16(at++, SURROGATE_FIRST | code >> 10, endian);
		put_utf16(at++, SURROGATE_LOW | (code & 0x3ff), endian);
		room -= 2;
	}
	return (int)(at - out);
}
EXPORT_SYMBOL(utf8s_to_utf16s);

/* Return: bytes put out. Halves of a pair without the other are left out. Ends at a NUL. */
int utf16s_to_utf8s(const wchar_t *s, int len, enum utf16_endian endian, u8 *out, int room)
{
	u8 *at = out;

	for (; len > 0 && room > 0; s++, len--) {
		unicode_t code = get_utf16(*s, endian);
		int bytes;

		if (!code)
			break;
		if (code >= SURROGATE_FIRST && code < SURROGATE_END) {
			unsigned int low = code < SURROGATE_LOW && len > 1 ? get_utf16(s[1], endian) : 0;

			if (low < SURROGATE_LOW || low >= SURROGATE_END)
				continue;
			code = PLANE_0_END + ((code & 0x3ff) << 10) + (low & 0x3ff);
			s++;
			len--;
		}
		bytes = utf32_to_utf8(code, at, room);
		if (bytes < 0)
			break;
		at += bytes;
		room -= bytes;
	}
	return (int)(at - out);
}
EXPORT_SYMBOL(utf16s_to_utf8s);

/* ---- for the device ---- */

struct nls_table *linux_nls_load(const char *charset)
{
	return load_nls(charset);
}

void linux_nls_unload(struct nls_table *nls)
{
	unload_nls(nls);
}

int linux_nls_decode(struct nls_table *nls, const unsigned char *bytes, int len, unsigned short *code)
{
	wchar_t wide = 0;
	int taken = nls->char2uni(bytes, len, &wide);

	*code = (unsigned short)wide;
	return taken;
}

int linux_nls_encode(struct nls_table *nls, unsigned short code, unsigned char *out, int room)
{
	return nls->uni2char(code, out, room);
}
