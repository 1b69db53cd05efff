/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Commands of the configuration, as system() runs them, but with an environment of their own: setting a variable of the
 * caller's would race with its other threads.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "user/lib/plan/command.h"
#include "user/lib/plan/run.h"

#define OPTIONS_VARIABLE "$CMDLINE_OPTS"
#define MODULE_VARIABLE  "MODPROBE_MODULE"

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

/* What is running: "install:NAME", "remove:NAME", the outermost first, separated by blanks. */
#define RUNNING_VARIABLE "TENON_COMMANDS"

bool command_is_running(const struct tmod_plan *p, enum tmod_directive directive, const char *name)
{
	const char *kind = directive == TMOD_INSTALL ? "install:" : "remove:", *word = getenv(RUNNING_VARIABLE);
	size_t kind_len = strlen(kind), len;

	/* To show what would be done runs nothing. */
	for (; word && *word && !(p->flags & TMOD_REPEATS); word += len) {
		word += strspn(word, " ");
		len = strcspn(word, " ");
		if (len == kind_len + strlen(name) && !strncmp(word, kind, kind_len) &&
		    !strncmp(word + kind_len, name, len - kind_len))
			return true;
	}
	return false;
}

static bool is_variable(const char *entry, const char *name)
{
	size_t len = strlen(name);

	return !strncmp(entry, name, len) && entry[len] == '=';
}

/* The environment of a command. @variables: two that take the places of those of their names. NULL: no memory. */
static char **make_environment(char *variables[2])
{
	size_t cnt = 0, n = 0;
	char **env;

	while (environ && environ[cnt])
		cnt++;
	env = calloc(cnt + 3, sizeof(*env));
	if (!env)
		return NULL;
	for (size_t i = 0; i < cnt; i++)
		if (!is_variable(environ[i], MODULE_VARIABLE) && !is_variable(environ[i], RUNNING_VARIABLE))
			env[n++] = environ[i];
	env[n++] = variables[0];
	env[n] = variables[1];
	return env;
}

/* What a terminal sends to all while a command runs is for the command. It counts for the process, so it is counted. */
static const int interrupts[] = { SIGINT, SIGQUIT };
static pthread_mutex_t interrupts_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned int commands; /* that run; under the lock, as are: */
static struct sigaction before[2];

/* @defaults: gets those that were not ignored before */
static void ignore_interrupts(sigset_t *defaults)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigemptyset(defaults);
	pthread_mutex_lock(&interrupts_lock);
	commands++;
	for (int i = 0; i < 2; i++) {
		if (commands == 1)
			sigaction(interrupts[i], &ignore, &before[i]);
		if (before[i].sa_handler != SIG_IGN)
			sigaddset(defaults, interrupts[i]);
	}
	pthread_mutex_unlock(&interrupts_lock);
}

static void restore_interrupts(void)
{
	pthread_mutex_lock(&interrupts_lock);
	commands--;
	for (int i = 0; i < 2 && !commands; i++)
		sigaction(interrupts[i], &before[i], NULL);
	pthread_mutex_unlock(&interrupts_lock);
}

/* Signals that the caller blocks, as daemons do, are not blocked for the command. Return: an errno value. */
static int spawn(char **argv, char **env, const sigset_t *defaults, pid_t *pid)
{
	posix_spawnattr_t attributes;
	sigset_t none;
	int err = posix_spawnattr_init(&attributes);

	if (err)
		return err;
	sigemptyset(&none);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, defaults);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	err = posix_spawn(pid, "/bin/sh", NULL, &attributes, argv, env);
	posix_spawnattr_destroy(&attributes);
	return err;
}

/* Run it and wait. Return: its status, or a negative errno value. */
static int run_and_wait(char **argv, char **env)
{
	sigset_t defaults;
	int status = 0, err;
	pid_t pid;

	ignore_interrupts(&defaults);
	err = spawn(argv, env, &defaults, &pid);
	while (!err && waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			err = errno;
	restore_interrupts();
	return err ? -err : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int tmod_command_run(const char *command, enum tmod_directive directive, const char *module)
{
	const char *kind = directive == TMOD_INSTALL ? "install" : "remove", *running = getenv(RUNNING_VARIABLE);
	char shell[] = "sh", option[] = "-c", *text = strdup(command), *variables[2] = { NULL, NULL }, **env = NULL;
	char *argv[] = { shell, option, text, NULL };
	int ret = -ENOMEM;

	if (asprintf(&variables[0], MODULE_VARIABLE "=%s", module) < 0)
		variables[0] = NULL;
	if (asprintf(&variables[1], RUNNING_VARIABLE "=%s%s%s:%s", running ? running : "", running ? " " : "", kind,
		     module) < 0)
		variables[1] = NULL;
	if (variables[0] && variables[1])
		env = make_environment(variables);
	if (text && env)
		ret = run_and_wait(argv, env);
	free(env);
	free(variables[0]);
	free(variables[1]);
	free(text);
	return ret;
}

int run_command(const struct tmod_step *s)
{
	char *text = expand(s->command, s->options);
	int ret = text ? tmod_command_run(text, s->action == TMOD_RUN_INSTALL ? TMOD_INSTALL : TMOD_REMOVE, s->name) :
			 -ENOMEM;

	free(text);
	return ret;
}
