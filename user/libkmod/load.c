/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Loading and unloading. What has to be done, and in which order, is the plan's (tmod_plan_load()). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/libkmod/internal.h"

API int kmod_module_remove_module(struct kmod_module *mod, unsigned int flags)
{
	int err;

	if (!mod)
		return -ENOENT;
	err = tmod_delete(mod->name, flags & KMOD_REMOVE_FORCE ? TMOD_FORCE_UNLOAD : 0, 0);
	if (err && !(flags & KMOD_REMOVE_NOLOG))
		LOG(mod->ctx, LOG_ERR, "could not remove '%s': %s\n", mod->name, tmod_error_text(err));
	return err;
}

/* The same numbers in enum kmod_insert and enum kmod_probe. */
static unsigned int force_flags(unsigned int flags)
{
	return (flags & KMOD_INSERT_FORCE_VERMAGIC ? TMOD_FORCE_VERMAGIC : 0) |
	       (flags & KMOD_INSERT_FORCE_MODVERSION ? TMOD_FORCE_MODVERSION : 0);
}

/* Say which line of the configuration it is. Return: -EPERM. */
static int stopped(const struct kmod_module *mod, const struct tmod_entry *by, const char *name)
{
	char text[1024];

	tmod_entry_explain(by, name, text, sizeof(text));
	LOG(mod->ctx, LOG_ERR, "%s\n", text);
	return -EPERM;
}

static int insert(struct kmod_module *mod, unsigned int flags, const char *options)
{
	const char *path = kmod_module_get_path(mod);
	int err;

	if (!path) {
		LOG(mod->ctx, LOG_ERR, "could not find module by name='%s'\n", mod->name);
		return -ENOENT;
	}
	err = tmod_insert(path, options, force_flags(flags));
	if (err)
		LOG(mod->ctx, LOG_INFO, "could not insert '%s': %s\n", path, tmod_error_text(err));
	return err;
}

API int kmod_module_insert_module(struct kmod_module *mod, unsigned int flags, const char *options)
{
	const char *path = kmod_module_get_path(mod);
	const struct tmod_entry *by = path ? tmod_config_forbids_file(mod->ctx->config, path) : NULL;

	if (!mod)
		return -ENOENT;
	return by ? stopped(mod, by, mod->name) : insert(mod, flags, options);
}

/* What one call of kmod_module_probe_insert_module() is about. */
struct probe {
	struct kmod_module *mod;
	unsigned int flags;
	const char *extra_options;
	int (*run_install)(struct kmod_module *m, const char *cmdline, void *data);
	void *data;
	void (*print_action)(struct kmod_module *m, bool install, const char *options);
};

/* @command with @options in the place of each $CMDLINE_OPTS. NULL: no memory. */
static char *fill_in(const char *command, const char *options)
{
	static const char mark[] = "$CMDLINE_OPTS";
	const size_t mark_len = sizeof(mark) - 1, options_len = strlen(options);
	size_t size = strlen(command) + 1;
	const char *at, *next;
	char *filled, *to;

	for (at = command; (at = strstr(at, mark)); at += mark_len)
		size += options_len;
	to = filled = malloc(size);
	if (!filled)
		return NULL;
	for (at = command; (next = strstr(at, mark)); at = next + mark_len) {
		to = mempcpy(to, at, (size_t)(next - at));
		to = mempcpy(to, options, options_len);
	}
	strcpy(to, at);
	return filled;
}

static int run_command(const struct probe *p, struct kmod_module *mod, const char *command, const char *options)
{
	char *filled = fill_in(command, options);
	int err;

	if (!filled)
		return -ENOMEM;
	if (p->run_install) {
		err = p->run_install(mod, filled, p->data);
	} else {
		err = tmod_command_run(filled, TMOD_INSTALL, mod->name) ? -EINVAL : 0;
		if (err)
			LOG(mod->ctx, LOG_ERR, "the install command of '%s' failed: %s\n", mod->name, filled);
	}
	free(filled);
	return err;
}

/* What the configuration has, a space, and what the caller adds to the module asked for. NULL: no memory. */
static char *join_options(const char *options, const char *extra)
{
	char *all;

	if (!options)
		return strdup(extra);
	return asprintf(&all, "%s %s", options, extra) < 0 ? NULL : all;
}

static int do_step(const struct probe *p, const struct tmod_step *step, struct kmod_module *mod, const char *options)
{
	bool command = step->action == TMOD_RUN_INSTALL;

	if (step->stopped_by)
		return stopped(mod, step->stopped_by, mod->name);
	if (!(p->flags & KMOD_PROBE_IGNORE_LOADED) && (step->loaded || step->builtin))
		return -EEXIST;
	if (p->print_action)
		p->print_action(mod, command, options);
	if (p->flags & KMOD_PROBE_DRY_RUN)
		return 0;
	return command ? run_command(p, mod, step->command, options) : insert(mod, p->flags, options);
}

