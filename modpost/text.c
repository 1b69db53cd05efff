/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "modpost/text.h"

void die(const char *fmt, ...)
{
	va_list ap;

	fputs("modpost: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

void *xrealloc(void *p, size_t size)
{
	p = realloc(p, size ? size : 1);
	if (!p)
		die("out of memory");
	return p;
}

char *xstrdup(const char *s)
{
	return strcpy(xrealloc(NULL, strlen(s) + 1), s);
}

void text_add(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int need;

	va_start(ap, fmt);
	need = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (need < 0)
		die("cannot format text");
	if (t->len + (size_t)need + 1 > t->room) {
		t->room = 2 * (t->len + (size_t)need + 1);
		t->s = xrealloc(t->s, t->room);
	}
	va_start(ap, fmt);
	vsnprintf(t->s + t->len, (size_t)need + 1, fmt, ap);
	va_end(ap);
	t->len += (size_t)need;
}

char *read_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is not waited for */
	FILE *f = fd < 0 ? NULL : fdopen(fd, "rb");
	struct stat st;
	char *data;

	if (!f || fstat(fileno(f), &st))
		die("%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode))
		die("%s: not a regular file", path);
	*size = (size_t)st.st_size;
	data = xrealloc(NULL, *size + 1);
	if (fread(data, 1, *size, f) != *size)
		die("%s: cannot read %zu bytes", path, *size);
	data[*size] = '\0';
	fclose(f);
	return data;
}

void write_file(const char *path, const void *data, size_t size)
{
	struct text part = { 0 };
	struct stat st;
	FILE *f;

	text_add(&part, "%s.part", path);
	f = fopen(part.s, "wb");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f))
		die("%s: %s", part.s, strerror(errno));
	if (!stat(path, &st) && chmod(part.s, st.st_mode & 07777))
		die("%s: %s", part.s, strerror(errno));
	if (rename(part.s, path))
		die("%s: %s", path, strerror(errno));
	free(part.s);
}
