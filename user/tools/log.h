/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What modprobe, insmod and rmmod say: to standard error or to syslog, from a level on. */
#ifndef TOOLS_LOG_H
#define TOOLS_LOG_H

#include "tenon/mod.h"

struct log {
	const char *name; /* of the command */
	int level;        /* the highest that is said; 0: nothing is */
	bool syslog;      /* also if there is no standard error */
};

/* Begin: @log is filled in, but for the last. */
void log_open(struct log *log);

/* A message function; @data is a struct log. */
void log_say(void *data, enum tmod_level level, const char *text);

/* The same in printf style. Return: the exit status of a failure. */
__attribute__((format(printf, 3, 4))) int log_text(struct log *log, enum tmod_level level, const char *format, ...);

/* Say why the kernel refused (tmod_why_failed()). */
void log_why(struct log *log, struct tmod_system *system, enum tmod_operation operation, const char *path_or_name,
	     const char *options, int err);

#endif
