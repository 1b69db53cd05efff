/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The console: the first serial port. And the machine's end, with a status for whoever started it.
 */
#ifndef KERNEL_CONSOLE_H
#define KERNEL_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

#include "tenon/compiler.h"

/* Bytes as they are, without translation. Returns when the port has taken them. Any context. */
void console_write(const char *bytes, size_t len);

/**
 * console_set_receiver - who gets what is typed
 * @fn: called with some bytes, in an interrupt, interrupts off; takes them all
 */
void console_set_receiver(void (*fn)(const char *bytes, size_t len));

/*
 * Tell whoever started the machine how its work ended: a line "status N" on the second serial port, if there is one.
 * `run --vm -c` makes it its own status.
 */
void machine_report_status(int status);

/* A machine that cannot run us: one line that says what it lacks. */
_Noreturn TENON_PRINTF(1, 2) void machine_refuse(const char *fmt, ...);

_Noreturn void machine_power_off(void);
_Noreturn void machine_restart(void);
_Noreturn void machine_halt(void);

#endif
