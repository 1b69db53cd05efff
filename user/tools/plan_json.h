/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef TOOLS_PLAN_JSON_H
#define TOOLS_PLAN_JSON_H

#include "user/tools/json.h"
#include "user/tools/tools.h"

/* One step, also of no plan. */
json_t *plan_step_json(const struct tmod_step *step);

/* The steps of a plan, an array. */
json_t *plan_json(const struct tmod_plan *plan);

/* Does the configuration stop a step that the plan requires? */
bool plan_is_stopped(const struct tmod_plan *plan);

#endif
