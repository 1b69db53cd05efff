/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* For lwIP: the compiler's own header goes on to the C library's, which is not there. */
#ifndef MODULES_TCPIP_INCLUDE_LIMITS_H
#define MODULES_TCPIP_INCLUDE_LIMITS_H

#define INT_MAX __INT_MAX__

#endif
