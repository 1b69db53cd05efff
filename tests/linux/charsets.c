/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Debian's character sets against iconv: every byte, pairs of bytes from 8000 on, every character below the surrogates.
 * Where both know it they must agree. Sets of one byte must also know the same. The exceptions are facts of the tables,
 * such as where the euro sign is: they were looked at once, and there may not be more.
 */
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

#include "tests/linux/compartment.h"

struct charset {
	const char *module, *linux_name, *iconv_name;
	bool wide;  /* has characters of two bytes */
	int unlike; /* exceptions */
};

static const struct charset charsets[] = {
	{ "nls_ascii", "ascii", "ASCII", false, 0 },
	{ "nls_cp437", "cp437", "CP437", false, 0 },
	{ "nls_cp737", "cp737", "CP737", false, 0 },
	{ "nls_cp775", "cp775", "CP775", false, 0 },
	{ "nls_cp850", "cp850", "CP850", false, 0 },
	{ "nls_cp852", "cp852", "CP852", false, 0 },
	{ "nls_cp855", "cp855", "CP855", false, 0 },
	{ "nls_cp857", "cp857", "CP857", false, 0 },
	{ "nls_cp860", "cp860", "CP860", false, 0 },
	{ "nls_cp861", "cp861", "CP861", false, 0 },
	{ "nls_cp862", "cp862", "CP862", false, 0 },
	{ "nls_cp863", "cp863", "CP863", false, 0 },
	{ "nls_cp864", "cp864", "CP864", false, 0 },
	{ "nls_cp865", "cp865", "CP865", false, 0 },
	{ "nls_cp866", "cp866", "CP866", false, 0 },
	{ "nls_cp869", "cp869", "CP869", false, 0 },
	{ "nls_cp874", "cp874", "CP874", false, 2 },
	{ "nls_cp1250", "cp1250", "CP1250", false, 0 },
	{ "nls_cp1251", "cp1251", "CP1251", false, 12 },
	{ "nls_cp1255", "cp1255", "CP1255", false, 8 },
	{ "nls_iso8859_1", "iso8859-1", "ISO-8859-1", false, 0 },
	{ "nls_iso8859_2", "iso8859-2", "ISO-8859-2", false, 0 },
	{ "nls_iso8859_3", "iso8859-3", "ISO-8859-3", false, 0 },
	{ "nls_iso8859_4", "iso8859-4", "ISO-8859-4", false, 0 },
	{ "nls_iso8859_5", "iso8859-5", "ISO-8859-5", false, 0 },
	{ "nls_iso8859_6", "iso8859-6", "ISO-8859-6", false, 30 },
	{ "nls_iso8859_7", "iso8859-7", "ISO-8859-7", false, 12 },
	{ "nls_iso8859_9", "iso8859-9", "ISO-8859-9", false, 0 },
	{ "nls_iso8859_13", "iso8859-13", "ISO-8859-13", false, 0 },
	{ "nls_iso8859_14", "iso8859-14", "ISO-8859-14", false, 29 },
	{ "nls_iso8859_15", "iso8859-15", "ISO-8859-15", false, 0 },
	{ "nls_koi8_r", "koi8-r", "KOI8-R", false, 0 },
	{ "nls_koi8_u", "koi8-u", "KOI8-U", false, 0 },
	{ "mac_roman", "macroman", "MACINTOSH", false, 4 },
	{ "mac_cyrillic", "maccyrillic", "MAC-CYRILLIC", false, 3 },
	{ "mac_centeuro", "maccenteuro", "MAC-CENTRALEUROPE", false, 0 },
	{ "nls_cp932", "cp932", "CP932", true, 358 },
	{ "nls_cp936", "cp936", "CP936", true, 0 },
	{ "nls_cp949", "cp949", "CP949", true, 32 },
	{ "nls_cp950", "cp950", "CP950", true, 325 },
	{ "nls_euc_jp", "euc-jp", "EUC-JP", true, 15 },
	{ "nls_utf8", "utf8", "UTF-8", true, 0 },
};

#define CODES 0x10000
static char answer[16 * CODES];

/* Convert all of @in by iconv. Return: bytes put out, 0 if it cannot be. */
static size_t convert(iconv_t cd, const void *in, size_t len, void *out, size_t room)
{
	char *from = (char *)in, *to = out;
	size_t left = room;

	iconv(cd, NULL, NULL, NULL, NULL);
	if (iconv(cd, &from, &len, &to, &left) || len || iconv(cd, NULL, NULL, &to, &left))
		return 0;
	return room - left;
}

/* What iconv makes of @len bytes: the character, or 0: not one character of the first plane. */
static unsigned int decode(iconv_t cd, const uint8_t *bytes, size_t len)
{
	uint16_t code[4];

	return convert(cd, bytes, len, code, sizeof(code)) == 2 ? code[0] : 0;
}

