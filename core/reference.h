/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Closing a module for good or for a while: see struct tenon_module's refs. Core's lock held. */
#ifndef CORE_REFERENCE_H
#define CORE_REFERENCE_H

#include "core/module.h"

/* Return: 0 or IN_USE_REFS, REF_SATURATED. */
int module_check_refs(const struct tenon_module *m, struct tenon_diag *diag);
/* Nobody can get or enter it any more. False, and nothing is changed: there are references. */
bool module_close(struct tenon_module *m);
/* Likewise, whatever references it has. */
void module_shut(struct tenon_module *m);
void module_reopen(struct tenon_module *m);

#endif
