/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef CORE_UNLOAD_H
#define CORE_UNLOAD_H

#include "core/module.h"

/*
 * Stop a module that is closed and that its users have left, take back what it owns, free it. If that cannot be, or its
 * domain is dead, it is quarantined instead. @cause: why, for the event; NULL: it was asked for. Return: 0 or why it is
 * quarantined; LEFT_BEHIND may be in @diag. Without the core's lock.
 */
int module_remove(struct tenon_module *m, const struct tenon_diag *cause, struct tenon_diag *diag);

#endif
