/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Telling the caller what a person should read. */
#ifndef LIB_SAY_H
#define LIB_SAY_H

#include "tenon/mod.h"

__attribute__((format(printf, 3, 4))) void say(const struct tmod_messages *to, enum tmod_level level,
					       const char *format, ...);

#endif
