/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* lsmod - what is loaded, from /proc/modules: "name size references users state address" */
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "tools/tools.h"

static const struct option long_options[] = {
	{ "syslog", no_argument, NULL, 's' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
	"usage: lsmod [OPTION]...\n"
	"List the modules that are loaded: name, bytes, number of users, and the modules among them.\n\n"
	"  -s, --syslog   accepted\n"
	"  -v, --verbose  accepted\n"
	"  -V, --version  show the version\n"
	"  -h, --help     show this\n";

/* "a,b," or "-" */
static void print_line(char *name)
{
	char *rest, *size, *references, *users;

	name = strtok_r(name, " \t\n", &rest);
	size = strtok_r(NULL, " \t\n", &rest);
	references = strtok_r(NULL, " \t\n", &rest);
	users = strtok_r(NULL, " \t\n", &rest);
	if (!users)
		return;
	if (!strcmp(users, "-"))
		users = "";
	else if (*users && users[strlen(users) - 1] == ',')
		users[strlen(users) - 1] = '\0';
	printf("%-19s %8s  %s%s%s\n", name, size, references, *users ? " " : "", users);
}

int lsmod_main(int argc, char **argv)
{
	const char *path = getenv("TENON_PROC_MODULES");
	char *line = NULL;
	size_t size = 0;
	FILE *in;
	int c;

	while ((c = getopt_long(argc, argv, "svVh", long_options, NULL)) != -1) {
		switch (c) {
		case 's':
		case 'v':
			break;
		case 'V':
			return tools_version();
		case 'h':
			fputs(help, stdout);
			return EXIT_SUCCESS;
		default:
			return EXIT_FAILURE;
		}
	}
	if (optind < argc) {
		fputs("usage: lsmod\n", stderr);
		return EXIT_FAILURE;
	}
	in = fopen(path ? path : "/proc/modules", "re");
	if (!in) {
		fprintf(stderr, "Error: could not get list of modules: %s\n", strerror(errno));
		return EXIT_FAILURE;
	}
	puts("Module                  Size  Used by");
	while (getline(&line, &size, in) > 0)
		print_line(line);
	free(line);
	fclose(in);
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
