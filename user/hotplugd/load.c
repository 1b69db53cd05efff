/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * A plan is made for each name that the lookup found, not for the alias: what stops one module does not stop the
 * others, and nothing that a device says of itself can be taken for the path of a file. Which of them is only loaded if
 * another cannot be (`prefer`, `fallback`) is therefore decided here.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "user/hotplugd/load.h"
#include "user/hotplugd/log.h"

/* A module of the alias. */
struct choice {
	char *name;
	const struct tmod_entry *off; /* the line that turns the alias off, in the place of a module; or NULL */
	bool refused;                 /* what it is preferred to may be loaded */
};

struct choices {
	struct tmod_system *system;
	struct choice *all;
	size_t cnt;
};

static int note(void *data, const struct tmod_module *module)
{
	struct choices *c = data;
	struct choice *all = realloc(c->all, (c->cnt + 1) * sizeof(*all));

	if (!all)
		return -ENOMEM;
	c->all = all;
	all[c->cnt] = (struct choice){ .name = strdup(module->name) };
	if (!module->path)
		all[c->cnt].off = tmod_config_turned_off(tmod_system_config(c->system), module->name, module->alias);
	return all[c->cnt++].name ? 0 : -ENOMEM;
}

/* The step that policy stops although the plan needs it. */
static const struct tmod_step *stopped(const struct tmod_step *steps, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		if (steps[i].stopped_by && steps[i].required)
			return &steps[i];
	return NULL;
}

static void tell_stopped(const struct alias *alias, const char *name, const struct tmod_step *step)
{
	const struct tmod_entry *e = step->stopped_by;
	const char *verb = *e->value                   ? "is not understood, and might forbid" :
			   e->directive == TMOD_FORBID ? "forbids" :
							 "does not allow";

	if (strcmp(name, step->name))
		log_text(TMOD_NOTICE, "%s is not loaded for %s: %s:%u %s %s, which it needs", name, alias->asked_by,
			 e->file, e->line, verb, step->name);
	else
		log_text(TMOD_NOTICE, "%s is not loaded for %s: %s:%u %s it", name, alias->asked_by, e->file, e->line,
			 verb);
}

static void tell_loaded(const struct loader *loader, const struct alias *alias, const struct tmod_step *step)
{
	const char *verb = loader->dry ? "would load" : "loaded";

	if (step->needed_by)
		log_text(TMOD_NOTICE, "%s %s, which %s wants, for %s", verb, step->name, step->needed_by,
			 alias->asked_by);
	else
		log_text(TMOD_NOTICE, "%s %s for %s (%s)", verb, step->name, alias->asked_by, alias->text);
}

/* What this process has loaded now is its to unload. */
static void note_loaded(struct loader *loader, const struct alias *alias, const struct tmod_step *steps, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		const struct tmod_step *s = &steps[i];

		if (!s->done_here)
			continue;
		tell_loaded(loader, alias, s);
		if (!drivers_add(loader->drivers, s->name))
			log_text(TMOD_ERROR, "out of memory: %s will stay loaded", s->name);
	}
}

/*
 * The alias uses the module that was asked for, and that uses the others. If it is not ours the alias uses them all.
 * Modules that were there before, but were loaded by this process, are used as well.
 */
static void note_uses(struct loader *loader, struct alias *alias, const char *name, const struct tmod_step *steps,
		      size_t cnt)
{
	struct driver *asked = drivers_find(loader->drivers, name);
	bool noted = !asked || uses_add(&alias->drivers, asked);

	for (size_t i = 0; i < cnt; i++) {
		struct driver *driver = drivers_find(loader->drivers, steps[i].name);

		if (driver && driver != asked)
			noted &= uses_add(asked ? &asked->uses : &alias->drivers, driver);
	}
	if (!noted)
		log_text(TMOD_ERROR, "out of memory: drivers of %s may be unloaded too early", alias->asked_by);
}

