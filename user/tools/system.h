/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The options of commands that ask about a system: where its tree and its configuration are. */
#ifndef TOOLS_SYSTEM_H
#define TOOLS_SYSTEM_H

#include "tenon/mod.h"
#include "user/tools/tools.h"

struct system_options {
	struct tmod_where where;
	const char **config; /* what where.config is, growing */
	size_t config_cnt;
	bool json;
};

#define SYSTEM_SHORT "d:C:S:Vh"
#define SYSTEM_LONG                                                                                                  \
	{ "dirname", required_argument, NULL, 'd' }, { "config", required_argument, NULL, 'C' },                     \
		{ "set-version", required_argument, NULL, 'S' }, { "json", no_argument, NULL, 'j' },                 \
		TOOLS_LONG
#define SYSTEM_HELP                                                                                                  \
	"  -d, --dirname=DIR          the tree is DIR/lib/modules/RELEASE\n"                                          \
	"  -S, --set-version=RELEASE  the tree of that kernel instead of the running one's\n"                         \
	"  -C, --config=PATH          read this file or directory instead of the usual ones\n"                           \
	"      --json                 print JSON\n"                                                                   \
	"  -V, --version              show the version\n"                                                             \
	"  -h, --help                 show this\n"

/**
 * system_option - take an option that getopt gave
 * @help: printed for -h
 * Return: -1: go on; or the exit status with which the command ends, EXIT_FAILURE if it is none of these.
 */
int system_option(struct system_options *options, int c, const char *help);

/**
 * system_open - open what the options say
 * @messages: where they go; NULL: warnings and errors go to standard error
 * Return: NULL after a message.
 */
struct tmod_system *system_open(const struct system_options *options, const char *command,
				const struct tmod_messages *messages);

/** system_is_other - do the options ask for a tree other than the running kernel's? */
bool system_is_other(const struct system_options *options);

#endif
