/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef LIB_PLAN_COMMAND_H
#define LIB_PLAN_COMMAND_H

#include "user/lib/plan/plan.h"

/**
 * command_is_running - does a command of the configuration, for this module, wait for us? It would be run again,
 * without end.
 * @directive: TMOD_INSTALL or TMOD_REMOVE
 */
bool command_is_running(const struct tmod_plan *p, enum tmod_directive directive, const char *name);

#endif
