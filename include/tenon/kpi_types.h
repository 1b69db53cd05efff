/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the generated headers of the interface (tenon/kpi/) stand on. */
#ifndef TENON_KPI_TYPES_H
#define TENON_KPI_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tenon/errno.h"

struct tenon_this_module;

/* Names something that the kernel keeps for the module. 0 is never a handle; as a signed number, a negative one is an
 * error. */
typedef unsigned long tenon_handle;

/** tenon_handle_error - Return: 0 if @h is a handle, the negative errno value if it is an error. */
static inline int tenon_handle_error(tenon_handle h)
{
	return (long)h < 0 ? (int)(long)h : 0;
}

#endif
