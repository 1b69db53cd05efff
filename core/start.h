/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Init and exit. Without the core's lock, but for module_note_fault(). */
#ifndef CORE_START_H
#define CORE_START_H

#include "core/module.h"

/* Run init. Return: 0 or INIT_FAILED (what it returned), INIT_POSITIVE, INIT_FAULT, CALL_FAULT, ENTRY_DEPTH. */
int module_start(struct tenon_module *m, struct tenon_diag *diag);
/* Run exit, if init has run. Return: 0 or EXIT_FAULT, ENTRY_DEPTH, DOMAIN_DEAD. */
int module_stop(struct tenon_module *m, struct tenon_diag *diag);
void module_note_fault(struct tenon_module *m, const char *why); /* lock held */

#endif
