/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef TOOLS_LINT_H
#define TOOLS_LINT_H

#include "tenon/mod.h"

#include "user/tools/json.h"

/* A log in SARIF 2.1.0 (OASIS), without results. Return: it; @results: its array of these. */
json_t *sarif_log(json_t **results);

/* Add a finding. */
void sarif_add(json_t *results, const struct tmod_finding *finding);

#endif
