/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef CORE_OWNER_H
#define CORE_OWNER_H

#include "core/module.h"

/* Take back what it owns. Return: how many things; their kinds are added to @kinds. Without the core's lock. */
uint32_t module_reclaim(struct tenon_module *m, char kinds[TENON_DIAG_NAME_BYTES]);

#endif
