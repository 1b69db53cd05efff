/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef TOOLS_WHAT_IF_H
#define TOOLS_WHAT_IF_H

#include "user/tools/json.h"
#include "user/tools/tools.h"

/* An answer that is being made. */
struct what_if {
	json_t *steps, *messages;
	bool possible; /* as far as one can know beforehand */
	bool json;
};

/* Add to the messages; also to standard error, unless they are printed as JSON. @data: struct what_if */
void what_if_say(void *data, enum tmod_level level, const char *text);

/* `tenon what-if rmmod`. Return: -1, or the exit status if there is nothing to print. */
int what_if_rmmod(struct what_if *w, int argc, char **argv);

/* Print what --json would print as text. */
void what_if_print(const json_t *answer);

#endif
