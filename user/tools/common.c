/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/tools.h"

const char *tools_level(enum tmod_level level)
{
	static const char *const names[] = { "FATAL", "FATAL", "FATAL", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG" };

	return names[level & 7];
}

void tools_say(void *data, enum tmod_level level, const char *text)
{
	fprintf(stderr, "%s: %s: %s\n", (const char *)data, tools_level(level), text);
}

/* Names of files may come from anywhere, as those in a package do, and must not command the terminal. */
int tools_error(const char *name, const char *format, ...)
{
	char text[3 * 4096];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	fprintf(stderr, "%s: ERROR: %s\n", name, tmod_printable(text));
	return EXIT_FAILURE;
}

/* The first words are those that scripts look for. */
int tools_version(void)
{
	printf("kmod version %d (Tenon)\n+ZSTD +XZ +ZLIB -LIBCRYPTO -EXPERIMENTAL\n", tmod_kmod_version());
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

void tools_missing(const char *name, const struct tmod_tree *tree)
{
	char text[1024];

	if (tmod_tree_missing(tree, text, sizeof(text)))
		tools_error(name, "%s", text);
}

char *tools_join(const char *const *words)
{
	size_t size = 1, len = 0;
	char *text;

	for (size_t i = 0; words[i]; i++)
		size += strlen(words[i]) + 3;
	text = malloc(size);
	if (!text)
		return NULL;
	*text = '\0';
	for (size_t i = 0; words[i]; i++) {
		const char *value = strchr(words[i], '=');

		if (value && value[1] != '"' && value[1] != '\'' && strchr(value, ' '))
			len += (size_t)snprintf(text + len, size - len, "%s%.*s\"%s\"", i ? " " : "",
						(int)(value + 1 - words[i]), words[i], value + 1);
		else
			len += (size_t)snprintf(text + len, size - len, "%s%s", i ? " " : "", words[i]);
	}
	return text;
}

int tools_option(int c, const char *help)
{
	if (c == 'V')
		return tools_version();
	if (c != 'h')
		return EXIT_FAILURE;
	return fputs(help, stdout) < 0 || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

bool tools_line(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0)
		close(fd);
	text[len > 0 ? len : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return len > 0;
}

#define WORD_BYTES_MAX 64

/* Levenshtein's distance, row by row. */
unsigned int tools_distance(const char *a, const char *b)
{
	unsigned int row[WORD_BYTES_MAX + 1], len = (unsigned int)strlen(b);

	if (strlen(a) > WORD_BYTES_MAX || len > WORD_BYTES_MAX)
		return 99;
	for (unsigned int i = 0; i <= len; i++)
		row[i] = i;
	for (; *a; a++) {
		unsigned int diagonal = row[0]++;

		for (unsigned int i = 1; i <= len; i++) {
			unsigned int best = diagonal + (*a != b[i - 1]);

			diagonal = row[i];
			if (row[i - 1] + 1 < best)
				best = row[i - 1] + 1;
			row[i] = diagonal + 1 < best ? diagonal + 1 : best;
		}
	}
	return row[len];
}
