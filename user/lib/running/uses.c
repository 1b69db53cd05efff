/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What uses a module. The kernel counts uses but does not say whose they are; these are the ones that its files in
 * /proc and /sys let one see.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/lib/running/uses.h"

/* Not a number of modules, as tmod_tree_lookup() returns. */
#define FOUND (-EEXIST)

static int same_module(void *data, const struct tmod_module *module)
{
	const struct uses *u = data;

	return strcmp(module->name, u->name) ? 0 : FOUND;
}

bool uses_serves(const struct uses *u, const char *alias)
{
	return tmod_tree_lookup(tmod_system_tree(u->system), alias, same_module, (void *)(uintptr_t)u) == FOUND;
}

static int tell_holders(void *data, const struct tmod_loaded *module)
{
	const struct uses *u = data;
	int ret = 0;

	if (strcmp(module->name, u->name))
		return 0;
	for (const char *const *holder = module->holders; *holder && !ret; holder++) {
		struct tmod_use use = { .kind = TMOD_USE_MODULE, .what = *holder, .by = "", .cnt = 1 };

		ret = u->each(u->data, &use);
	}
	return ret;
}

static int tell_device(void *data, const struct tmod_device *device)
{
	const struct uses *u = data;
	struct tmod_use use = { .kind = TMOD_USE_DEVICE, .what = device->path, .by = device->driver, .cnt = 1 };

	return device->module && !strcmp(device->module, u->name) ? u->each(u->data, &use) : 0;
}

/* "\040" is a blank. In place. */
static char *unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (*from == '\\' && strspn(from + 1, "01234567") >= 3) {
			*to = (char)((from[1] - '0') * 64 + (from[2] - '0') * 8 + from[3] - '0');
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = '\0';
	return text;
}

/* "DEVICE DIRECTORY TYPE ..."; "fuse.sshfs" is of fuse. */
static int tell_mount(struct uses *u, char *line)
{
	char *rest, *device = strtok_r(line, " ", &rest), *directory = strtok_r(NULL, " ", &rest);
	char *type = directory ? strtok_r(NULL, " ", &rest) : NULL, alias[NAME_MAX];
	struct tmod_use use = { .kind = TMOD_USE_MOUNT, .what = directory, .by = device, .cnt = 1 };

	if (!type)
		return 0;
	type[strcspn(type, ".")] = '\0';
	snprintf(alias, sizeof(alias), "fs-%s", type);
	if (strcmp(type, u->name) && !uses_serves(u, alias))
		return 0;
	unescape(directory);
	unescape(device);
	return u->each(u->data, &use);
}

/* "NAME size sockets memory press maxhdr slab MODULE ..." */
static int tell_protocol(struct uses *u, char *line)
{
	char name[NAME_MAX + 1], module[NAME_MAX + 1];
	struct tmod_use use = { .kind = TMOD_USE_SOCKET, .what = name, .by = "" };

	if (sscanf(line, "%255s %*s %u %*s %*s %*s %*s %255s", name, &use.cnt, module) != 3)
		return 0;
	return use.cnt && !strcmp(module, u->name) ? u->each(u->data, &use) : 0;
}

/* "KEY : VALUE" lines of /proc/crypto; those of one algorithm follow each other, the name first. */
static int tell_algorithm(struct uses *u, char *line)
{
	struct tmod_use use = { .kind = TMOD_USE_CRYPTO, .what = u->algorithm, .by = "" };
	char *colon = strstr(line, ": ");
	const char *value = colon ? colon + 2 : "";

	if (!strncmp(line, "name ", 5))
		snprintf(u->algorithm, sizeof(u->algorithm), "%s", value);
	else if (!strncmp(line, "module ", 7))
		u->ours = !strcmp(value, u->name);
	else if (u->ours && !strncmp(line, "refcnt ", 7))
		use.cnt = (uint32_t)strtoul(value, NULL, 10);
	/* One is the list's own. */
	return use.cnt-- > 1 ? u->each(u->data, &use) : 0;
}

static int each_line(struct uses *u, const char *path, int (*tell)(struct uses *u, char *line))
{
	FILE *in = fopen(path, "re");
	char *line = NULL;
	size_t size = 0;
	int ret = 0;

	while (in && !ret && getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		ret = tell(u, line);
	}
	free(line);
	if (in)
		fclose(in);
	return ret;
}

int tmod_uses_each(struct tmod_system *system, const char *name, int (*each)(void *data, const struct tmod_use *use),
		   void *data)
{
	struct uses u = { .system = system, .name = name, .each = each, .data = data };
	int ret = tmod_loaded_each(tell_holders, &u);

	if (ret == -ENOENT)
		ret = 0;
	if (!ret)
		ret = tmod_devices_each(tell_device, &u);
	if (ret == -ENOENT)
		ret = 0;
	if (!ret)
		ret = each_line(&u, "/proc/mounts", tell_mount);
	if (!ret)
		ret = each_line(&u, "/proc/net/protocols", tell_protocol);
	if (!ret)
		ret = each_line(&u, "/proc/crypto", tell_algorithm);
	return ret ? ret : uses_open_files(&u);
}
