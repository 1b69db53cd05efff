// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The memory functions with the names hw_..., never sanitized (see build.mk): so they use the CPU's string instructions. */
#define NAME(function) hw_##function
#include "tests/runtime/names.h"

#include "runtime/mem.c"
