/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* lsmod - what is loaded */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/loaded.h"
#include "user/tools/tools.h"

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "syslog", no_argument, NULL, 's' },
	{ "verbose", no_argument, NULL, 'v' },
	TOOLS_LONG,
};

static const char help[] =
    "usage: lsmod [OPTION]...\n"
    "List the modules that are loaded: name, bytes, number of users, and the modules among them.\n\n"
    "      --json     print JSON\n"
    "  -s, --syslog   accepted\n"
    "  -v, --verbose  accepted\n"
    "  -V, --version  show the version\n"
    "  -h, --help     show this\n";

static int print_line(void *data, const struct tmod_loaded *m)
{
	bool *begun = data;
	const char *between = " ";

	if (!*begun)
		puts("Module                  Size  Used by");
	*begun = true;
	printf("%-19s %8" PRIu64 "  ", m->name, m->size);
	if (m->refcount < 0)
		putchar('-');
	else
		printf("%d", m->refcount);
	for (const char *const *holder = m->holders; *holder; holder++, between = ",")
		printf("%s%s", between, *holder);
	putchar('\n');
	return 0;
}

static int list(bool json)
{
	json_t *modules = NULL;
	bool begun = false;
	int err = json ? loaded_json(&modules) : tmod_loaded_each(print_line, &begun);

	if (err) {
		json_decref(modules);
		fprintf(stderr, "Error: could not get list of modules: %s\n", strerror(-err));
		return EXIT_FAILURE;
	}
	if (json)
		return json_print(modules);
	if (!begun)
		puts("Module                  Size  Used by");
	return fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}

int lsmod_main(int argc, char **argv)
{
	bool json = false;
	int c;

	while ((c = getopt_long(argc, argv, "svVh", long_options, NULL)) != -1) {
		switch (c) {
		case 'j':
			json = true;
			break;
		case 's':
		case 'v':
			break;
		default:
			return tools_option(c, help);
		}
	}
	if (optind < argc) {
		fputs("usage: lsmod\n", stderr);
		return EXIT_FAILURE;
	}
	return list(json);
}
