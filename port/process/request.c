/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * From a word to modules: what modprobe and the request of a module ask for may be an alias, and brings softdeps and
 * parameters of the configuration with it. libtenon-mod plans that, for a tree with indexes; here the plan's steps become
 * requests to the core. It never looks at this machine's kernel, whose modules are others.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/fmt/modname.h"
#include "port/process/internal.h"
#include "tenon/mod.h"

struct request {
	struct process_host *h;
	const struct tenon_request *req;
	const struct tmod_config *config;
	const struct tmod_step *steps;
	size_t cnt;
	struct tenon_diag *diag; /* of the first step that failed and was required */
};

static int refuse(const struct request *r, struct tenon_diag *diag, enum tenon_reason reason, int err, const char *name)
{
	*diag = (struct tenon_diag){ .reason = reason };
	snprintf(diag->module, sizeof(diag->module), "%s", r->req->name);
	snprintf(diag->name, sizeof(diag->name), "%s", name);
	return err;
}

/* An install command would act on the machine's own kernel, which is untouched from here. */
static bool is_command(const struct tmod_step *s)
{
	return s->action == TMOD_RUN_INSTALL;
}

/* Why a step must not be done, into @why. */
static void explain(const struct request *r, const struct tmod_step *s, char *why, size_t size)
{
	const struct tmod_entry *e = s->stopped_by;

	if (e) {
		tmod_entry_explain(e, s->name, why, size);
		return;
	}
	e = tmod_config_find(r->config, TMOD_INSTALL, s->name, NULL);
	snprintf(why, size, "install commands are not run here: %s:%u", e ? e->file : "?", e ? e->line : 0);
}

/* Is the module loaded, so that only a user's own parameters are worth a word? */
static bool is_live(const struct request *r, const char *name)
{
	struct tenon_module *m = tenon_get(r->h->core, r->req->domain, name);

	if (m)
		tenon_put(m, "modprobe");
	return m;
}

/* The bytes of a parameter, "key=value", to its end: quotes keep blanks in it. */
static size_t param_len(const char *text)
{
	bool quoted = false;
	size_t len;

	for (len = 0; text[len] && (quoted || text[len] != ' '); len++)
		quoted ^= text[len] == '"';
	return len;
}

static bool same_key(const char *a, const char *b)
{
	while (*a && *a != '=' && *a != ' ' && modname_fold(*a) == modname_fold(*b))
		a++, b++;
	return *a == '=' && *b == '=';
}

/*
 * The parameters without those that come again later: as in Linux the last one counts, where the core takes two of a
 * name for a mistake. Return: to be freed; NULL: no memory.
 */
static char *last_of_each(const char *options)
{
	char *out = calloc(1, strlen(options) + 1), *end = out;
	size_t len;

	for (const char *at = options; out && *at; at += len + (at[len] == ' ')) {
		const char *later;
		size_t n;

		len = param_len(at);
		later = at + len;
		do {
			later += strspn(later, " ");
			n = param_len(later);
		} while (n && !same_key(at, later) && (later += n));
		if (!n && len)
			end += sprintf(end, "%s%.*s", end == out ? "" : " ", (int)len, at);
	}
	return out;
}

static int load_step(const struct request *r, const struct tmod_step *s, struct tenon_diag *diag)
{
	struct tenon_request one = *r->req;
	char *options = NULL;
	int err;

	one.name = s->name;
	if (is_live(r, s->name))
		one.params = s->role == TMOD_ASKED ? r->req->params : NULL;
	else if (!(one.params = options = last_of_each(s->options)))
		return refuse(r, diag, TENON_R_NO_MEMORY, -TENON_ENOMEM, "");
	err = tenon_load(r->h->core, &one, NULL, diag);
	free(options);
	return err;
}

/*
 * A dependency without parameters of its own is left to the core if the next that is done is the module that needs it:
 * then both load, or neither.
 */
static bool left_to_core(const struct request *r, size_t i)
{
	const struct tmod_step *s = &r->steps[i], *next = s;

	while (next->role == TMOD_DEPENDENCY && next->action == TMOD_LOAD && !*next->options &&
	       ++next < r->steps + r->cnt)
		if (s->needed_by && !strcmp(next->name, s->needed_by))
			return true;
	return false;
}

