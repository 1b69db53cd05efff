/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef LIB_SYSTEM_H
#define LIB_SYSTEM_H

#include "tenon/mod.h"

/* Where what a person should read goes: for the parts of the library that work on a system. */
const struct tmod_messages *system_messages(const struct tmod_system *system);

#endif
