/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The one way out for all that is printed: names, descriptions and lines of the log come from modules, and must not
 * speak to the terminal. What it would obey becomes '?'; only line ends pass.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

#include "port/process/shell/shell.h"

/* Where a stream goes, and the last character that went there. */
struct sink {
	int fd;
	char last;
};

/* The process has one standard output and one standard error. */
static struct sink out = { .fd = STDOUT_FILENO }, err = { .fd = STDERR_FILENO };

static bool write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t done = write(fd, bytes, len);

		if (done <= 0)
			return false;
		bytes += done;
		len -= (size_t)done;
	}
	return true;
}

static ssize_t write_text(void *cookie, const char *text, size_t len)
{
	struct sink *s = cookie;
	char clean[4096];

	for (size_t at = 0; at < len;) {
		size_t n = 0;

		for (; n < sizeof(clean) && at < len; n++, at++) {
			clean[n] = text[at] == '\n' ? '\n' : process_printable(s->last, text[at]);
			s->last = text[at];
		}
		if (!write_all(s->fd, clean, n))
			return 0;
	}
	return (ssize_t)len;
}

void sink_open(void)
{
	static const cookie_io_functions_t to_sink = { .write = write_text };
	FILE *text = fopencookie(&out, "w", to_sink), *errors = fopencookie(&err, "w", to_sink);

	if (!text || !errors)
		_exit(1);
	/* What a command prints is written when it ends: nothing is written under the core's lock. */
	setvbuf(text, NULL, _IOFBF, 1 << 20);
	setvbuf(errors, NULL, _IOLBF, 4096);
	stdout = text;
	stderr = errors;
}

bool sink_data(const void *bytes, size_t len)
{
	if (isatty(STDOUT_FILENO))
		return fwrite(bytes, 1, len, stdout) == len;
	return !fflush(stdout) && write_all(STDOUT_FILENO, bytes, len);
}
