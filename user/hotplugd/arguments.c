/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/hotplugd/arguments.h"

static const char help[] =
    "usage: tenon-hotplugd [OPTION]...\n"
    "Load drivers when devices come, unload them when devices have gone.\n\n"
    "  -i, --idle=SECONDS      unload drivers this long after their last device has gone (60); never: keep them\n"
    "  -c, --no-coldplug       only for devices that come from now on\n"
    "  -1, --once              only for devices that are there, then end\n"
    "  -n, --dry-run           say what would be loaded, and load nothing\n"
    "  -d, --dirname=DIR       module trees are in DIR/lib/modules\n"
    "  -C, --config=PATH       the configuration's file or directory, instead of the usual ones; may be given again\n"
    "  -s, --syslog            messages to syslog instead of standard error\n"
    "  -v, --verbose           also say of which devices no driver is known\n"
    "  -V, --version           show the version\n"
    "  -h, --help              show this\n";

static const char short_options[] = "i:c1nd:C:svVh";
static const struct option long_options[] = {
	{ "idle", required_argument, NULL, 'i' },
	{ "no-coldplug", no_argument, NULL, 'c' },
	{ "once", no_argument, NULL, '1' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "dirname", required_argument, NULL, 'd' },
	{ "config", required_argument, NULL, 'C' },
	{ "syslog", no_argument, NULL, 's' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static bool parse_idle(const char *text, int64_t *ms)
{
	char *end;
	long seconds;

	*ms = -1;
	if (!strcmp(text, "never"))
		return true;
	errno = 0;
	seconds = strtol(text, &end, 10);
	if (errno || end == text || *end || seconds < 0 || seconds > INT32_MAX)
		return false;
	*ms = seconds * INT64_C(1000);
	return true;
}

static bool add_config(struct arguments *a, int argc, const char *path)
{
	size_t cnt = 0;

	/* There are less paths than words on the command line. */
	if (!a->config)
		a->config = calloc((size_t)argc, sizeof(char *));
	if (!a->config)
		return false;
	while (a->config[cnt])
		cnt++;
	a->config[cnt] = path;
	return true;
}

int arguments_parse(int argc, char **argv, struct arguments *a)
{
	*a = (struct arguments){ .idle_ms = 60000, .coldplug = true };
	for (int c; (c = getopt_long(argc, argv, short_options, long_options, NULL)) != -1;) {
		switch (c) {
		case 'i':
			if (parse_idle(optarg, &a->idle_ms))
				break;
			fprintf(stderr, "tenon-hotplugd: --idle needs seconds or \"never\", not '%s'\n", optarg);
			return EXIT_FAILURE;
		case 'c':
			a->coldplug = false;
			break;
		case '1':
			a->once = true;
			break;
		case 'n':
			a->dry = true;
			break;
		case 'd':
			a->root = optarg;
			break;
		case 'C':
			if (!add_config(a, argc, optarg))
				return EXIT_FAILURE;
			break;
		case 's':
			a->syslog = true;
			break;
		case 'v':
			a->verbose = true;
			break;
		case 'V':
			puts("tenon-hotplugd 1");
			return EXIT_SUCCESS;
		case 'h':
			fputs(help, stdout);
			return EXIT_SUCCESS;
		default:
			return EXIT_FAILURE;
		}
	}
	if (optind == argc)
		return -1;
	fprintf(stderr, "tenon-hotplugd: there are no arguments, but '%s' was given\n", argv[optind]);
	return EXIT_FAILURE;
}
