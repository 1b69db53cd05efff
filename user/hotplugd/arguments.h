/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef HOTPLUGD_ARGUMENTS_H
#define HOTPLUGD_ARGUMENTS_H

#include <stdbool.h>
#include <stdint.h>

struct arguments {
	const char *root;
	const char **config; /* ended by NULL; NULL: the usual ones */
	int64_t idle_ms;     /* negative: for ever */
	bool coldplug, once, dry, syslog, verbose;
};

/** arguments_parse - read the command line. Return: -1, or the status with which the program ends. */
int arguments_parse(int argc, char **argv, struct arguments *arguments);

#endif
