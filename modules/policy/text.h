/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the policies have in common: their text, in lines of words, and patterns. */
#ifndef MODULES_POLICY_TEXT_H
#define MODULES_POLICY_TEXT_H

#include "tenon/module.h"

#define TEXT_WORDS_MAX 4

/* All of /etc/policy/NAME with a NUL behind it, until policy_end(); NULL with *err: there is none, or it is too long. */
char *text_read(size_t *len, int *err);

/* How many lines @from has at most: the last may lack its end. */
size_t text_lines(const char *from, size_t len);

/*
 * Part the next line of *@at into words, each of which gets its NUL, and go on to the line behind it. What follows a '#' is
 * nobody's. Return: how many words; 0: an empty line; -1: the text ends; more than TEXT_WORDS_MAX: there are more.
 */
int text_words(char **at, char *words[TEXT_WORDS_MAX]);

/* Is @text what @pattern says? '*' stands for anything within a name, "**" also for more of a path. */
bool text_matches(const char *pattern, const char *text);

/* Say that a line of the text is not one of the policy's. Return: -TENON_EINVAL. */
int text_refuse(unsigned line, const char *expected);

/* Register a policy, which stays when it is idle, and for ever unless @removable. Return: init's. */
int policy_begin(const char *name, bool removable, const struct tenon_policy_ops *ops);
/* Give back the policy and the text, as far as there are any. Return: @err. */
int policy_end(int err);

#endif
