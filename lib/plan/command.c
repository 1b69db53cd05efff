/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Commands of the configuration, as system() runs them, but with an environment of their own: setting a variable of the
 * caller's would race with its other threads.
 */
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/plan/run.h"

#define OPTIONS_VARIABLE "$CMDLINE_OPTS"

/* The command with its options in it. NULL: no memory. */
static char *expand(const char *command, const char *options)
{
	struct buf text = { 0 };
	const char *at;

	while ((at = strstr(command, OPTIONS_VARIABLE))) {
		buf_add(&text, command, (size_t)(at - command));
		buf_text(&text, options);
		command = at + strlen(OPTIONS_VARIABLE);
	}
	buf_string(&text, command);
	if (!text.failed)
		return text.data;
	buf_free(&text);
	return NULL;
}

/* The environment with one variable more, which is the last. NULL: no memory. */
static char **environment_with(char *variable)
{
	size_t cnt = 0, n = 0, name_len = strcspn(variable, "=") + 1;
	char **env;

	while (environ && environ[cnt])
		cnt++;
	env = calloc(cnt + 2, sizeof(*env));
	if (!env)
		return NULL;
	for (size_t i = 0; i < cnt; i++)
		if (strncmp(environ[i], variable, name_len))
			env[n++] = environ[i];
	env[n] = variable;
	return env;
}

/* Signals that the caller blocks, as daemons do, are not blocked for the command. Return: an errno value. */
static int spawn(char **argv, char **env, pid_t *pid)
{
	posix_spawnattr_t attributes;
	sigset_t none;
	int err = posix_spawnattr_init(&attributes);

	if (err)
		return err;
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	err = posix_spawn(pid, "/bin/sh", NULL, &attributes, argv, env);
	posix_spawnattr_destroy(&attributes);
	return err;
}

int run_command(const char *command, const char *module, const char *options)
{
	char *text = expand(command, options), *variable = NULL, **env = NULL;
	char *argv[] = { "sh", "-c", text, NULL };
	int status = 0, err = -ENOMEM;
	pid_t pid;

	if (asprintf(&variable, "MODPROBE_MODULE=%s", module) < 0)
		variable = NULL;
	if (variable)
		env = environment_with(variable);
	if (text && env)
		err = -spawn(argv, env, &pid);
	free(env);
	free(variable);
	free(text);
	if (err)
		return err;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
