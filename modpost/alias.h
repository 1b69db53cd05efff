/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Aliases from device tables (include/tenon/device_id.h), in the form that Linux's modpost gives them. */
#ifndef MODPOST_ALIAS_H
#define MODPOST_ALIAS_H

#include "modpost/object.h"
#include "modpost/text.h"

/** alias_write - append "alias=..." and a newline for each entry of @t. Ends the program on a table it cannot read. */
void alias_write(const struct object *o, const struct device_table *t, struct text *out);

#endif
