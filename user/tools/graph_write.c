/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A graph in graphviz's language, and drawn by graphviz. */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/tools/graph.h"

extern char **environ;

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value ? value : "";
}

/* In a quoted string of the language only these two are special, and a line may not end. */
static void write_quoted(const char *string, FILE *to)
{
	for (const char *c = string; *c; c++) {
		if (*c == '"' || *c == '\\')
			putc('\\', to);
		if (*c == '\n')
			fputs("\\n", to);
		else
			putc(*c, to);
	}
}

static const char *style(const char *state)
{
	static const char *const styles[][2] = {
		{ "loaded", "style=filled, fillcolor=\"#d9ead3\"" },
		{ "builtin", "style=filled, fillcolor=\"#eeeeee\"" },
		{ "stopped", "style=filled, fillcolor=\"#f4cccc\"" },
		{ "install", "shape=note" },
	};

	for (size_t i = 0; i < sizeof(styles) / sizeof(styles[0]); i++)
		if (!strcmp(styles[i][0], state))
			return styles[i][1];
	return "style=solid";
}

void graph_dot(const struct graph *g, FILE *to)
{
	const json_t *one;
	size_t i;

	fputs("digraph modules {\n\tnode [shape=box, fontname=\"sans-serif\"];\n", to);
	json_array_foreach(g->nodes, i, one) {
		const char *state = text(one, "state");

		fputs("\t\"", to);
		write_quoted(text(one, "name"), to);
		fputs("\" [label=\"", to);
		write_quoted(text(one, "name"), to);
		if (json_is_integer(json_object_get(one, "memory_bytes")))
			fprintf(to, "\\n%lld bytes", json_integer_value(json_object_get(one, "memory_bytes")));
		if (strcmp(state, "loaded") && strcmp(state, "planned"))
			fprintf(to, "\\n%s", state);
		fprintf(to, "\", %s];\n", style(state));
	}
	json_array_foreach(g->edges, i, one) {
		fputs("\t\"", to);
		write_quoted(text(one, "from"), to);
		fputs("\" -> \"", to);
		write_quoted(text(one, "to"), to);
		fprintf(to, "\"%s;\n", strcmp(text(one, "kind"), "dependency") ? " [style=dashed]" : "");
	}
	fputs("}\n", to);
}

int graph_svg(FILE *dot, FILE *to)
{
	char program[] = "dot", option[] = "-Tsvg", *argv[] = { program, option, NULL };
	posix_spawn_file_actions_t actions;
	int err, status;
	pid_t pid;

	fflush(dot);
	fflush(to);
	if (lseek(fileno(dot), 0, SEEK_SET) < 0 || posix_spawn_file_actions_init(&actions))
		return tools_error("graph", "could not run dot: %s", strerror(errno));
	err = posix_spawn_file_actions_adddup2(&actions, fileno(dot), STDIN_FILENO);
	if (!err)
		err = posix_spawn_file_actions_adddup2(&actions, fileno(to), STDOUT_FILENO);
	if (!err)
		err = posix_spawnp(&pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (err == ENOENT)
		return tools_error("graph", "--svg needs the program dot: install the package graphviz, or use --dot");
	if (err || waitpid(pid, &status, 0) < 0)
		return tools_error("graph", "could not run dot: %s", strerror(err ? err : errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return tools_error("graph", "dot could not draw the graph");
	return EXIT_SUCCESS;
}
