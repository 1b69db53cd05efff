/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Asks for what its parameter says. */
#include "tenon/module.h"

static char *name = "";
module_param(name, charp, 0444);

#define OTHER name
#include "request.h"
