/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the parts of the program `api` share. */
#ifndef TESTS_LIBKMOD_API_H
#define TESTS_LIBKMOD_API_H

#include <stdio.h>

#include "user/libkmod/libkmod.h"

#define INT(call) printf("%s = %lld\n", #call, (long long)(call))
#define TEXT(call) printf("%s = %s\n", #call, text(call))
#define NONE(call) printf("%s is %s\n", #call, (call) ? "there" : "NULL")

extern struct kmod_ctx *ctx;
extern int errors; /* that were logged: their texts may differ */

static inline const char *text(const char *s)
{
	return s ? s : "NULL";
}

/* Print the names of the modules; the second also frees the list. */
void print_modules(const char *what, struct kmod_list *list);
void print_list(const char *what, struct kmod_list *list);

/* The parts, each with its arguments. */
void context(int cnt, char **arguments);
void names(int cnt, char **arguments);
void paths(int cnt, char **path);
void look_up_files(int cnt, char **path);
void describe(int cnt, char **name);
void lists(int cnt, char **arguments);
void resources(int cnt, char **arguments);
void changes(int cnt, char **command);
void files(int cnt, char **file);
void probe(int cnt, char **flags_and_words);
void insert_modules(int cnt, char **name);
void remove_modules(int cnt, char **name);
void later(int cnt, char **name_and_command);

#endif
