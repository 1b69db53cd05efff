/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "user/tools/system.h"
#include "user/tools/tools.h"

static int add_config(struct system_options *o, const char *path)
{
	const char **config = realloc(o->config, (o->config_cnt + 2) * sizeof(*config));

	if (!config)
		return tools_error("tenon", "out of memory");
	config[o->config_cnt++] = path;
	config[o->config_cnt] = NULL;
	o->config = config;
	o->where.config = config;
	return -1;
}

int system_option(struct system_options *o, int c, const char *help)
{
	switch (c) {
	case 'd':
		o->where.root = optarg;
		return -1;
	case 'C':
		return add_config(o, optarg);
	case 'S':
		o->where.release = optarg;
		return -1;
	case 'j':
		o->json = true;
		return -1;
	default:
		return tools_option(c, help);
	}
}

static void say(void *data, enum tmod_level level, const char *text)
{
	if (level <= TMOD_WARNING)
		tools_say(data, level, text);
}

struct tmod_system *system_open(const struct system_options *o, const char *command,
				const struct tmod_messages *messages)
{
	const struct tmod_messages usual = { say, (void *)(uintptr_t)command };
	struct tmod_system *system = NULL;
	int err = tmod_system_open(&o->where, messages ? messages : &usual, &system);

	if (err)
		tools_error(command, "could not open the module tree: %s", strerror(-err));
	return system;
}

bool system_is_other(const struct system_options *o)
{
	struct utsname u;

	return o->where.root || (o->where.release && (uname(&u) || strcmp(o->where.release, u.release)));
}
