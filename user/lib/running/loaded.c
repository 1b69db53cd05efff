/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The modules that are loaded, from /proc/modules: "name bytes references holders state address (taint)". A line is
 * written under the kernel's lock, so that its parts belong together, which those of /sys/module need not.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fmt/modname.h"
#include "tenon/mod.h"

/* A name as everywhere else: kernels have shown '-' in those of some modules. */
static const char *normalise(char *name)
{
	for (char *c = name; *c; c++)
		*c = modname_fold(*c);
	return name;
}

/* Cut "a,b," in place into an array that ends with NULL; "-" has none. Return: NULL: no memory. */
static const char **split_holders(char *text)
{
	const char **holders;
	char *holder;
	size_t cnt = 0;
	char *rest;

	for (const char *c = text; *c; c++)
		cnt += *c == ',';
	holders = calloc(cnt + 2, sizeof(*holders));
	if (!holders || !strcmp(text, "-"))
		return holders;
	cnt = 0;
	for (holder = strtok_r(text, ",", &rest); holder; holder = strtok_r(NULL, ",", &rest))
		if (strcmp(holder, "[permanent]"))
			holders[cnt++] = normalise(holder);
	return holders;
}

/* "(OE)" */
static const char *strip_brackets(char *taint)
{
	size_t len = taint ? strlen(taint) : 0;

	if (len < 2 || *taint != '(' || taint[len - 1] != ')')
		return "";
	taint[len - 1] = '\0';
	return taint + 1;
}

static int tell_line(char *line, int (*each)(void *data, const struct tmod_loaded *module), void *data)
{
	char *part[7] = { 0 }, *rest = NULL;
	struct tmod_loaded m;
	const char **holders;
	int ret;

	for (size_t i = 0; i < 7; i++) {
		part[i] = strtok_r(i ? NULL : line, " \t\n", &rest);
		if (!part[i])
			break;
	}
	/* A kernel that cannot unload has "-" for both. */
	if (!part[3])
		return 0;
	holders = split_holders(part[3]);
	if (!holders)
		return -ENOMEM;
	m = (struct tmod_loaded){
		.name = normalise(part[0]),
		.size = strtoull(part[1], NULL, 10),
		.refcount = strcmp(part[2], "-") ? (int)strtol(part[2], NULL, 10) : -1,
		.holders = holders,
		.state = part[4] ? part[4] : "",
		.address = part[5] ? strtoull(part[5], NULL, 16) : 0,
		.taint = strip_brackets(part[6]),
	};
	ret = each(data, &m);
	free(holders);
	return ret;
}

int tmod_loaded_each(int (*each)(void *data, const struct tmod_loaded *module), void *data)
{
	FILE *in = fopen("/proc/modules", "re");
	char *line = NULL;
	size_t size = 0;
	int ret = 0;

	if (!in)
		return -errno;
	while (!ret && getline(&line, &size, in) > 0)
		ret = tell_line(line, each, data);
	if (!ret && ferror(in))
		ret = -EIO;
	free(line);
	fclose(in);
	return ret;
}
