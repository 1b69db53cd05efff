/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* modprobe: what its files share. */
#ifndef TOOLS_MODPROBE_H
#define TOOLS_MODPROBE_H

#include "user/tools/log.h"

struct modprobe {
	struct log log;
	struct tmod_where where;
	unsigned int flags; /* of enum tmod_flag */
	unsigned int wait_ms;
	bool all, remove, dry, show, resolve, json;
	bool show_config, show_versions, show_exports;
	const char *const *words;
	size_t word_cnt;
	char *environment, **arguments; /* memory of the words, if there are some of $MODPROBE_OPTIONS */
};

/**
 * modprobe_arguments - read the command line, before which the words of $MODPROBE_OPTIONS count
 *
 * Return: -1, or the exit status of a program that has nothing more to do. The memory of the words and of the list of
 * configuration files is the program's until it ends.
 */
int modprobe_arguments(struct modprobe *m, int argc, char **argv);

/** modprobe_plan - plan what is asked for. Return: as tmod_plan_load() or tmod_plan_unload(). */
int modprobe_plan(struct modprobe *m, struct tmod_system *system, struct tmod_plan **plan);

/* Say that nobody knows a word, and what to do if the tree is missing. Return: the exit status. */
int modprobe_not_found(struct modprobe *m, struct tmod_system *system, const char *word);

/* With --json. Return: the exit status. */
int modprobe_json_depends(struct modprobe *m, struct tmod_system *system);
int modprobe_json_resolve(struct modprobe *m, struct tmod_system *system);
int modprobe_json_config(struct tmod_system *system);

/* -c; --show-modversions, --show-exports. Return: the exit status. */
int modprobe_show_config(struct tmod_system *system);
int modprobe_show_symbols(struct modprobe *m, struct tmod_system *system);

/* Log what policy stops, if nobody reads our messages. */
void modprobe_log_policy(const struct modprobe *m, const struct tmod_plan *plan);

#endif
