/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "core/fmt/modinfo.h"
#include "tenon/errno.h"
#include "tests/tap.h"

/* On the heap with its exact size, so that reading outside is seen. */
static struct modinfo section(const char *bytes, size_t size)
{
	char *p = malloc(size ? size : 1);

	memcpy(p, bytes, size);
	return (struct modinfo){ p, size };
}

static void test_check(const char *what, const char *bytes, size_t size, bool good, uint64_t offset)
{
	struct modinfo mi = section(bytes, size);
	struct tenon_diag why = { 0 };
	int err = modinfo_check(&mi, &why);

	if (good)
		ok(err == 0, "good: %s", what);
	else
		ok(err == -TENON_ENOEXEC && why.reason == TENON_R_MODINFO_MALFORMED && why.offset == offset,
		   "malformed at %d: %s", (int)offset, what);
	free((char *)mi.data);
}

static bool is_item(const char *item, size_t len, const char *want)
{
	return item && len == strlen(want) && !memcmp(item, want, len);
}

static void test_read(void)
{
	static const char text[] = "\0license=GPL\0\0\0alias=pci:1\0name=x\0alias=usb:a=b\0aliasx=no\0depends=\0";
	static const struct {
		const char *key, *value;
	} want[] = { { "license", "GPL" },   { "alias", "pci:1" }, { "name", "x" },
		     { "alias", "usb:a=b" }, { "aliasx", "no" },   { "depends", "" } };
	struct modinfo mi = section(text, sizeof(text) - 1), none = { NULL, 0 };
	const char *at = NULL, *value;
	size_t i = 0, len;

	while ((len = modinfo_next(&mi, &at, &value))) {
		if (!ok(i < 6 && is_item(at, len, want[i].key) && !strcmp(value, want[i].value), "entry %zu", i))
			break;
		i++;
	}
	ok(i == 6, "six entries");
	value = modinfo_get(&mi, "alias");
	ok(value && !strcmp(value, "pci:1"), "first alias");
	value = value ? modinfo_get_next(&mi, "alias", value) : NULL;
	ok(value && !strcmp(value, "usb:a=b"), "next alias, with = in its value");
	ok(value && !modinfo_get_next(&mi, "alias", value), "no third alias");
	ok(!modinfo_get(&mi, "lic") && !modinfo_get(&mi, "license=GPL") && !modinfo_get(&mi, ""), "keys match whole");
	value = modinfo_get(&mi, "depends");
	ok(value && !*value && !modinfo_get_next(&mi, "depends", value), "empty value at the very end");
	at = NULL;
	ok(!modinfo_get(&none, "name") && !modinfo_next(&none, &at, &value), "nothing in an empty section");
	free((char *)mi.data);
}

static void test_list(const char *list, const char *joined)
{
	const char *at = list, *item;
	char got[64] = "";
	size_t len;

	while ((item = modinfo_list_next(&at, &len))) {
		strncat(got, item, len);
		strcat(got, "|");
	}
	ok(!strcmp(got, joined) && !modinfo_list_next(&at, &len), "list '%s'", list);
}

int main(void)
{
	test_check("empty section", "", 0, true, 0);
	test_check("only padding", "\0\0\0", 3, true, 0);
	test_check("one entry", "a=b", 4, true, 0);
	test_check("empty value", "a=", 3, true, 0);
	test_check("padding between", "\0a=b\0\0\0c=d\0", 12, true, 0);
	test_check("not terminated", "a=b", 3, false, 2);
	test_check("no =", "a=b\0cd", 7, false, 4);
	test_check("= only in the next", "ab\0c=d", 7, false, 0);
	test_check("no key", "a=b\0\0=d", 8, false, 5);
	test_read();
	test_list("", "");
	test_list(",", "");
	test_list("a", "a|");
	test_list("a,bc,def", "a|bc|def|");
	test_list(",a,,b,", "a|b|");
	return tap_done();
}