/* A plan that is never run tells also of what is loaded already. */
static void note_needs(struct loader *loader, struct alias *alias, const char *name)
{
	const struct tmod_step *steps;
	struct tmod_plan *plan;
	size_t cnt;

	if (!loader->drivers->newest ||
	    tmod_plan_load(loader->system, &name, 1, NULL, TMOD_USE_BLACKLIST | TMOD_LOADED_TOO, &plan) < 0)
		return;
	steps = tmod_plan_steps(plan, &cnt);
	note_uses(loader, alias, name, steps, cnt);
	tmod_plan_close(plan);
}

/* What would be loaded counts as loaded, so that it is reported once. */
static void pretend(struct loader *loader, const struct alias *alias, const struct tmod_step *steps, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		if (steps[i].stopped_by || drivers_find(loader->drivers, steps[i].name))
			continue;
		tell_loaded(loader, alias, &steps[i]);
		drivers_add(loader->drivers, steps[i].name);
	}
}

/* Return: 0, with @stopped: policy does not allow it; or a negative errno value. */
static int load_module(struct loader *loader, struct alias *alias, const char *name, bool *was_stopped)
{
	const struct tmod_run how = { .threads = 1 };
	const struct tmod_step *steps, *stop;
	struct tmod_plan *plan;
	size_t cnt;
	int err = tmod_plan_load(loader->system, &name, 1, NULL, TMOD_USE_BLACKLIST | TMOD_ALL_OR_NOTHING, &plan);

	if (err < 0)
		return err;
	err = 0;
	steps = tmod_plan_steps(plan, &cnt);
	stop = stopped(steps, cnt);
	*was_stopped = stop;
	if (stop) {
		tell_stopped(alias, name, stop);
	} else if (loader->dry) {
		pretend(loader, alias, steps, cnt);
	} else {
		err = tmod_plan_run(plan, &how);
		note_loaded(loader, alias, steps, cnt);
		note_needs(loader, alias, name);
	}
	tmod_plan_close(plan);
	return err;
}

/* Of the choices before this one, the first that is preferred and was not refused: the other is not needed. NULL: none. */
static const struct choice *preferred(const struct loader *loader, const struct choices *c, size_t number,
				      const struct tmod_entry **by)
{
	for (size_t i = 0; i < number; i++) {
		*by = tmod_config_prefers(tmod_system_config(loader->system), c->all[i].name, c->all[number].name);
		if (*by && !c->all[i].refused)
			return &c->all[i];
	}
	return NULL;
}

static void load_choice(struct loader *loader, struct alias *alias, const struct choices *c, size_t number)
{
	struct choice *choice = &c->all[number];
	const struct tmod_entry *by;
	const struct choice *other = preferred(loader, c, number, &by);
	char text[512];
	int err;

	if (choice->off) {
		tmod_entry_explain(choice->off, choice->name, text, sizeof(text));
		log_text(TMOD_NOTICE, "%s; nothing is loaded for %s", text, alias->asked_by);
		return;
	}
	if (other) {
		log_text(TMOD_DEBUG, "%s is not loaded for %s: %s:%u prefers %s", choice->name, alias->asked_by,
			 by->file, by->line, other->name);
		return;
	}
	err = load_module(loader, alias, choice->name, &choice->refused);
	if (!err)
		return;
	choice->refused = true;
	log_text(TMOD_ERROR, "could not load %s for %s (%s): %s", choice->name, alias->asked_by, alias->text,
		 tmod_error_text(err));
	loader->failed = true;
}

void load_alias(struct loader *loader, struct alias *alias)
{
	struct choices choices = { .system = loader->system };
	int cnt = tmod_lookup(loader->system, alias->text, note, &choices);

	if (cnt < 0) {
		log_text(loader->told ? TMOD_DEBUG : TMOD_ERROR, "cannot look up the driver of %s (%s): %s",
			 alias->asked_by, alias->text, tmod_error_text(cnt));
		loader->told = loader->failed = true;
	} else if (!cnt) {
		log_text(TMOD_DEBUG, "no module is for %s (%s)", alias->asked_by, alias->text);
	}
	for (size_t i = 0; cnt > 0 && i < choices.cnt; i++)
		load_choice(loader, alias, &choices, i);
	for (size_t i = 0; i < choices.cnt; i++)
		free(choices.all[i].name);
	free(choices.all);
}
