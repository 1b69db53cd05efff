/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Messages: to standard error, in the way of the journal if that is where it leads, or to syslog. */
#ifndef HOTPLUGD_LOG_H
#define HOTPLUGD_LOG_H

#include "tenon/mod.h"

/** log_open - call it first. @least: what is less urgent is not logged. */
void log_open(bool to_syslog, enum tmod_level least);

__attribute__((format(printf, 2, 3))) void log_text(enum tmod_level level, const char *format, ...);

/* A message function for the library. */
void log_say(void *data, enum tmod_level level, const char *text);

#endif
