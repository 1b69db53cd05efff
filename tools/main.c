/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Find the command: the name of the link, or the first argument ("tenon depmod ..."). */
#include <string.h>

#include "tools/tools.h"

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "depmod", depmod_main },
	{ "lsmod", lsmod_main },
	{ "modinfo", modinfo_main },
};

#define COMMAND_CNT (sizeof(commands) / sizeof(commands[0]))

static int usage(FILE *to)
{
	fprintf(to, "usage: tenon COMMAND [ARGUMENT]...\n\nCommands, each with --help:");
	for (size_t i = 0; i < COMMAND_CNT; i++)
		fprintf(to, " %s", commands[i].name);
	fprintf(to, "\n");
	return to == stderr;
}

int main(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argc ? argv[0] : "";

	if (!strcmp(name, "tenon") || !strcmp(name, "kmod")) {
		if (argc < 2)
			return usage(stderr);
		name = *++argv;
		argc--;
		if (!strcmp(name, "--help") || !strcmp(name, "-h") || !strcmp(name, "help"))
			return usage(stdout);
		if (!strcmp(name, "--version") || !strcmp(name, "-V"))
			return tools_version();
	}
	for (size_t i = 0; i < COMMAND_CNT; i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(argc, argv);
	fprintf(stderr, "tenon: there is no command '%s'\n", name);
	return usage(stderr);
}
