/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tenon graph - draw which module needs which */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/graph.h"
#include "user/tools/system.h"

enum { DOT = 256, SVG };

static const struct option long_options[] = {
	{ "loaded", no_argument, NULL, 'l' },       { "plan", no_argument, NULL, 'p' },
	{ "dot", no_argument, NULL, DOT },          { "svg", no_argument, NULL, SVG },
	{ "output", required_argument, NULL, 'o' }, SYSTEM_LONG
};

static const char help[] =
    "usage: tenon graph [OPTION]... [--loaded]\n"
    "       tenon graph [OPTION]... --plan MODULE|ALIAS|FILE...\n"
    "Draw which module needs which: of what is loaded, or of what loading a module would load.\n\n"
    "  -l, --loaded               what is loaded (the default)\n"
    "  -p, --plan                 what modprobe would load\n"
    "      --dot                  write graphviz's language (the default)\n"
    "      --svg                  write a picture; needs the package graphviz\n"
    "  -o, --output=FILE          write to a file\n" SYSTEM_HELP;

struct arguments {
	struct system_options system;
	bool plan, dot, svg;
	const char *output;
	const char *const *words;
	size_t word_cnt;
};

/* Return: -1 to go on, or the exit status. */
static int parse(int argc, char **argv, struct arguments *a)
{
	bool loaded = false;
	int c, status;

	while ((c = getopt_long(argc, argv, "lpo:" SYSTEM_SHORT, long_options, NULL)) != -1) {
		switch (c) {
		case 'l':
			loaded = true;
			break;
		case 'p':
			a->plan = true;
			break;
		case DOT:
			a->dot = true;
			break;
		case SVG:
			a->svg = true;
			break;
		case 'o':
			a->output = optarg;
			break;
		default:
			status = system_option(&a->system, c, help);
			if (status >= 0)
				return status;
		}
	}
	a->words = (const char *const *)(argv + optind);
	a->word_cnt = (size_t)(argc - optind);
	if ((loaded && a->plan) || a->dot + a->svg + a->system.json > 1)
		return tools_error("graph", "give one of --loaded and --plan, and one of --dot, --svg and --json");
	if (a->plan && !a->word_cnt)
		return tools_error("graph", "--plan: which module?");
	if (!a->plan && a->word_cnt)
		return tools_error("graph", "'%s': of what is loaded, all is drawn; --plan %s draws what it needs",
				   a->words[0], a->words[0]);
	return -1;
}

static int make(struct arguments *a, struct graph *g)
{
	struct tmod_system *system;
	int err;

	if (!a->plan) {
		err = graph_loaded(g);
		return err ? tools_error("graph", "/proc/modules: %s", strerror(-err)) : EXIT_SUCCESS;
	}
	system = system_open(&a->system, "graph", NULL);
	if (!system)
		return EXIT_FAILURE;
	err = graph_plan(g, system, a->words, a->word_cnt);
	tmod_system_close(system);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void write_json(const struct graph *g, FILE *to)
{
	json_t *object = json_object();

	json_put(object, "nodes", json_incref(g->nodes));
	json_put(object, "edges", json_incref(g->edges));
	json_dumpf(object, to, JSON_INDENT(2));
	putc('\n', to);
	json_decref(object);
}

/* Whole, or an error: what was in the file stays until all is known. */
static int copy(FILE *from, const char *path)
{
	FILE *to = path ? fopen(path, "we") : stdout;
	bool failed;
	int c;

	if (!to)
		return tools_error("graph", "%s: %s", path, strerror(errno));
	rewind(from);
	while ((c = getc(from)) != EOF)
		putc(c, to);
	failed = ferror(from) || ferror(to);
	failed |= path ? fclose(to) : fflush(to);
	return failed ? tools_error("graph", "%s: %s", path ? path : "standard output", strerror(errno)) : EXIT_SUCCESS;
}

static int write_graph(const struct arguments *a, const struct graph *g)
{
	FILE *text = tmpfile(), *picture = a->svg ? tmpfile() : NULL;
	int status = EXIT_SUCCESS;

	if (!text || (a->svg && !picture)) {
		status = tools_error("graph", "no temporary file: %s", strerror(errno));
	} else {
		if (a->system.json)
			write_json(g, text);
		else
			graph_dot(g, text);
		if (a->svg)
			status = graph_svg(text, picture);
		if (!status)
			status = copy(a->svg ? picture : text, a->output);
	}
	if (text)
		fclose(text);
	if (picture)
		fclose(picture);
	return status;
}

int graph_main(int argc, char **argv)
{
	/* Has memory until the program ends. */
	static struct arguments a;
	struct graph g;
	int status = parse(argc, argv, &a);

	if (status >= 0)
		return status;
	/* A temporary file would take its place. */
	if (!a.output && fcntl(STDOUT_FILENO, F_GETFD) < 0)
		return tools_error("graph", "standard output: %s", strerror(errno));
	g = (struct graph){ json_array(), json_array() };
	status = make(&a, &g);
	if (!a.system.json) {
		json_make_printable(g.nodes);
		json_make_printable(g.edges);
	}
	if (!status)
		status = write_graph(&a, &g);
	json_decref(g.nodes);
	json_decref(g.edges);
	return status;
}
