/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Asks for request_b, which asks for it. */
#define OTHER "request_b"
#include "request.h"
