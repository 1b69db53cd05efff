/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* tenon why-not - what keeps a module from being loaded, or a device from its driver */
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "user/tools/loaded.h"
#include "user/tools/system.h"
#include "user/tools/why_not.h"

static const struct option long_options[] = { SYSTEM_LONG };

static const char help[] =
    "usage: tenon why-not [OPTION]... MODULE|ALIAS|FILE|DEVICE...\n"
    "Tell what keeps a module from being loaded, and where that is written: configuration, kernel, files, what\n"
    "it needs. A DEVICE is a path in /sys, or a node in /dev. With -d, or -S of another kernel, the running kernel\n"
    "is not asked. The status is 1 if something is in the way.\n\n" SYSTEM_HELP;

void why_not_add(struct question *q, const char *id, const char *module, bool stops, const struct source *source,
		 const char *format, ...)
{
	json_t *reason = json_object();
	char *text = NULL;
	va_list ap;

	va_start(ap, format);
	if (vasprintf(&text, format, ap) < 0)
		text = NULL;
	va_end(ap);
	json_put(reason, "reason", json_text(id));
	json_put(reason, "module", json_text(module));
	json_put(reason, "stops", json_boolean(stops));
	json_put(reason, "text", json_text(text ? text : id));
	json_put(reason, "file", json_text(source ? source->file : NULL));
	json_put(reason, "line", source && source->line ? json_integer(source->line) : json_null());
	json_add(q->reasons, reason);
	q->stopped |= stops;
	free(text);
}

static void say(void *data, enum tmod_level level, const char *text)
{
	struct checking *checking = data;

	if (level > TMOD_WARNING)
		return;
	if (!checking->now)
		tools_say((void *)(uintptr_t) "why-not", level, text);
	else if (!*checking->first)
		snprintf(checking->first, sizeof(checking->first), "%s", text);
}

static int add_module(void *data, const struct tmod_module *module)
{
	why_not_module(data, module);
	return 0;
}

/* A module's name, an alias, or a module file. */
static void ask_word(struct question *q, const char *word)
{
	char name[256];

	if (strchr(word, '/') && tmod_is_module_file(word)) {
		struct tmod_module module = { .name = name, .path = word };

		tmod_module_name(word, name, sizeof(name));
		why_not_module(q, &module);
	} else if (tmod_lookup(q->system, word, add_module, q) <= 0) {
		why_not_unknown(q, word);
		return;
	}
	why_not_plan(q, word);
}

/* The device of a node; a node without one asks for a module by its number. */
static void ask_node(struct question *q, const struct stat *st)
{
	const char *kind = S_ISBLK(st->st_mode) ? "block" : "char";
	char text[64], modalias[4096];

	snprintf(text, sizeof(text), "/sys/dev/%s/%u:%u", kind, major(st->st_rdev), minor(st->st_rdev));
	if (why_not_device(q, text, modalias, sizeof(modalias))) {
		if (*modalias)
			ask_word(q, modalias);
		return;
	}
	snprintf(text, sizeof(text), "%s-major-%u-%u", kind, major(st->st_rdev), minor(st->st_rdev));
	ask_word(q, text);
}

static void ask_path(struct question *q, const char *path)
{
	char modalias[4096];
	struct stat st;

	if (!strncmp(path, "/sys/", 5)) {
		if (!why_not_device(q, path, modalias, sizeof(modalias)))
			why_not_add(q, "no-device", NULL, true, &(struct source){ path, 0 },
				    "there is no device, with an alias or a driver, at or above this path");
		else if (*modalias)
			ask_word(q, modalias);
	} else if (!stat(path, &st) && (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))) {
		ask_node(q, &st);
	} else {
		/* Nodes of modules that are not loaded are made from their aliases. */
		snprintf(modalias, sizeof(modalias), "devname:%s", path + strlen("/dev/"));
		ask_word(q, modalias);
	}
}

/* @all: gets the answer. */
static int ask(const struct question *start, const char *word, json_t *all)
{
	struct question q = *start;
	bool device = !strncmp(word, "/sys/", 5) || !strncmp(word, "/dev/", 5);
	json_t *answer = json_object();
	char plain[256];

	q.modules = json_array();
	q.reasons = json_array();
	tmod_module_name(word, plain, sizeof(plain));
	q.name = plain;
	if (q.running)
		why_not_kernel(&q);
	if (device)
		ask_path(&q, word);
	else
		ask_word(&q, word);
	if (*q.checking->first)
		why_not_add(&q, "not-checked", NULL, false, NULL, "%s", q.checking->first);
	*q.checking->first = '\0';
	json_put(answer, "word", json_text(word));
	json_put(answer, "stopped", json_boolean(q.stopped));
	json_put(answer, "modules", q.modules);
	json_put(answer, "reasons", q.reasons);
	json_add(all, answer);
	return q.stopped ? EXIT_FAILURE : EXIT_SUCCESS;
}

static void print_reason(const json_t *reason, bool stops)
{
	const char *file = json_string_value(json_object_get(reason, "file"));
	const json_t *line = json_object_get(reason, "line");

	if (json_is_true(json_object_get(reason, "stops")) != stops)
		return;
	printf("  %s: %s", stops ? "stopped" : "note", json_string_value(json_object_get(reason, "text")));
	if (file)
		printf(" [%s", file);
	if (file && json_is_integer(line))
		printf(":%lld", json_integer_value(line));
	puts(file ? "]" : "");
}

/* What stops it first. */
static void print(const json_t *all)
{
	const json_t *answer, *reason, *module;
	size_t i, k;

	json_array_foreach(all, i, answer) {
		printf("%s%s", i ? "\n" : "", json_string_value(json_object_get(answer, "word")));
		json_array_foreach(json_object_get(answer, "modules"), k, module)
			printf("%s%s", k ? ", " : " (", json_string_value(module));
		printf("%s: %s\n", k ? ")" : "",
		       json_is_true(json_object_get(answer, "stopped")) ? "something is in the way" :
									  "nothing is in the way");
		json_array_foreach(json_object_get(answer, "reasons"), k, reason)
			print_reason(reason, true);
		json_array_foreach(json_object_get(answer, "reasons"), k, reason)
			print_reason(reason, false);
	}
}

int why_not_main(int argc, char **argv)
{
	/* Has memory until the program ends. */
	static struct system_options options;
	struct checking checking = { 0 };
	const struct tmod_messages messages = { say, &checking };
	struct question q = { .checking = &checking };
	json_t *all;
	int c, status;

	while ((c = getopt_long(argc, argv, SYSTEM_SHORT, long_options, NULL)) != -1) {
		status = system_option(&options, c, help);
		if (status >= 0)
			return status;
	}
	if (optind == argc)
		return tools_error("why-not", "which module or device? see 'tenon why-not --help'");
	q.system = system_open(&options, "why-not", &messages);
	if (!q.system)
		return EXIT_FAILURE;
	q.running = !system_is_other(&options);
	if (q.running)
		loaded_json(&q.loaded);
	else
		q.loaded = json_array();
	all = json_array();
	for (status = EXIT_SUCCESS; optind < argc; optind++)
		status |= ask(&q, argv[optind], all);
	json_decref(q.loaded);
	tmod_system_close(q.system);
	if (options.json)
		return status | json_print(all);
	json_make_printable(all);
	print(all);
	json_decref(all);
	return fflush(stdout) ? EXIT_FAILURE : status;
}
