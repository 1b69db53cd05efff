/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the commands share. One program has them all and looks at the name it is called by. */
#ifndef TOOLS_TOOLS_H
#define TOOLS_TOOLS_H

#include <stdio.h>

#include "tenon/mod.h"

int check_main(int argc, char **argv);
int depmod_main(int argc, char **argv);
int diff_main(int argc, char **argv);
int lsmod_main(int argc, char **argv);
int modinfo_main(int argc, char **argv);
int graph_main(int argc, char **argv);
int what_if_main(int argc, char **argv);
int why_not_main(int argc, char **argv);
int why_main(int argc, char **argv);
int insmod_main(int argc, char **argv);
int kmod_main(int argc, char **argv);
int lint_main(int argc, char **argv);
int load_main(int argc, char **argv);
int modprobe_main(int argc, char **argv);
int rmmod_main(int argc, char **argv);
int static_nodes_main(int argc, char **argv);
int unload_main(int argc, char **argv);

/* The word for a level in messages: "ERROR". */
const char *tools_level(enum tmod_level level);

/* A message function that writes "NAME: LEVEL: text" to standard error; @data is the command's name. */
void tools_say(void *data, enum tmod_level level, const char *text);

/* What --version prints. Return: the exit status. */
int tools_version(void);

/* The options that all commands have, and the end of a table for getopt_long(). */
#define TOOLS_LONG { "version", no_argument, NULL, 'V' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }

/* Take one of these. Return: the exit status; of a failure for all others, which getopt has reported. */
int tools_option(int c, const char *help);

/*
 * Parameters as the kernel gets them, a=1 b="2 3": a value with a blank gets quotes. @words: ended by NULL.
 * Return: to be freed, or NULL: no memory.
 */
char *tools_join(const char *const *words);

/* Say "NAME: ERROR: ..." in printf style. Return: the exit status of a failure. */
__attribute__((format(printf, 2, 3))) int tools_error(const char *name, const char *format, ...);

/* The word for a kind of problem, in what `tenon check` prints. */
const char *check_kind(enum tmod_problem_kind kind);

/* Say why nothing can be found in a tree, if it or its indexes are missing; nothing otherwise. */
void tools_missing(const char *name, const struct tmod_tree *tree);

/* Read the first line of a small file, "" without one. Return: whether there is any. */
bool tools_line(const char *path, char *text, size_t size);

/* How many characters must be changed, added or taken away to make one word of the other; 99: many. */
unsigned int tools_distance(const char *a, const char *b);

#endif
