/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef LIB_PLAN_MISSING_H
#define LIB_PLAN_MISSING_H

#include "user/lib/plan/plan.h"

/* Say that nobody knows a word; and if the tree or its indexes are missing, what to do about that. */
void say_missing(const struct tmod_plan *p, const char *word, enum tmod_level level);

#endif
