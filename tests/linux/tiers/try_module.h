/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What try_module is made of: it loads and unloads; entered.c says which functions of the module ran in between. */
#ifndef TESTS_LINUX_TIERS_TRY_MODULE_H
#define TESTS_LINUX_TIERS_TRY_MODULE_H

#include "tests/linux/compartment.h"

/* The module that is meant, before it is linked; the host's `linked` notes its functions. */
void entered_target(const char *name);
int entered_linked(const struct tenon_module *m, const struct tenon_linked *linked, void *arg);
/* From now on, what is entered is noted: the module has been loaded. */
void entered_start(struct compartment *c);
/* Print "entered FUNCTION..." if any was. */
void entered_print(struct compartment *c);

#endif
