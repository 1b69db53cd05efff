/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef CORE_GATHER_H
#define CORE_GATHER_H

#include "core/plan.h"

/* Read the module and everything it needs, in order. Without the core's lock. */
int plan_gather(struct tenon_plan *p);
/*
 * Ask the policy, if there is one; and before init, what must hold then although a switch may have been thrown since the
 * stage that looked at it. Without the core's lock.
 */
int load_apply_policy(struct load *l);
int load_check_switches(struct load *l);

#endif
