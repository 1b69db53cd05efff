/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What lwIP asks of a compiler and a system. */
#ifndef MODULES_TCPIP_ARCH_CC_H
#define MODULES_TCPIP_ARCH_CC_H

#include <stddef.h>
#include <stdint.h>

#include "tenon/runtime.h"

#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_UNISTD_H 1
#define LWIP_NO_CTYPE_H 1
#define SSIZE_MAX INT_MAX
typedef long ssize_t;

#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "zu"
#define X8_F "02x"

_Noreturn void port_fail(const char *message, const char *file, int line);
uint32_t port_random(void);
uint16_t port_sum(const void *data, int len);

#define LWIP_PLATFORM_DIAG(x) ((void)0)
#define LWIP_PLATFORM_ASSERT(message) port_fail(message, __FILE__, __LINE__)
#define LWIP_RAND() port_random()
#define LWIP_CHKSUM port_sum

#endif
