/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* modprobe - load modules with what they need, or unload them */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/tools/modprobe.h"
#include "user/tools/tools.h"

/* The release of kmod whose modprobe -n prints without -v. */
#define SHOWS_DRY_RUNS 35

/* kmod writes a blank after the parameters of the configuration, whether those of the command line follow or not. */
static void print_step(const struct modprobe *m, const struct tmod_step *s)
{
	const char *end = *s->options && (s->role != TMOD_ASKED || m->all || m->word_cnt == 1) ? " " : "";

	switch (s->action) {
	case TMOD_RUN_INSTALL:
		printf("install %s %s%s\n", s->command, s->options, end);
		break;
	case TMOD_LOAD:
		if (s->path)
			printf("insmod %s %s%s\n", s->path, s->options, end);
		else if (s->builtin)
			printf("builtin %s\n", s->name);
		break;
	case TMOD_RUN_REMOVE:
		printf("remove %s\n", s->command);
		break;
	case TMOD_UNLOAD:
		printf("rmmod %s\n", s->name);
		break;
	}
}

static void doing(void *data, const struct tmod_step *s)
{
	const struct modprobe *m = data;

	if (m->show || m->log.level > TMOD_WARNING || (m->dry && tmod_kmod_version() >= SHOWS_DRY_RUNS))
		print_step(m, s);
	/* What a command prints comes after it. */
	if (!m->dry)
		fflush(stdout);
}

static int print_name(void *data, const struct tmod_module *module)
{
	(void)data;
	puts(module->name);
	return 0;
}

int modprobe_not_found(struct modprobe *m, struct tmod_system *system, const char *word)
{
	enum tmod_level level = m->all ? TMOD_WARNING : TMOD_FATAL;
	const struct tmod_tree *tree = tmod_system_tree(system);
	char text[1024];

	log_text(&m->log, level, "Module %s not found in directory %s", word, tmod_tree_dir(tree));
	if (tmod_tree_missing(tree, text, sizeof(text)))
		log_text(&m->log, level, "%s", text);
	return EXIT_FAILURE;
}

/* -R */
static int resolve(struct modprobe *m, struct tmod_system *system)
{
	int status = EXIT_SUCCESS, ret;

	for (size_t i = 0; i < (m->all ? m->word_cnt : 1); i++) {
		ret = tmod_lookup(system, m->words[i], print_name, NULL);
		if (ret > 0)
			continue;
		status = modprobe_not_found(m, system, m->words[i]);
	}
	return status;
}

int modprobe_plan(struct modprobe *m, struct tmod_system *system, struct tmod_plan **plan)
{
	size_t cnt = m->all ? m->word_cnt : 1;
	char *parameters = NULL;
	int unknown;

	if (m->remove)
		return tmod_plan_unload(system, m->words, m->word_cnt, m->flags | (m->wait_ms ? TMOD_WAIT : 0), plan);
	if (!m->all && m->word_cnt > 1 && !(parameters = tools_join(m->words + 1))) {
		log_text(&m->log, TMOD_ERROR, "%s", strerror(ENOMEM));
		return -ENOMEM;
	}
	unknown = tmod_plan_load(system, m->words, cnt, parameters, m->flags, plan);
	free(parameters);
	return unknown;
}

static int load(struct modprobe *m, struct tmod_system *system)
{
	struct tmod_run run = { .dry = m->dry || m->show, .wait_ms = m->wait_ms, .doing = doing, .data = m };
	struct tmod_plan *plan;
	int unknown, err;

	if (run.dry)
		m->flags |= TMOD_REPEATS;
	unknown = modprobe_plan(m, system, &plan);
	if (unknown < 0)
		return EXIT_FAILURE;
	if (!run.dry)
		modprobe_log_policy(m, plan);
	err = unknown && m->flags & TMOD_ALL_OR_NOTHING ? -ENOENT : tmod_plan_run(plan, &run);
	tmod_plan_close(plan);
	return err || unknown ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* -r. What cannot be done is left out, as with kmod, and makes the whole fail. */
static int unload(struct modprobe *m, struct tmod_system *system)
{
	struct tmod_run run = { .dry = m->dry || m->show, .wait_ms = m->wait_ms, .doing = doing, .data = m };
	struct tmod_plan *plan;
	int failed = modprobe_plan(m, system, &plan), err;

	if (failed < 0)
		return EXIT_FAILURE;
	err = failed && m->flags & TMOD_ALL_OR_NOTHING ? -EBUSY : tmod_plan_run(plan, &run);
	tmod_plan_close(plan);
	return err || failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run(struct modprobe *m, struct tmod_system *system)
{
	if (m->json && m->show_config)
		return modprobe_json_config(system);
	if (m->json)
		return m->resolve ? modprobe_json_resolve(m, system) : modprobe_json_depends(m, system);
	if (m->show_config)
		return modprobe_show_config(system);
	if (m->remove)
		return unload(m, system);
	return m->resolve ? resolve(m, system) : load(m, system);
}

int modprobe_main(int argc, char **argv)
{
	/* Its words and paths live until the program ends, so that nobody frees them. */
	static struct modprobe m = { .log = { "modprobe", TMOD_WARNING, false } };
	int status = modprobe_arguments(&m, argc, argv), err;
	const struct tmod_messages messages = { m.log.level ? log_say : NULL, &m.log };
	struct tmod_system *system;

	if (status >= 0)
		return status;
	log_open(&m.log);
	if (!m.word_cnt && !m.show_config)
		return log_text(&m.log, TMOD_ERROR, "missing parameters. See -h.");
	if (m.json && !m.show && !m.resolve && !m.show_config)
		return log_text(&m.log, TMOD_ERROR, "--json is for -D, -R and -c; 'tenon what-if modprobe' plans, too");
	err = tmod_system_open(&m.where, &messages, &system);
	if (err)
		return log_text(&m.log, TMOD_ERROR, "%s", strerror(-err));
	status =
	    m.word_cnt && (m.show_versions || m.show_exports) ? modprobe_show_symbols(&m, system) : run(&m, system);
	tmod_system_close(system);
	return fflush(stdout) ? EXIT_FAILURE : status;
}