/* Return: 0, or the error with which the whole ends. */
static int take_step(const struct probe *p, const struct tmod_step *step)
{
	bool asked = step->role == TMOD_ASKED;
	struct kmod_module *mod = asked ? kmod_module_ref(p->mod) : module_get(p->mod->ctx, step->name, NULL);
	const char *extra = asked && p->extra_options ? p->extra_options : "";
	char *options = mod ? join_options(kmod_module_get_options(mod), extra) : NULL;
	int err = options ? 0 : -ENOMEM;

	if (!err && step->path)
		err = module_set_path(mod, "", step->path, strlen(step->path));
	if (!err) {
		err = do_step(p, step, mod, options);
		/* Another process may have loaded it meanwhile. */
		if (err == -EEXIST && !(asked && p->flags & KMOD_PROBE_FAIL_ON_LOADED))
			err = 0;
		if (!step->required)
			err = 0;
	}
	free(options);
	kmod_module_unref(mod);
	return err;
}

/* Return: 0, or the flag of the blacklist that stops it. */
static int blacklisted(const struct probe *p)
{
	if (!module_is_blacklisted(p->mod))
		return 0;
	if (p->mod->alias && p->flags & KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY)
		return KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY;
	if (p->flags & KMOD_PROBE_APPLY_BLACKLIST_ALL)
		return KMOD_PROBE_APPLY_BLACKLIST_ALL;
	return p->flags & KMOD_PROBE_APPLY_BLACKLIST ? KMOD_PROBE_APPLY_BLACKLIST : 0;
}

/* Steps are repeated where each is reported, as callers know it; what is loaded by then does no harm. */
static unsigned int plan_flags(unsigned int flags)
{
	return (flags & KMOD_PROBE_APPLY_BLACKLIST_ALL ? TMOD_USE_BLACKLIST : 0) |
	       (flags & KMOD_PROBE_IGNORE_COMMAND ? TMOD_NO_COMMANDS : 0) |
	       (flags & KMOD_PROBE_IGNORE_LOADED ? TMOD_LOADED_TOO : 0) |
	       (flags & (KMOD_PROBE_IGNORE_LOADED | KMOD_PROBE_DRY_RUN) ? TMOD_REPEATS : 0);
}

static int probe(const struct probe *p)
{
	const char *path = kmod_module_get_path(p->mod), *word = path ? path : p->mod->name;
	struct tmod_plan *plan;
	const struct tmod_step *steps;
	size_t cnt;
	int err = tmod_plan_load(p->mod->ctx->system, &word, 1, NULL, plan_flags(p->flags), &plan);

	if (err < 0)
		return err;
	steps = tmod_plan_steps(plan, &cnt);
	/* What is not to be loaded is known before anything is. */
	for (size_t i = 0; !err && i < cnt; i++)
		if (steps[i].stopped_by && steps[i].required)
			err = stopped(p->mod, steps[i].stopped_by, steps[i].name);
	for (size_t i = 0; !err && i < cnt; i++)
		err = take_step(p, &steps[i]);
	tmod_plan_close(plan);
	return err;
}

static bool is_there(const struct kmod_module *mod)
{
	int state = kmod_module_get_initstate(mod);

	return state == KMOD_MODULE_LIVE || state == KMOD_MODULE_BUILTIN;
}

/* Is one of the modules preferred to another? */
static bool any_preferred(const struct kmod_list *modules, const struct kmod_module *to)
{
	const struct kmod_list *entry;

	kmod_list_foreach(entry, modules) {
		const struct kmod_module *mod = entry->data;

		if (tmod_config_prefers(to->ctx->config, mod->name, to->name))
			return true;
	}
	return false;
}

/*
 * Callers probe all modules of an alias, one after the other. With `prefer` or `fallback` one gives way if another that
 * the same alias stands for is there by now, or gives way itself; those that are preferred come first.
 */
static bool gives_way(const struct kmod_module *mod)
{
	struct kmod_list *all = NULL, *keepers = NULL, *entry;
	bool gives = false;

	if (!mod->alias || (!tmod_config_next(mod->ctx->config, TMOD_PREFER, NULL) &&
			    !tmod_config_next(mod->ctx->config, TMOD_FALLBACK, NULL)))
		return false;
	kmod_module_new_from_lookup(mod->ctx, mod->alias, &all);
	kmod_list_foreach(entry, all) {
		struct kmod_module *other = entry->data;

		gives = any_preferred(keepers, other);
		if (other == mod)
			break;
		if ((gives || is_there(other)) && list_add(&keepers, other))
			kmod_module_ref(other);
		gives = false;
	}
	kmod_module_unref_list(keepers);
	kmod_module_unref_list(all);
	return gives;
}

API int kmod_module_probe_insert_module(struct kmod_module *mod, unsigned int flags, const char *extra_options,
					int (*run_install)(struct kmod_module *m, const char *cmdline, void *data),
					const void *data,
					void (*print_action)(struct kmod_module *m, bool install, const char *options))
{
	struct probe p = { mod, flags, extra_options, run_install, (void *)(uintptr_t)data, print_action };

	if (!mod)
		return -ENOENT;
	if (!(flags & KMOD_PROBE_IGNORE_LOADED)) {
		if (is_there(mod))
			return flags & KMOD_PROBE_FAIL_ON_LOADED ? -EEXIST : 0;
		if (gives_way(mod))
			return 0;
	}
	return blacklisted(&p) ?: probe(&p);
}
