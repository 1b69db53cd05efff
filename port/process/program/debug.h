/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Modules in gdb: the program runs itself in it, and says what it has linked. */
#ifndef PORT_PROCESS_PROGRAM_DEBUG_H
#define PORT_PROCESS_PROGRAM_DEBUG_H

#include "tenon/core.h"

/* What a program is called with in gdb, instead of --gdb. */
#define DEBUG_INSIDE "--in-process"

/** debug_start - become a debugger of this program with these arguments. Return: it could not be started, which was said. */
void debug_start(char **argv);

/** debug_linked - tell the debugger where the sections of a module in the kernel's domain are. @file: of it */
void debug_linked(const struct tenon_linked *linked, const char *file);

#endif
