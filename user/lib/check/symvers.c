/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Module.symvers, which a kernel's build leaves behind (Documentation/kbuild/modules.rst): lines of
 * "0x<checksum> <symbol> <module> <export type> <namespace>", separated by tabs, without the last in older kernels.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "user/lib/check/check.h"
#include "user/lib/say.h"

enum { CRC, SYMBOL, MODULE, KIND, SPACE, FIELD_CNT };

static void take_line(struct check *c, char *line)
{
	char *fields[FIELD_CNT] = { "", "", "", "", "" };
	struct import *import;
	uint32_t number;

	for (int i = 0; i < FIELD_CNT && line; i++)
		fields[i] = strsep(&line, "\t");
	number = names_find(&c->names, fields[SYMBOL]);
	if (number == NAME_NONE)
		return;
	import = import_at(c, number);
	import_exported(c, import);
	import->listed = true;
	import->kernel_crc = (uint32_t)strtoul(fields[CRC], NULL, 16);
	import->gpl_only = strstr(fields[KIND], "_GPL");
	if (strcmp(fields[MODULE], "vmlinux")) {
		char name[128];

		tmod_module_name(fields[MODULE], name, sizeof(name));
		import->provider = arena_copy(&c->arena, name, strlen(name));
		c->failed |= !import->provider;
	}
	import->space = arena_copy(&c->arena, fields[SPACE], strlen(fields[SPACE]));
	c->failed |= !import->space;
}

/* Return: 0, or a negative errno value: -ENOENT if it is not there. */
static int read_list(struct check *c, const char *path)
{
	struct image img = { 0 };
	int err = image_open(&img, AT_FDCWD, path);
	char *text = NULL, *rest, *line;

	if (!err)
		err = image_need(&img, 0, img.size);
	if (!err) {
		text = malloc(img.size + 1);
		err = text ? 0 : -ENOMEM;
	}
	if (!err) {
		memcpy(text, img.data, img.size);
		text[img.size] = '\0';
		for (rest = text; (line = strsep(&rest, "\n"));)
			if (*line)
				take_line(c, line);
		say(c->messages, TMOD_INFO, "%s says what the kernel exports", path);
	}
	free(text);
	image_close(&img);
	image_free(&img);
	return err;
}

int symvers_read(struct check *c)
{
	/* Of the headers, to which the tree's link leads, where distributions put a copy. Below the root goes before links. */
	static const struct {
		bool in_tree;
		const char *before, *after; /* the release */
	} places[] = {
		{ false, "usr/src/linux-headers-", "/Module.symvers" },
		{ false, "usr/src/kernels/", "/Module.symvers" },
		{ true, "/build/Module.symvers", NULL },
		{ true, "/symvers.gz", NULL },
		{ true, "/symvers.xz", NULL },
		{ true, "/symvers.zst", NULL },
	};
	const char modules[] = "lib/modules/";
	size_t dir_len = strlen(c->dir), root_len = dir_len - strlen(c->release), len = strlen(modules);

	if (root_len > len && !strncmp(c->dir + root_len - len, modules, len))
		root_len -= len;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char path[PATH_MAX];
		int err;

		if (snprintf(path, sizeof(path), "%.*s%s%s%s", (int)(places[i].in_tree ? dir_len : root_len), c->dir,
			     places[i].before, places[i].after ? c->release : "",
			     places[i].after ? places[i].after : "") >= PATH_MAX)
			continue;
		err = read_list(c, path);
		if (err != -ENOENT && err != -ENOTDIR) {
			if (err)
				say(c->messages, TMOD_WARNING, "%s: %s", path, tmod_error_text(err));
			return err;
		}
	}
	return -ENOENT;
}
