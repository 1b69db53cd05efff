/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* depmod - make the indexes of a module tree */
#include <errno.h>
#include <getopt.h>
#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "tools/json.h"
#include "tools/tools.h"

static const char short_options[] = "aAb:o:nvVh";
static const struct option long_options[] = {
	{ "all", no_argument, NULL, 'a' },
	{ "quick", no_argument, NULL, 'A' },
	{ "basedir", required_argument, NULL, 'b' },
	{ "outdir", required_argument, NULL, 'o' },
	{ "show", no_argument, NULL, 'n' },
	{ "dry-run", no_argument, NULL, 'n' },
	{ "json", no_argument, NULL, 'j' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "version", no_argument, NULL, 'V' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
	"usage: depmod [OPTION]... [RELEASE]\n"
	"Make the indexes of the module tree /lib/modules/RELEASE (of the running kernel if none is given).\n\n"
	"  -a, --all          all modules (the default)\n"
	"  -A, --quick        only if a module is newer than modules.dep\n"
	"  -b, --basedir=DIR  the tree is DIR/lib/modules/RELEASE\n"
	"  -o, --outdir=DIR   write the indexes to DIR/lib/modules/RELEASE\n"
	"  -n, --show         write the text files to standard output, and no file\n"
	"      --json         with -n: as JSON\n"
	"  -v, --verbose      accepted\n"
	"  -V, --version      show the version\n"
	"  -h, --help         show this\n";

struct arguments {
	const char *base, *out, *release;
	bool show, quick, json;
};

/* Return: -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct arguments *a)
{
	int c;

	while ((c = getopt_long(argc, argv, short_options, long_options, NULL)) != -1) {
		switch (c) {
		case 'b':
			a->base = optarg;
			break;
		case 'o':
			a->out = optarg;
			break;
		case 'n':
			a->show = true;
			break;
		case 'A':
			a->quick = true;
			break;
		case 'a':
			a->quick = false;
			break;
		case 'j':
			a->json = true;
			break;
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
	if (argc - optind > 1 || (optind < argc && strchr(argv[optind], '/')))
		return tools_error("depmod", "'%s' is not the release of a kernel", argv[argc - 1]);
	if (a->json && !a->show)
		return tools_error("depmod", "--json is about what -n shows: give both");
	a->release = argv[optind];
	return -1;
}

/* Files that kmod's depmod would heed. */
static void warn_of_configuration(void)
{
	glob_t found = { 0 };

	if (!glob("/{etc,run,usr/local/lib,lib}/depmod.d/*.conf", GLOB_BRACE, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++)
			fprintf(stderr, "depmod: WARNING: %s is not heeded\n", found.gl_pathv[i]);
	globfree(&found);
}

static int show(void *data, const char *file, const char *bytes, size_t len)
{
	(void)file;
	return fwrite(bytes, 1, len, data) == len ? 0 : -EIO;
}

int depmod_main(int argc, char **argv)
{
	struct arguments a = { 0 };
	char dir[PATH_MAX], out_dir[PATH_MAX];
	struct tmod_depmod request = { .dir = dir, .messages = { tools_say, (void *)(uintptr_t) "depmod" } };
	int status = parse(argc, argv, &a);

	if (status >= 0)
		return status;
	if (!tools_tree(a.base, a.release, dir, sizeof(dir)) || !tools_tree(a.out, a.release, out_dir, sizeof(out_dir)))
		return tools_error("depmod", "the path of the module tree is too long");
	warn_of_configuration();
	request.out_dir = a.out ? out_dir : NULL;
	request.show = a.show ? show : NULL;
	request.show_data = stdout;
	if (a.json) {
		request.show = depmod_json;
		request.show_data = json_object();
	}
	request.if_newer = a.quick;
	if (tmod_depmod(&request) || (a.show && fflush(stdout)))
		return EXIT_FAILURE;
	return a.json ? json_print(request.show_data) : EXIT_SUCCESS;
}
