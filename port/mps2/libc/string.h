/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The functions of <string.h> that there are: runtime/, linked into the kernel too. */
#ifndef PORT_MPS2_STRING_H
#define PORT_MPS2_STRING_H

#include "tenon/runtime.h"

#endif
