/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Failing with a diagnosis. Each reason has its errno value in the table of diag.h, so a check reads
 *
 *     if (bad)
 *             return fail_value(diag, TENON_R_ELF_CLASS, got, want);
 *
 * @diag is never NULL inside the core. Later fields overwrite, module names are filled in once by the load.
 */
#ifndef CORE_FAIL_H
#define CORE_FAIL_H

#include "tenon/diag.h"
#include "tenon/errno.h"

/* Set the reason. Return: its negative errno value. */
int fail(struct tenon_diag *diag, enum tenon_reason reason);
#ifdef TENON_REASON_ONLY
/* Where bytes count more than words: a diagnosis is its reason alone, and what else a check knows costs nothing. */
#define fail_got(diag, reason, got) ((void)(got), fail(diag, reason))
#define fail_value(diag, reason, got, want) ((void)(got), (void)(want), fail(diag, reason))
#define fail_at(diag, reason, offset) ((void)(offset), fail(diag, reason))
#define fail_name(diag, reason, name) ((void)(name), fail(diag, reason))
#define fail_names(diag, reason, name, other) ((void)(name), (void)(other), fail(diag, reason))
#else
/* With the value that was found, where the reason's text shows it, and the one that is wanted, where it shows that. */
int fail_got(struct tenon_diag *diag, enum tenon_reason reason, tenon_addr got);
int fail_value(struct tenon_diag *diag, enum tenon_reason reason, tenon_addr got, tenon_addr want);
/* At an offset (in bytes) of the section diag->section, or of the file if that is 0. */
int fail_at(struct tenon_diag *diag, enum tenon_reason reason, tenon_addr offset);
/* About a name, or two; they are cut to fit. */
int fail_name(struct tenon_diag *diag, enum tenon_reason reason, const char *name);
int fail_names(struct tenon_diag *diag, enum tenon_reason reason, const char *name, const char *other);
#endif

/* Make a string of @len bytes of @from, cut to 63. */
void diag_cut(char to[TENON_DIAG_NAME_BYTES], const char *from, size_t len);
/* The module that it is about. */
void diag_module(struct tenon_diag *diag, const char *name);
/* Copy a string, cut to fit, always NUL-terminated. Return: whether it fitted. */
int diag_copy(char *to, size_t size, const char *from);
/* Add to a string in a name of a diagnosis, cut to fit. */
void diag_append(char to[TENON_DIAG_NAME_BYTES], const char *from);
/* Likewise, with ", " before it if there is something before it. */
void diag_list(char to[TENON_DIAG_NAME_BYTES], const char *item);

#endif
