/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The kernel's log: lines with level and time in a ring, of which those that matter go to the console too. Panic.
 */
#ifndef KERNEL_LOG_H
#define KERNEL_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tenon/compiler.h"

/* syslog(2)'s numbers. */
enum { LOG_EMERG, LOG_ALERT, LOG_CRIT, LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG };

#define LOG_LINE_BYTES 256 /* longer ones are cut */

/* Any context. Without newline at the end; control characters become blanks. */
TENON_PRINTF(2, 3) void log_line(int level, const char *fmt, ...);

#define log_err(...) log_line(LOG_ERR, __VA_ARGS__)
#define log_warn(...) log_line(LOG_WARNING, __VA_ARGS__)

#define LOG_CONSOLE_DEFAULT (LOG_WARNING + 1)

/* Lines of a lower level than this number go to the console: dmesg -n, and loglevel=N on the command line. */
void log_set_console_level(int level);

struct log_entry {
	uint64_t sequence, time_ns;
	int level;
	size_t len;
	char text[LOG_LINE_BYTES]; /* without control characters; not NUL-terminated */
};

/**
 * log_read - the first line that is still there with a sequence of at least @sequence
 *
 * Return: 0, or -TENON_ENOENT: there is none yet.
 */
int log_read(uint64_t sequence, struct log_entry *entry);
uint64_t log_next_sequence(void);
/* Wakes whoever waits for lines. */
struct wait_queue *log_queue(void);

/* A broken invariant of ours: says what, with a backtrace, and stops the machine. Any context. */
_Noreturn TENON_PRINTF(1, 2) void panic(const char *fmt, ...);

/* Then locks are let be: whoever holds them does not run any more. */
bool panic_running(void);
/* Is it the thread that runs which says why? */
bool panic_is_here(void);

#define ASSERT(condition) ((condition) ? (void)0 : panic("%s:%d: not so: %s", __FILE__, __LINE__, #condition))

#endif