/* A failure that is not the answer. */
static void log_failed(const struct request *r, const char *why)
{
	process_log(r->h, TENON_LOG_INFO, "modprobe: for %s: %s", r->req->name, why);
}

static void log_diag(const struct request *r, const struct tenon_diag *diag)
{
	char why[512];

	tenon_diag_format(diag, why, sizeof(why));
	log_failed(r, why);
}

/* A softdep may fail. */
static void try_step(const struct request *r, const struct tmod_step *s)
{
	struct tenon_diag diag = { 0 };
	char why[256];

	if (is_command(s)) {
		explain(r, s, why, sizeof(why));
		log_failed(r, why);
	} else if (load_step(r, s, &diag)) {
		log_diag(r, &diag);
	}
}

/* Built into the kernel that the tree is of, and no file: there is nothing to load, and this process does not have it. */
static bool nothing_to_load(const struct tmod_step *s)
{
	return s->builtin && !s->path;
}

/* Must it be loaded, once it is reached? What is only loaded instead of another one must, if that one could not be. */
static bool is_required(const struct tmod_step *s)
{
	return s->required || (s->instead_of && (s->role == TMOD_ASKED || s->role == TMOD_DEPENDENCY));
}

/*
 * In order. A dependency that fails takes the module that needs it along; other modules of the same alias are tried all
 * the same, and the last one's answer is the request's, as with modprobe.
 */
static int do_steps(struct request *r)
{
	const char *failed = NULL; /* the module that cannot be loaded any more */
	bool loaded = false;
	int err = 0;

	for (size_t i = 0; i < r->cnt; i++) {
		const struct tmod_step *s = &r->steps[i];

		if (left_to_core(r, i) || (nothing_to_load(s) && (loaded || !s->required)))
			continue;
		if (failed && (!strcmp(s->name, failed) || (s->needed_by && !strcmp(s->needed_by, failed))))
			continue;
		if (s->instead_of && is_live(r, s->instead_of))
			continue;
		if (!is_required(s)) {
			try_step(r, s);
			continue;
		}
		err = load_step(r, s, r->diag);
		if (err && s->role == TMOD_DEPENDENCY)
			failed = s->needed_by;
		if (err && i + 1 < r->cnt)
			log_diag(r, r->diag);
		loaded |= !err && s->role != TMOD_DEPENDENCY;
	}
	return err;
}

static int run(struct request *r, struct tmod_plan *plan)
{
	char why[TENON_DIAG_NAME_BYTES];

	r->steps = tmod_plan_steps(plan, &r->cnt);
	/* A request with a step that is stopped does nothing at all. */
	for (size_t i = 0; i < r->cnt; i++) {
		const struct tmod_step *s = &r->steps[i];

		if (!s->stopped_by && !(s->required && is_command(s)))
			continue;
		explain(r, s, why, sizeof(why));
		return refuse(r, r->diag, TENON_R_POLICY_REFUSED, -TENON_EPERM, why);
	}
	if (!r->cnt)
		process_log(r->h, TENON_LOG_INFO, "modprobe: all that %s stands for is blacklisted", r->req->name);
	return do_steps(r);
}

int process_request(struct process_host *h, const struct tenon_request *req, struct tenon_diag *diag)
{
	struct tmod_system *tree = find_tree(h, req->name);
	struct request r = { .h = h, .req = req, .diag = diag };
	struct tmod_plan *plan;
	int err;

	if (!tree)
		return tenon_load(h->core, req, NULL, diag);
	r.config = tmod_system_config(tree);
	if (!r.config)
		return refuse(&r, diag, TENON_R_NO_MEMORY, -TENON_ENOMEM, "");
	err = tmod_plan_load(tree, &req->name, 1, req->params, TMOD_LOADED_TOO, &plan);
	if (err == -ELOOP)
		return refuse(&r, diag, TENON_R_DEPENDENCY_CYCLE, -TENON_ELOOP, "");
	if (err)
		return refuse(&r, diag, err == -ENOMEM ? TENON_R_NO_MEMORY : TENON_R_READ_FAILED,
			      err == -ENOMEM ? -TENON_ENOMEM : -TENON_EIO, "");
	err = run(&r, plan);
	tmod_plan_close(plan);
	return err;
}
