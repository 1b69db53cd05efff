// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The runtime with the names rt_... */
#define NAME(function) rt_##function
#include "tests/runtime/names.h"

#include "runtime/format.c"
#include "runtime/log.c"
#include "runtime/mem.c"
#include "runtime/stack.c"
#include "runtime/str.c"
