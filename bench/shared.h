/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Shared objects as a peer of modules: for each module of a tree one with as many bytes and imported functions. */
#ifndef BENCH_SHARED_H
#define BENCH_SHARED_H

#include "tests/debian/t0.h"

/* Make them in @directory, if they are not there. Ends the process on errors. */
void shared_make_all(const struct tree *tree, const char *directory);
/* dlopen one for each module, bound at once. Return: milliseconds. */
double shared_open_all(const struct tree *tree, const char *directory);

#endif
