/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tenon load, tenon unload - all or nothing, and as much at once as goes */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/plan_json.h"
#include "user/tools/system.h"
#include "user/tools/tools.h"

#define THREADS_MAX 16

static const char load_help[] =
    "usage: tenon load [OPTION]... MODULE|ALIAS|FILE... [PARAMETER=VALUE]...\n"
    "Load modules with what they need. If one of them cannot be loaded, none is: those that were are unloaded again.\n"
    "Modules that do not need each other are loaded at the same time. Parameters, which may be given for one module,\n"
    "are checked first: all that it does not have, or that have wrong values, are reported, and nothing is done.\n\n"
    "  -b, --use-blacklist        leave out what is blacklisted\n"
    "  -n, --dry-run              only show what would be done\n"
    "  -t, --threads=N            load so many at a time; without it, as many as there are processors\n" SYSTEM_HELP;

static const char unload_help[] =
    "usage: tenon unload [OPTION]... MODULE|ALIAS...\n"
    "Unload modules, and what only they needed. If one of them is in use, none is unloaded.\n\n"
    "  -n, --dry-run              only show what would be done\n"
    "  -H, --holders              first unload what uses them\n"
    "  -w, --wait=MSEC            wait so long for what is in use\n" SYSTEM_HELP;

static const struct option long_options[] = {
	{ "use-blacklist", no_argument, NULL, 'b' }, { "dry-run", no_argument, NULL, 'n' },
	{ "threads", required_argument, NULL, 't' }, { "holders", no_argument, NULL, 'H' },
	{ "wait", required_argument, NULL, 'w' },    SYSTEM_LONG,
};

struct request {
	const char *command;
	struct system_options options;
	struct tmod_run run;
	unsigned int flags;
	bool unloads;
	const char **words;
	size_t word_cnt;
	char *parameters;
	char **arguments;         /* words and parameters as they were given, ended by NULL */
	json_t *steps, *messages; /* with --json */
};

static void say(void *data, enum tmod_level level, const char *text)
{
	struct request *r = data;
	json_t *message;

	if (level > TMOD_NOTICE)
		return;
	if (!r->options.json) {
		tools_say((void *)(uintptr_t)r->command, level, text);
		return;
	}
	message = json_object();
	json_put(message, "level", json_integer(level));
	json_put(message, "text", json_text(text));
	json_add(r->messages, message);
}

static void print_reason(const struct tmod_step *s, FILE *to)
{
	switch (s->role) {
	case TMOD_ASKED:
		break;
	case TMOD_DEPENDENCY:
		fprintf(to, s->action == TMOD_UNLOAD ? ", for %s needs it no more" : ", for %s needs it", s->needed_by);
		break;
	case TMOD_SOFT_PRE:
	case TMOD_SOFT_POST:
		fprintf(to, ", a softdep of %s", s->needed_by);
		break;
	case TMOD_HOLDER:
		fprintf(to, ", for it uses %s", s->needed_by);
		break;
	}
}

/* A step begins. */
static void doing(void *data, const struct tmod_step *s)
{
	struct request *r = data;
	char *line = NULL;
	size_t size;
	FILE *to;

	if (r->options.json) {
		json_add(r->steps, plan_step_json(s));
		return;
	}
	to = open_memstream(&line, &size);
	if (!to)
		return;
	if (s->command)
		fprintf(to, "run for %s: %s", s->name, s->command);
	else
		fprintf(to, "%s %s", r->command, s->name);
	if (*s->options)
		fprintf(to, " %s", s->options);
	print_reason(s, to);
	/* What the configuration says must not command the terminal. */
	if (!fclose(to))
		puts(tmod_printable(line));
	free(line);
	fflush(stdout);
}

/* What is wrong with the parameters of one file. */
struct parameter_check {
	struct request *r;
	const struct tmod_step *step;
	size_t cnt;
};

/* Is it more than once among the arguments? What repeats one of the configuration is meant to. */
static bool given_twice(const struct request *r, const char *name)
{
	size_t len = strlen(name);
	int cnt = 0;

	for (char **a = r->arguments; *a; a++)
		cnt += !strncmp(*a, name, len) && (*a)[len] == '=';
	return cnt > 1;
}

static void add_problem(void *data, const struct tmod_problem *problem)
{
	struct parameter_check *c = data;
	char text[2048];

	if (problem->kind != TMOD_PROBLEM_PARAMETER && problem->kind != TMOD_PROBLEM_ODD_PARAMETER &&
	    !(problem->kind == TMOD_PROBLEM_REPEATED_PARAMETER && given_twice(c->r, problem->subject)))
		return;
	c->cnt++;
	snprintf(text, sizeof(text), "%s: parameter %s", c->step->name, problem->text);
	say(c->r, TMOD_ERROR, text);
}

/*
 * The kernel warns of a parameter that a module does not have, and loads it. Here all of them are reported, of all modules
 * that must be loaded, before anything is done. Return: whether they are in order.
 */
static bool check_parameters(struct request *r, const struct tmod_plan *plan)
{
	struct parameter_check c = { .r = r };
	struct tmod_system *system;
	const struct tmod_step *steps;
	bool taken = false;
	size_t cnt;

	/* One that is silent: what else there is to say of the files is not asked. */
	if (tmod_system_open(&r->options.where, NULL, &system))
		return false;
	steps = tmod_plan_steps(plan, &cnt);
	for (size_t i = 0; i < cnt; i++) {
		c.step = &steps[i];
		taken |= steps[i].role == TMOD_ASKED;
		if (steps[i].action == TMOD_LOAD && steps[i].path && *steps[i].options &&
		    (steps[i].required || steps[i].role == TMOD_ASKED))
			tmod_check(system, steps[i].path, steps[i].options, NULL, add_problem, &c);
	}
	tmod_system_close(system);
	if (*r->parameters && !taken) {
		say(r, TMOD_ERROR, "parameters are for a module that is to be loaded; this one is loaded, or built in");
		return false;
	}
	return !c.cnt;
}

