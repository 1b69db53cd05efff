/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Names that are the same, and licences that Linux takes for the GPL. */
#include "core/fmt/license.h"
#include "core/fmt/modname.h"

#include <string.h>

#include "tests/tap.h"

static void names(void)
{
	char text[] = "a-b_c-";

	ok(!strcmp(modname_fold_text(text), "a_b_c_"), "a name is kept with '_'");
	ok(modname_is("export_a", "export-a", 8) && modname_is("export-a", "export_a", 8), "'-' and '_' are the same");
	ok(modname_is("a", "ab", 1) && modname_is("", "", 0), "the length counts");
	ok(!modname_is("ab", "a", 1) && !modname_is("a", "a\0b", 3) && !modname_is("ab", "ac", 2),
	   "others are not the same");
}

static void licences(void)
{
	/* Linux, license-rules.rst: its table of MODULE_LICENSE, and what is near it. */
	static const char *const gpl[] = { "GPL",          "GPL v2",       "GPL and additional rights",
					   "Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL" };
	static const char *const other[] = {
		"", "gpl", "GPL ", "GPL v3", "MIT", "BSD", "Proprietary", "GPL v2,", ",", "Dual", "Dual Apache-2.0/GPL"
	};

	for (size_t i = 0; i < sizeof(gpl) / sizeof(gpl[0]); i++)
		ok(license_is_gpl(gpl[i]), "%s is the GPL", gpl[i]);
	for (size_t i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		ok(!license_is_gpl(other[i]), "'%s' is not", other[i]);
	ok(!license_is_gpl(NULL), "no licence is not");
}

int main(void)
{
	names();
	licences();
	return tap_done();
}
