/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* kmod - what kmod does under its own name */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/tools.h"

static const struct option long_options[] = {
	TOOLS_LONG,
};

static const char help[] =
    "kmod - Manage kernel modules: list, load, unload, etc\n"
    "Usage:\n"
    "\tkmod [options] command [command_options]\n\n"
    "Options:\n"
    "\t-V, --version     show version\n"
    "\t-h, --help        show this help\n\n"
    "Commands:\n"
    "  help         show this help\n"
    "  list         list what is loaded, as lsmod does\n"
    "  static-nodes print the device nodes for which modules are loaded when they are opened\n\n"
    "By other names it is depmod, insmod, lsmod, modinfo, modprobe, rmmod, and tenon, which has more commands.\n";

static int list(int argc, char **argv)
{
	if (argc == 1)
		return lsmod_main(argc, argv);
	fputs("Usage: list\n", stderr);
	return EXIT_FAILURE;
}

static int print_help(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return fputs(help, stdout) < 0 || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int fail(const char *what, const char *word)
{
	fprintf(stderr, "%s%s\n", what, word);
	fputs(help, stderr);
	return EXIT_FAILURE;
}

int kmod_main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(int argc, char **argv);
	} commands[] = {
		{ "help", print_help },
		{ "list", list },
		{ "static-nodes", static_nodes_main },
	};
	char text[64];
	int c;

	/* Options after the command are the command's. */
	c = getopt_long(argc, argv, "+Vh", long_options, NULL);
	if (c != -1)
		return tools_option(c, help);
	if (optind == argc)
		return fail("missing command", "");
	argc -= optind;
	argv += optind;
	optind = 0;
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(argv[0], commands[i].name))
			return commands[i].run(argc, argv);
	snprintf(text, sizeof(text), "'%.60s'", argv[0]);
	return fail("invalid command ", text);
}
