/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* kmod static-nodes - the device nodes of modules.devname, for udev and systemd-tmpfiles */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "user/tools/tools.h"

static const struct option long_options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "format", required_argument, NULL, 'f' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
    "Usage:\n"
    "\tkmod static-nodes [options]\n\n"
    "Print the device nodes for which the running kernel loads modules when they are opened.\n\n"
    "Options:\n"
    "\t-f, --format=FORMAT  human (the default), tmpfiles (see tmpfiles.d(5)) or devname (as in the index)\n"
    "\t-o, --output=FILE    write to a file; its directories are made\n"
    "\t-h, --help           show this help\n";

/* A line "MODULE NODE cMAJOR:MINOR". */
struct device_node {
	const char *module, *name;
	char type;
	unsigned int major, minor;
};

static void print_human(FILE *out, const struct device_node *n)
{
	fprintf(out, "Module: %s\n\tDevice node: /dev/%s\n\t\tType: %s device\n\t\tMajor: %u\n\t\tMinor: %u\n",
		n->module, n->name, n->type == 'c' ? "character" : "block", n->major, n->minor);
}

/* The directory of a node goes before it. */
static void print_tmpfiles(FILE *out, const struct device_node *n)
{
	const char *slash = strrchr(n->name, '/');

	if (slash)
		fprintf(out, "d /dev/%.*s 0755 - - -\n", (int)(slash - n->name), n->name);
	fprintf(out, "%c! /dev/%s 0600 - - - %u:%u\n", n->type, n->name, n->major, n->minor);
}

static void print_devname(FILE *out, const struct device_node *n)
{
	fprintf(out, "%s %s %c%u:%u\n", n->module, n->name, n->type, n->major, n->minor);
}

static const struct format {
	const char *name;
	void (*print)(FILE *out, const struct device_node *n);
} formats[] = { { "human", print_human }, { "tmpfiles", print_tmpfiles }, { "devname", print_devname } };

static const struct format *find_format(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(name, formats[i].name))
			return &formats[i];
	return NULL;
}

/* Make the directories that a path goes through. */
static int make_directories(const char *path)
{
	char directory[PATH_MAX];

	if (strlen(path) >= sizeof(directory))
		return -ENAMETOOLONG;
	strcpy(directory, path);
	for (char *c = strchr(directory + 1, '/'); c; c = strchr(c + 1, '/')) {
		*c = '\0';
		if (mkdir(directory, 0755) && errno != EEXIST)
			return -errno;
		*c = '/';
	}
	return 0;
}

static bool parse_line(char *line, struct device_node *n)
{
	char module[257], name[257], end;

	if (sscanf(line, "%256s %256s %c%u:%u%c", module, name, &n->type, &n->major, &n->minor, &end) != 5 ||
	    (n->type != 'c' && n->type != 'b'))
		return false;
	/* The words where they stand. */
	n->module = strtok(line, " \t");
	n->name = strtok(NULL, " \t");
	return true;
}

/* Return: the exit status. A line that cannot be understood is reported, and the others are printed. */
static int print_nodes(FILE *in, FILE *out, const struct format *format)
{
	int status = EXIT_SUCCESS;
	struct device_node n;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, in) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (*line == '#')
			continue;
		if (parse_line(line, &n)) {
			format->print(out, &n);
			continue;
		}
		fprintf(stderr, "Error: invalid devname entry: %s\n", line);
		status = EXIT_FAILURE;
	}
	free(line);
	return status;
}

static int run(const struct format *format, const char *output)
{
	char path[PATH_MAX];
	FILE *in, *out = stdout;
	int status, fd, err = 0;

	err = tmod_tree_find(NULL, NULL, NULL, path, sizeof(path) - sizeof("/modules.devname"), NULL);
	if (err) {
		fprintf(stderr, "Error: the module tree of this kernel: %s\n", strerror(-err));
		return EXIT_FAILURE;
	}
	strcat(path, "/modules.devname");
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is empty, and not waited for */
	in = fd < 0 ? NULL : fdopen(fd, "r");
	if (!in && errno == ENOENT) {
		fprintf(stderr, "Warning: %s not found - ignoring\n", path);
		return EXIT_SUCCESS;
	}
	if (!in) {
		fprintf(stderr, "Error: could not open %s - %s\n", path, strerror(errno));
		return EXIT_FAILURE;
	}
	if (output) {
		err = make_directories(output);
		out = err ? NULL : fopen(output, "we");
		if (!out)
			fprintf(stderr, "Error: could not create %s - %s\n", output, strerror(err ? -err : errno));
	}
	status = out ? print_nodes(in, out, format) : EXIT_FAILURE;
	if (out && (output ? fclose(out) : fflush(out))) {
		fprintf(stderr, "Error: could not write %s - %s\n", output ? output : "the output", strerror(errno));
		status = EXIT_FAILURE;
	}
	fclose(in);
	return status;
}

int static_nodes_main(int argc, char **argv)
{
	const struct format *format = &formats[0];
	const char *output = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "o:f:h", long_options, NULL)) != -1) {
		switch (c) {
		case 'o':
			output = optarg;
			break;
		case 'f':
			format = find_format(optarg);
			if (format)
				break;
			fprintf(stderr, "Unknown format: '%s'.\n", optarg);
			fputs(help, stderr);
			return EXIT_FAILURE;
		case 'h':
			fputs(help, stdout);
			return EXIT_SUCCESS;
		default:
			return EXIT_FAILURE;
		}
	}
	return run(format, output);
}