struct counts {
	int equal, differ, only_here, only_iconv;
};

static void count(struct counts *n, const char *here, const char *there)
{
	bool none_here = !strcmp(here, "-"), none_there = !strcmp(there, "-");

	if (none_here && none_there)
		return;
	n->only_here += none_there;
	n->only_iconv += none_here;
	n->differ += !none_here && !none_there && strcmp(here, there);
	n->equal += !strcmp(here, there);
}

/* Ask for what @items has, and compare the answers with those of iconv, which @expect gives for item @i. */
static struct counts compare(const struct charset *cs, unsigned int cnt, void (*item)(unsigned int i, char *text),
			     void (*expect)(iconv_t cd, unsigned int i, char *text), iconv_t cd)
{
	static char line[60000];
	struct counts n = { 0 };

	for (unsigned int done = 0, next; done < cnt; done = next) {
		int len = snprintf(line, sizeof(line), "%s", cs->linux_name);
		char *at = answer;

		for (next = done; next < cnt && len < 50000; next++) {
			line[len++] = ' ';
			item(next, line + len);
			len += (int)strlen(line + len);
		}
		if (ask_nls(line, answer, sizeof(answer)) <= 0) {
			n.differ = CODES;
			return n;
		}
		for (unsigned int i = done; i < next; i++) {
			char *here = strsep(&at, " \n"), there[32];

			expect(cd, i, there);
			count(&n, here ? here : "?", there);
		}
	}
	return n;
}

static void byte_item(unsigned int i, char *text)
{
	sprintf(text, "%02X", i + 1);
}

static void byte_expect(iconv_t cd, unsigned int i, char *text)
{
	uint8_t byte = (uint8_t)(i + 1);
	unsigned int code = decode(cd, &byte, 1);

	sprintf(text, code ? "U+%04X" : "-", code);
}

static void pair_item(unsigned int i, char *text)
{
	sprintf(text, "%04X", i + 0x8000);
}

/* Pairs that are one character; others, such as two of one byte, are left to the test of bytes. */
static void pair_expect(iconv_t cd, unsigned int i, char *text)
{
	uint8_t bytes[2] = { (uint8_t)((i + 0x8000) >> 8), (uint8_t)i };
	unsigned int code = decode(cd, bytes, 2);

	sprintf(text, code ? "U+%04X" : "-", code);
}

static void code_item(unsigned int i, char *text)
{
	sprintf(text, "U+%04X", i + 1);
}

static void code_expect(iconv_t cd, unsigned int i, char *text)
{
	uint16_t code = (uint16_t)(i + 1);
	uint8_t bytes[8];
	size_t len = convert(cd, &code, 2, bytes, sizeof(bytes));

	strcpy(text, "-");
	for (size_t k = 0; k < len; k++)
		sprintf(text + 2 * k, "%02X", bytes[k]);
}

static void judge(struct compartment *c, const struct charset *cs, const struct counts *byte, const struct counts *pair,
		  const struct counts *code)
{
	int unlike = byte->differ + pair->differ + code->differ;

	if (!cs->wide)
		unlike += byte->only_here + byte->only_iconv + code->only_here + code->only_iconv;
	ok(unlike <= cs->unlike && byte->equal >= 120 && code->equal >= 120 && (!cs->wide || pair->equal > 1900),
	   "%s: %s as iconv: %d bytes, %d pairs, %d characters, and %d exceptions", c->where, cs->module, byte->equal,
	   pair->equal, code->equal, unlike);
}

static void test_charset(struct compartment *c, const struct charset *cs)
{
	iconv_t from = iconv_open("UTF-16LE", cs->iconv_name), to = iconv_open(cs->iconv_name, "UTF-16LE");
	struct counts byte, pair = { 0 }, code;

	if (from == (iconv_t)-1 || to == (iconv_t)-1) {
		ok(true, "%s: %s # SKIP iconv does not know it", c->where, cs->module);
		return;
	}
	if (absent(c, cs->module) || !load(c, cs->module, NULL))
		return;
	byte = compare(cs, 255, byte_item, byte_expect, from);
	if (cs->wide)
		pair = compare(cs, 0x8000, pair_item, pair_expect, from);
	code = compare(cs, 0xd7ff, code_item, code_expect, to);
	judge(c, cs, &byte, &pair, &code);
	iconv_close(from);
	iconv_close(to);
	ok(!try_unload(c, cs->module, NULL), "%s: %s unloads", c->where, cs->module);
}

void test_charsets(struct compartment *c)
{
	for (size_t i = 0; i < sizeof(charsets) / sizeof(charsets[0]); i++)
		test_charset(c, &charsets[i]);
	try_unload(c, "nls_cp932", NULL); /* nls_euc_jp has loaded it */
}
