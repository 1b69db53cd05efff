/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a module must satisfy before it is linked: everything that a loader would refuse later is an error here. */
#ifndef MODPOST_CHECK_H
#define MODPOST_CHECK_H

#include "modpost/object.h"
#include "modpost/symvers.h"

/**
 * check_module - report every error of a module, one line each, on standard error
 * @name: its name
 *
 * Return: the number of errors.
 */
unsigned check_module(const struct object *o, const char *name, const struct symvers *sv);

#endif
