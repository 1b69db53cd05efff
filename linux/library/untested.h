/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux tests its own algorithms at the end of its start, or when one is asked for before. Here the end of the start finds none
 * to be tested (algapi.c), so each is when it is first asked for (api.c); those of modules when they are registered, as on Linux.
 */
#include "internal.h"
#ifdef UNTESTED_AT_START
#define crypto_is_test_larval(larval) false
#else
#undef static_branch_likely
#define static_branch_likely(key) false
#define crypto_boot_test_finished() false /* Linux 6.12 has it in a function */
#endif
