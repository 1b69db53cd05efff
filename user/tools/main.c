/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Find the command: the name of the link, or the first argument ("tenon depmod ..."). */
#include <string.h>

#include "user/tools/tools.h"

static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *what;
} commands[] = {
	{ "modprobe", modprobe_main, "load or unload modules with what they need" },
	{ "insmod", insmod_main, "load one module file" },
	{ "rmmod", rmmod_main, "unload modules" },
	{ "modinfo", modinfo_main, "show what module files say of themselves" },
	{ "lsmod", lsmod_main, "list what is loaded" },
	{ "depmod", depmod_main, "make the indexes of a module tree" },
	{ "check", check_main, "would a kernel accept a module file" },
	{ "diff", diff_main, "what changed between two module trees or kernel packages" },
	{ "lint", lint_main, "what is wrong with modprobe.d and depmod.d" },
	{ "load", load_main, "load modules, all or none, as much at once as goes" },
	{ "unload", unload_main, "unload modules, all or none" },
	{ "kmod", kmod_main, "list what is loaded, or device nodes, as kmod does" },
	{ "why-not", why_not_main, "what keeps a module or a driver from being loaded" },
	{ "graph", graph_main, "draw which module needs which" },
	{ "what-if", what_if_main, "what modprobe or rmmod would do" },
	{ "why", why_main, "why a module is loaded, or would be" },
};

#define COMMAND_CNT (sizeof(commands) / sizeof(commands[0]))

static const struct command *find(const char *name)
{
	for (size_t i = 0; i < COMMAND_CNT; i++)
		if (!strcmp(name, commands[i].name))
			return &commands[i];
	return NULL;
}

static int help(FILE *to)
{
	fputs("usage: tenon COMMAND [ARGUMENT]...\n"
	      "       tenon help [COMMAND]\n\n"
	      "Look at the modules of Linux, and load and unload them.\n\n",
	      to);
	for (size_t i = 0; i < COMMAND_CNT; i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].what);
	fputs("\ntenon COMMAND --help tells the rest. -V, --version: show the version.\n", to);
	return fflush(to) || to == stderr;
}

/* The command that is most like a word that is none; NULL: none is. */
static const char *closest(const char *word)
{
	unsigned int least = 3;
	const char *name = NULL;

	for (size_t i = 0; i < COMMAND_CNT; i++) {
		unsigned int d = tools_distance(word, commands[i].name);

		if (d < least) {
			least = d;
			name = commands[i].name;
		}
	}
	return name;
}

static int unknown(const char *word)
{
	const char *name = closest(word);

	if (name)
		return tools_error("tenon", "there is no command '%s'; did you mean '%s'?", word, name);
	return tools_error("tenon", "there is no command '%s'; 'tenon help' lists them", word);
}

/* "tenon COMMAND ..." */
static int umbrella(int argc, char **argv)
{
	char help_option[] = "--help", *help_argv[] = { NULL, help_option, NULL };
	const struct command *command;

	if (argc < 2)
		return help(stderr);
	if (!strcmp(argv[1], "-V") || !strcmp(argv[1], "--version"))
		return tools_version();
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "--help")) {
		if (argc < 3)
			return help(stdout);
		help_argv[0] = argv[2];
		argc = 2;
		argv = help_argv;
	} else {
		argc--;
		argv++;
	}
	command = find(argv[0]);
	return command ? command->run(argc, argv) : unknown(argv[0]);
}

int main(int argc, char **argv)
{
	const char *slash = argc ? strrchr(argv[0], '/') : NULL;
	const struct command *command = argc ? find(slash ? slash + 1 : argv[0]) : NULL;

	return command ? command->run(argc, argv) : umbrella(argc, argv);
}
