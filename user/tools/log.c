/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "user/tools/log.h"
#include "user/tools/tools.h"

void log_open(struct log *log)
{
	/* The kernel starts modprobe without one. */
	if (fcntl(STDERR_FILENO, F_GETFD) < 0)
		log->syslog = true;
	if (log->syslog)
		openlog(log->name, LOG_CONS, LOG_DAEMON);
}

void log_say(void *data, enum tmod_level level, const char *text)
{
	const struct log *log = data;

	if ((int)level > log->level)
		return;
	if (log->syslog)
		syslog(LOG_NOTICE, "%s: %s", tools_level(level), text);
	else
		fprintf(stderr, "%s: %s: %s\n", log->name, tools_level(level), text);
}

int log_text(struct log *log, enum tmod_level level, const char *format, ...)
{
	char text[4096 + 512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	log_say(log, level, text);
	return EXIT_FAILURE;
}

void log_why(struct log *log, struct tmod_system *system, enum tmod_operation operation, const char *path_or_name,
	     const char *options, int err)
{
	char text[4096], *line, *rest;

	if (log->level < TMOD_ERROR)
		return;
	tmod_why_failed(system, operation, path_or_name, options, err, text, sizeof(text));
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		log_say(log, TMOD_ERROR, line);
}
