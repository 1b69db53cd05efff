/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tenon what-if - what modprobe or rmmod would do. Touches nothing. */
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/modprobe.h"
#include "user/tools/plan_json.h"
#include "user/tools/what_if.h"

enum { JSON = 256 };

static const struct option long_options[] = {
	{ "json", no_argument, NULL, JSON },
	TOOLS_LONG,
};

static const char help[] =
    "usage: tenon what-if [OPTION]... modprobe [ITS OPTION]... MODULE|ALIAS|FILE [PARAMETER]...\n"
    "       tenon what-if [OPTION]... modprobe -r [ITS OPTION]... MODULE|ALIAS...\n"
    "       tenon what-if [OPTION]... rmmod [-f] MODULE...\n"
    "Show what the command would do: the steps in order, sizes, parameters, commands, and what stops it.\n"
    "Nothing is done. The status is 1 if the command would fail, as far as one can tell.\n\n"
    "      --json     print JSON\n"
    "  -V, --version  show the version\n"
    "  -h, --help     show this\n";

void what_if_say(void *data, enum tmod_level level, const char *text)
{
	struct what_if *w = data;
	json_t *message = json_object();

	json_put(message, "level", json_integer(level));
	json_put(message, "text", json_text(text));
	json_add(w->messages, message);
	if (!w->json)
		tools_say((void *)(uintptr_t) "what-if", level, text);
}

/* Is every file there that is needed, and nothing that must not be? */
static bool can_load(const struct tmod_plan *plan, bool first_time)
{
	size_t cnt;
	const struct tmod_step *steps = tmod_plan_steps(plan, &cnt);

	for (size_t i = 0; i < cnt; i++) {
		const struct tmod_step *s = &steps[i];
		bool there = s->loaded || s->builtin;

		if (s->action == TMOD_LOAD && s->required &&
		    (there ? first_time && s->role == TMOD_ASKED : !s->path || access(s->path, R_OK)))
			return false;
	}
	return true;
}

static int modprobe(struct what_if *w, int argc, char **argv)
{
	/* Has memory until the program ends. */
	static struct modprobe m = { .log = { "what-if", TMOD_WARNING, false } };
	const struct tmod_messages messages = { what_if_say, w };
	struct tmod_system *system;
	struct tmod_plan *plan;
	int status = modprobe_arguments(&m, argc, argv), err;

	if (status >= 0)
		return status;
	if (m.resolve || m.show_config || m.show_versions || m.show_exports || !m.word_cnt)
		return tools_error("what-if",
				   "modprobe would neither load nor unload; give it a module, no -R, -c, --show-...");
	err = tmod_system_open(&m.where, &messages, &system);
	if (err)
		return tools_error("what-if", "%s", strerror(-err));
	m.flags |= TMOD_LOADED_TOO;
	err = modprobe_plan(&m, system, &plan);
	w->possible = !err;
	if (err >= 0) {
		w->possible &= !plan_is_stopped(plan) && can_load(plan, m.flags & TMOD_FIRST_TIME);
		json_decref(w->steps);
		w->steps = plan_json(plan);
		tmod_plan_close(plan);
	}
	tmod_system_close(system);
	return -1;
}

/* Sums of what would be loaded. */
static json_t *totals(const json_t *steps)
{
	static const char *const keys[] = { "file_bytes", "memory_bytes", "init_bytes" };
	json_t *object = json_object(), *step;
	json_int_t sums[3] = { 0 }, cnt = 0;
	size_t i;

	json_array_foreach(steps, i, step) {
		const char *action = json_string_value(json_object_get(step, "action"));

		if (json_is_true(json_object_get(step, "loaded")) == !strcmp(action, "load") ||
		    json_is_true(json_object_get(step, "builtin")) ||
		    json_is_string(json_object_get(step, "instead_of")))
			continue;
		cnt += !strcmp(action, "load") || !strcmp(action, "unload");
		for (size_t k = 0; k < 3; k++)
			sums[k] += json_integer_value(json_object_get(step, keys[k]));
	}
	json_put(object, "modules", json_integer(cnt));
	for (size_t k = 0; k < 3; k++)
		json_put(object, keys[k], json_integer(sums[k]));
	return object;
}

/* Print the answer, unless @status already is that of the command. */
static int finish(struct what_if *w, int status, int argc, char **argv)
{
	json_t *answer = json_object(), *words = json_array();

	for (int i = 0; i < argc; i++)
		json_add(words, json_text(argv[i]));
	json_put(answer, "command", words);
	json_put(answer, "possible", json_boolean(w->possible));
	json_put(answer, "totals", totals(w->steps));
	json_put(answer, "steps", w->steps);
	json_put(answer, "messages", w->messages);
	if (status >= 0) {
		json_decref(answer);
		return status;
	}
	status = w->possible ? EXIT_SUCCESS : EXIT_FAILURE;
	if (w->json)
		return status | json_print(answer);
	json_make_printable(answer);
	what_if_print(answer);
	json_decref(answer);
	return fflush(stdout) ? EXIT_FAILURE : status;
}

int what_if_main(int argc, char **argv)
{
	struct what_if w = { .possible = true };
	int c, status;

	while ((c = getopt_long(argc, argv, "+Vh", long_options, NULL)) != -1) {
		switch (c) {
		case JSON:
			w.json = true;
			break;
		default:
			return tools_option(c, help);
		}
	}
	argc -= optind;
	argv += optind;
	if (!argc || (strcmp(argv[0], "modprobe") && strcmp(argv[0], "rmmod")))
		return tools_error("what-if", "%s%s%s: give 'modprobe' or 'rmmod' with its arguments", argc ? "'" : "",
				   argc ? argv[0] : "what", argc ? "'" : "");
	w.steps = json_array();
	w.messages = json_array();
	/* getopt() begins anew. */
	optind = 0;
	status = !strcmp(argv[0], "rmmod") ? what_if_rmmod(&w, argc, argv) : modprobe(&w, argc, argv);
	return finish(&w, status, argc, argv);
}
