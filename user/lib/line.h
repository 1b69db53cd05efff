/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef LIB_LINE_H
#define LIB_LINE_H

#include <stddef.h>

/* The first line of a small file of /proc or /sys, "" without it. Return: 0 or a negative errno value. */
int line_read(const char *path, char *text, size_t size);

#endif
