/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "core/string.h"

#include "core/fmt/license.h"
#include "core/fmt/modinfo.h"

bool license_is_gpl(const char *license)
{
	static const char gpl[] = "GPL,GPL v2,GPL and additional rights,Dual BSD/GPL,Dual MIT/GPL,Dual MPL/GPL";

	return license && modinfo_list_has(gpl, license, strlen(license));
}
