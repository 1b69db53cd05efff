/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What stops a module: the configuration, the file, and what it needs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "user/tools/loaded.h"
#include "user/tools/why.h"
#include "user/tools/why_not.h"

static struct source source_of(const struct tmod_entry *e)
{
	return (struct source){ e->file, e->line };
}

void why_not_module(struct question *q, const struct tmod_module *module)
{
	const struct tmod_config *config = tmod_system_config(q->system);
	const struct tmod_entry *e = NULL;
	const char *name = module->name;
	bool by_alias = strcmp(name, q->name);
	struct source source;

	json_add(q->modules, json_text(name));
	if (module->builtin)
		why_not_add(q, "builtin", name, false, NULL, "%s is built into the kernel: there is nothing to load",
			    name);
	if (loaded_find(q->loaded, name) && q->unbound)
		why_not_add(q, "not-bound", name, true, NULL,
			    "%s is loaded, but its driver did not take the device; the kernel's log may tell why",
			    name);
	else if (loaded_find(q->loaded, name))
		why_not_add(q, "loaded", name, false, NULL, "%s is loaded; see 'tenon why %s'", name, name);
	while (config && (e = tmod_config_find(config, TMOD_BLACKLIST, name, e))) {
		source = source_of(e);
		why_not_add(q, "blacklist", name, by_alias, &source, "%s is blacklisted: %s", name,
			    by_alias ? "it is not loaded by an alias, as devices ask for it" :
				       "it is loaded by its name, but by no alias (modprobe -b: by neither)");
	}
}

/* Does a command only say that the module is not to be loaded? */
static bool does_nothing(const char *command)
{
	static const char *const names[] = { "true",          "false",         ":", "/bin/true", "/bin/false",
					     "/usr/bin/true", "/usr/bin/false" };
	size_t len = strcspn(command, " \t;");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == len && !strncmp(names[i], command, len))
			return !command[strcspn(command, ";&|") + strspn(command + strcspn(command, ";&|"), "; \t")];
	return false;
}

static void add_command(struct question *q, const struct tmod_step *s)
{
	const struct tmod_entry *e = tmod_config_find(tmod_system_config(q->system), TMOD_INSTALL, s->name, NULL);
	struct source source = e ? source_of(e) : (struct source){ NULL, 0 };
	bool stops = does_nothing(s->command);

	why_not_add(q, "install", s->name, stops && s->required, e ? &source : NULL,
		    "instead of loading %s, modprobe runs: %s%s", s->name, s->command,
		    stops ? ", which does nothing" : "");
}

/* A file that is checked. */
struct check {
	struct question *q;
	const struct tmod_step *step;
	bool signature_told;
};

static void add_problem(void *data, const struct tmod_problem *problem)
{
	struct check *c = data;
	bool stops = true;

	c->signature_told |= problem->kind == TMOD_PROBLEM_SIGNATURE;
	if (problem->kind == TMOD_PROBLEM_SIGNATURE)
		stops = c->q->enforced;
	else if (problem->kind == TMOD_PROBLEM_ODD_PARAMETER || problem->kind == TMOD_PROBLEM_REPEATED_PARAMETER)
		stops = false;

	why_not_add(c->q, check_kind(problem->kind), c->step->name, stops, &(struct source){ c->step->path, 0 },
		    "%s: %s", c->step->name, problem->text);
}

static bool is_signed(const char *path)
{
	struct tmod_signature signature = { 0 };
	struct tmod_file *file;

	if (tmod_file_open(path, &file, NULL, 0))
		return true;
	tmod_file_signature(file, &signature);
	tmod_file_close(file);
	return signature.signature_len;
}

static void add_step(struct question *q, const struct tmod_step *s)
{
	struct check check = { q, s, false };
	char text[1024];

	if (s->stopped_by) {
		struct source source = source_of(s->stopped_by);

		tmod_entry_explain(s->stopped_by, s->name, text, sizeof(text));
		why_not_add(q, why_directive(s->stopped_by->directive), s->name, s->required, &source,
			    s->needed_by ? "%s; needed by %s" : "%s", text, s->needed_by);
		if (s->stopped_by->directive == TMOD_ALIAS)
			return; /* turned off: there is no module of that name to look at */
	}
	if (s->action == TMOD_RUN_INSTALL && !s->stopped_by)
		add_command(q, s);
	if (s->builtin || (s->loaded && q->running) || s->action != TMOD_LOAD)
		return;
	if (!s->path) {
		why_not_add(q, "missing-file", s->name, s->required, NULL, "no index says where %s is: run depmod",
			    s->name);
		return;
	}
	if (q->running)
		why_not_kernel_blacklist(q, s->name);
	if (access(s->path, R_OK)) {
		why_not_add(q, "missing-file", s->name, s->required, &(struct source){ s->path, 0 },
			    "the file of %s: %s%s", s->name, strerror(errno),
			    errno == ENOENT ? "; the indexes are older than the files: run depmod" : "");
		return;
	}
	/* To check a file can mean to read thousands: not for those that may fail. */
	if (!s->required)
		return;
	q->checking->now = true;
	tmod_check(q->system, s->path, s->options, NULL, add_problem, &check);
	q->checking->now = false;
	if (q->enforced && !check.signature_told && !is_signed(s->path))
		why_not_add(q, "signature", s->name, true, &(struct source){ s->path, 0 }, "%s: it is not signed",
			    s->name);
}

void why_not_plan(struct question *q, const char *word)
{
	const char *const words[] = { word };
	const struct tmod_step *steps;
	struct tmod_plan *plan;
	size_t cnt;

	if (tmod_plan_load(q->system, words, 1, NULL, TMOD_LOADED_TOO, &plan) < 0) {
		why_not_add(q, "plan", NULL, true, NULL, "modprobe could not plan to load %s", word);
		return;
	}
	steps = tmod_plan_steps(plan, &cnt);
	for (size_t i = 0; i < cnt; i++)
		add_step(q, &steps[i]);
	tmod_plan_close(plan);
}
