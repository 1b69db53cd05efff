/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Asks for itself. */
#define OTHER "request_self"
#include "request.h"
