/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* For lwIP, which finds here what it needs of C's header of this name. */
#include "tenon/runtime.h"

/* Of the digits that it begins with: lwIP finds interfaces by such names. */
int atoi(const char *text);
