/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef CORE_FMT_LICENSE_H
#define CORE_FMT_LICENSE_H

#include <stdbool.h>

/**
 * license_is_gpl - may a module of this licence use exports that are for GPL modules only?
 * @license: the value of `license` in .modinfo, or NULL
 *
 * Source: Linux, Documentation/process/license-rules.rst, "MODULE_LICENSE": these identifiers and no others.
 */
bool license_is_gpl(const char *license);

#endif
