/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What clean_export.c has for others. */
#ifndef CLEAN_EXPORT_H
#define CLEAN_EXPORT_H

extern int clean_step;
int clean_next(int n);
int clean_apart(int n);

#endif
