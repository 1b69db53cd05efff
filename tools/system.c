/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "tools/system.h"
#include "tools/tools.h"

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
	case 'V':
		return tools_version();
	case 'h':
		fputs(help, stdout);
		return EXIT_SUCCESS;
	default:
		return EXIT_FAILURE;
	}
}

struct tmod_system *system_open(const struct system_options *o, const char *command)
{
	struct tmod_messages messages = { tools_say, (void *)(uintptr_t)command };
	struct tmod_system *system = NULL;
	int err = tmod_system_open(&o->where, &messages, &system);

	if (err)
		tools_error(command, "could not open the module tree: %s", strerror(-err));
	return system;
}