/* Split the arguments: "NAME=VALUE" is a parameter. Return: false after a message. */
static bool take_words(struct request *r, int argc, char **argv)
{
	size_t size = 1, len = 0;

	r->arguments = argv;
	for (int i = 0; i < argc; i++)
		size += strlen(argv[i]) + 3;
	r->words = calloc((size_t)argc + 1, sizeof(*r->words));
	r->parameters = calloc(1, size);
	if (!r->words || !r->parameters) {
		say(r, TMOD_ERROR, strerror(ENOMEM));
		return false;
	}
	for (int i = 0; i < argc; i++) {
		char *value = strchr(argv[i], '=');
		bool quoted;

		if (!value || *argv[i] == '/' || *argv[i] == '.' || r->unloads) {
			r->words[r->word_cnt++] = argv[i];
			continue;
		}
		len += (size_t)snprintf(r->parameters + len, size - len, "%s%.*s", len ? " " : "",
					(int)(value + 1 - argv[i]), argv[i]);
		quoted = value[1] != '"' && strchr(value, ' ');
		len += (size_t)snprintf(r->parameters + len, size - len, quoted ? "\"%s\"" : "%s", value + 1);
	}
	if (r->word_cnt == 1 || (r->word_cnt && !len))
		return true;
	say(r, TMOD_ERROR,
	    r->word_cnt ? "parameters are for one module: load them one by one" :
			  "which module? --help tells how to ask");
	return false;
}

static bool parse_number(const char *text, unsigned int *number)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(text, &end, 10);
	*number = (unsigned int)n;
	return end != text && !*end && *text != '-' && !errno && n <= UINT_MAX;
}

/* Return: -1 or the exit status of a program that has nothing more to do. */
static int take_options(struct request *r, int argc, char **argv)
{
	const char *options = r->unloads ? SYSTEM_SHORT "nHw:" : SYSTEM_SHORT "bnt:";
	int c, status;

	while ((c = getopt_long(argc, argv, options, long_options, NULL)) != -1) {
		unsigned int *number = c == 't' ? &r->run.threads : &r->run.wait_ms;

		switch (c) {
		case 'b':
			r->flags |= TMOD_USE_BLACKLIST;
			break;
		case 'n':
			r->run.dry = true;
			break;
		case 'H':
			r->flags |= TMOD_HOLDERS;
			break;
		case 't':
		case 'w':
			if (!parse_number(optarg, number))
				return tools_error(r->command, "'%s' is no number", optarg);
			break;
		default:
			status = system_option(&r->options, c, r->unloads ? unload_help : load_help);
			if (status >= 0)
				return status;
		}
	}
	return -1;
}

/* Return: 0 or a negative errno value, after a message. */
static int plan_and_run(struct request *r, struct tmod_system *system)
{
	const char *const *words = r->words;
	struct tmod_plan *plan;
	int err;

	if (r->unloads)
		err = tmod_plan_unload(system, words, r->word_cnt, r->flags | (r->run.wait_ms ? TMOD_WAIT : 0), &plan);
	else
		err = tmod_plan_load(system, words, r->word_cnt, r->parameters, r->flags, &plan);
	if (err < 0)
		return err;
	if (err)
		err = -EBUSY;
	else if (!r->unloads && !check_parameters(r, plan))
		err = -EINVAL;
	else
		err = tmod_plan_run(plan, &r->run);
	tmod_plan_close(plan);
	return err;
}

/*
 * What commands of the configuration print goes to standard error. Return: what was standard output; -1: it is closed.
 */
static int divert_stdout(void)
{
	int out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);

	if (out >= 0)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	return out;
}

static int run(struct request *r)
{
	const struct tmod_messages messages = { say, r };
	struct tmod_system *system = system_open(&r->options, r->command, &messages);
	json_t *answer = r->options.json ? json_object() : NULL;
	int err, out = -1;

	if (!system)
		return EXIT_FAILURE;
	if (r->options.json)
		out = divert_stdout();
	err = plan_and_run(r, system);
	tmod_system_close(system);
	if (out >= 0) {
		dup2(out, STDOUT_FILENO);
		close(out);
	}
	if (!r->options.json)
		return err || ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
	json_put(answer, "done", json_boolean(!err && !r->run.dry));
	json_put(answer, "steps", r->steps);
	json_put(answer, "messages", r->messages);
	return json_print(answer) || err ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int main_of(const char *command, bool unloads, int argc, char **argv)
{
	struct request r = { .command = command, .unloads = unloads, .flags = TMOD_ALL_OR_NOTHING };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int status;

	r.run.threads = cpus < 1 ? 1 : cpus > THREADS_MAX ? THREADS_MAX : (unsigned int)cpus;
	r.run.doing = doing;
	r.run.data = &r;
	status = take_options(&r, argc, argv);
	if (status >= 0)
		return status;
	if (r.options.json) {
		r.steps = json_array();
		r.messages = json_array();
	}
	status = take_words(&r, argc - optind, argv + optind) ? run(&r) : EXIT_FAILURE;
	free(r.words);
	free(r.parameters);
	free(r.options.config);
	return status;
}

int load_main(int argc, char **argv)
{
	return main_of("load", false, argc, argv);
}

int unload_main(int argc, char **argv)
{
	return main_of("unload", true, argc, argv);
}
