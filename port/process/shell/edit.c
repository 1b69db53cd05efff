/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Reading lines: from a terminal with libedit (editing, history, completion), else plainly. */
#define _GNU_SOURCE
#include <editline/readline.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "port/process/shell/shell.h"

#define HISTORY_LINES 1000

static struct shell *shell; /* for completion: readline's functions have no context */
static char *history_path;

/* ---- completion ---- */

/* What of all that is loaded comes at place @skip of those that match. */
struct pick {
	const char *text;
	int skip;
	char *found;
};

static int pick_loaded(const struct tenon_module *m, void *arg)
{
	struct pick *p = arg;

	if (strncmp(tenon_module_name(m), p->text, strlen(p->text)) || p->skip--)
		return 0;
	p->found = strdup(tenon_module_name(m));
	return 1;
}

/* Each is called with @state 0, 1, 2 ... and returns the next name that begins with @text, NULL after the last. */
static char *next_loaded(const char *text, int state)
{
	struct pick p = { .text = text, .skip = state };

	tenon_for_each(shell->core, pick_loaded, &p);
	return p.found;
}

static char *next_command(const char *text, int state)
{
	for (const struct command *c = commands; c->name; c++)
		if (!strncmp(c->name, text, strlen(text)) && !state--)
			return strdup(c->name);
	return NULL;
}

static char *next_module(const char *text, int state)
{
	size_t cnt;
	char *const *names = names_get(shell, &cnt);

	for (size_t i = 0; i < cnt; i++)
		if (!strncmp(names[i], text, strlen(text)) && !state--)
			return strdup(names[i]);
	return NULL;
}

static char **complete(const char *text, int start, int end)
{
	const struct command *c;
	char name[16] = "";

	(void)end;
	sscanf(rl_line_buffer, "%15s", name);
	rl_attempted_completion_over = 1;
	if (!start)
		return rl_completion_matches(text, next_command);
	c = command_find(name);
	switch (c ? c->completes : COMPLETES_NOTHING) {
	case COMPLETES_COMMAND:
		return rl_completion_matches(text, next_command);
	case COMPLETES_MODULE:
		return rl_completion_matches(text, next_module);
	case COMPLETES_LOADED:
		return rl_completion_matches(text, next_loaded);
	case COMPLETES_FILE:
		rl_attempted_completion_over = 0;
		return NULL;
	default:
		return NULL;
	}
}

/* ---- history ---- */

/* In the place that the XDG base directory specification has for it. NULL: no home, no history. */
static char *find_history(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	char *dir = NULL, *path = NULL;

	if (state && *state == '/') {
		dir = strdup(state);
	} else if (home && *home == '/' && asprintf(&dir, "%s/.local", home) > 0) {
		mkdir(dir, 0700);
		free(dir);
		if (asprintf(&dir, "%s/.local/state", home) < 0)
			dir = NULL;
	}
	if (dir && !mkdir(dir, 0700))
		chmod(dir, 0700);
	if (dir && asprintf(&path, "%s/tenon_history", dir) < 0)
		path = NULL;
	free(dir);
	return path;
}

void edit_open(struct shell *s)
{
	shell = s;
	rl_readline_name = "tenon";
	rl_outstream = fdopen(STDOUT_FILENO, "w"); /* what it prints does speak to the terminal */
	rl_catch_signals = 0;                      /* an interrupt is for what waits in the core */
	using_history();
	stifle_history(HISTORY_LINES);
	history_path = find_history();
	if (history_path)
		read_history(history_path);
	rl_attempted_completion_function = complete;
}

void edit_close(void)
{
	if (history_path)
		write_history(history_path);
	free(history_path);
	history_path = NULL;
}

char *edit_line(const char *prompt)
{
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	if (shell) {
		fflush(stdout);
		line = readline(prompt);
		if (line && *line)
			add_history(line);
		return line;
	}
	len = getline(&line, &cap, stdin);
	if (len > 0)
		return line;
	free(line);
	return NULL;
}

int cmd_history(struct shell *s, const struct args *a)
{
	(void)s;
	if (a->cnt > 1)
		return say_usage(a);
	for (int i = 0; shell && i < history_length; i++) {
		HIST_ENTRY *entry = history_get(history_base + i);

		if (entry)
			printf("%5d  %s\n", i + 1, entry->line);
	}
	return 0;
}
