/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* For lwIP, which finds here what it needs of C's header of this name. */
#include "tenon/runtime.h"
