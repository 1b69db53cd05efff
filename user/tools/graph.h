/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef TOOLS_GRAPH_H
#define TOOLS_GRAPH_H

#include <stdio.h>

#include "user/tools/json.h"
#include "user/tools/tools.h"

/* A graph as --json prints it: nodes and edges. */
struct graph {
	json_t *nodes, *edges;
};

/**
 * graph_loaded - what is loaded, and who uses whom
 * Return: 0 or a negative errno value.
 */
int graph_loaded(struct graph *graph);

/**
 * graph_plan - what loading would load, and what each needs
 * Return: 0 or a negative errno value, after a message.
 */
int graph_plan(struct graph *graph, struct tmod_system *system, const char *const *words, size_t cnt);

/* Write in graphviz's language. */
void graph_dot(const struct graph *graph, FILE *to);

/* Let graphviz draw @dot, which is rewound. Return: the exit status, after a message. */
int graph_svg(FILE *dot, FILE *to);

#endif
