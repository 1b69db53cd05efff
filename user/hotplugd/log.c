/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Levels are syslog's own numbers. What devices say of themselves is printed, so control characters become '?'. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "user/hotplugd/log.h"

static enum { PLAIN, JOURNAL, SYSLOG } way;
static enum tmod_level least_urgent = TMOD_NOTICE;

/* systemd.exec(5): the device and inode of the stream to the journal, if it is still standard error. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long dev, ino;
	struct stat st;

	return stream && sscanf(stream, "%llu:%llu", &dev, &ino) == 2 && !fstat(STDERR_FILENO, &st) &&
	       st.st_dev == dev && st.st_ino == ino;
}

void log_open(bool to_syslog, enum tmod_level least)
{
	least_urgent = least;
	way = to_syslog ? SYSLOG : is_journal() ? JOURNAL : PLAIN;
	if (to_syslog)
		openlog("tenon-hotplugd", LOG_PID, LOG_DAEMON);
}

void log_text(enum tmod_level level, const char *format, ...)
{
	char text[4096];
	va_list ap;

	if (level > least_urgent)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	tmod_printable(text);
	if (way == SYSLOG)
		syslog((int)level, "%s", text);
	else if (way == JOURNAL)
		fprintf(stderr, "<%d>%s\n", (int)level, text);
	else
		fprintf(stderr, "tenon-hotplugd: %s\n", text);
}

void log_say(void *data, enum tmod_level level, const char *text)
{
	(void)data;
	log_text(level, "%s", text);
}
