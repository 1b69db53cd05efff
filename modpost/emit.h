/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The part of a module that modpost adds, as assembler text that every CPU's GNU assembler takes:
 *
 *     .gnu.linkonce.this_module   struct tenon_this_module (include/tenon/module.h)
 *     .modinfo                    vermagic, name, depends, aliases
 *     __versions                  the checksum of each import (include/tenon/fmt/modtables.h)
 *     __kcrctab, __kcrctab_gpl    the checksum of each export
 *     .tenon.types                not loaded: "name NUL type NUL" for each export and import, so that a loader can
 *                                 show what has changed when checksums disagree
 */
#ifndef MODPOST_EMIT_H
#define MODPOST_EMIT_H

#include "modpost/object.h"
#include "modpost/symvers.h"

/** emit_version_name_max - the longest symbol name, without its NUL, that a version entry of this CPU holds. */
size_t emit_version_name_max(const struct object *o);

/** emit_module - write the text for module @name to @path. Imports that nobody provides get the checksum 0. */
void emit_module(const struct object *o, const char *name, const struct symvers *sv, const char *path);

#endif
