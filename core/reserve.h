/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Memory for all modules of a plan. Without the core's lock, but for load_seal(). */
#ifndef CORE_RESERVE_H
#define CORE_RESERVE_H

#include "core/plan.h"

/* Reserve all regions, and open them for writing. Return: 0 or NO_MODULE_SPACE, NO_MEMORY, PROTECT_FAILED, DOMAIN_DEAD. */
int plan_reserve(struct tenon_plan *p);
/* End writing, by one call of the host. Return: 0 or PROTECT_FAILED, DOMAIN_DEAD, NO_MEMORY. */
int plan_protect(struct tenon_plan *p);
/* The plan has failed: close what is open, one by one, needing no memory, and whatever the host says. */
void plan_abandon(struct tenon_plan *p);
/* As module_seal(), with a diagnosis. Lock held. */
int load_seal(struct load *l);

#endif
