/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Doing one step. */
#include <errno.h>

#include "user/lib/running/state.h"
#include "user/lib/plan/run.h"

/* Return: 0 or -EINVAL, after a message. */
static int do_command(struct runner *r, const struct tmod_step *s, const char *kind)
{
	int ret = run_command(s);

	if (!ret)
		return 0;
	if (ret > 0)
		runner_say(r, s->action == TMOD_RUN_REMOVE ? TMOD_NOTICE : TMOD_ERROR,
			   "Error running %s command '%s' for module %s: retcode %d", kind, s->command, s->name, ret);
	else
		runner_say(r, TMOD_ERROR, "Could not run %s command '%s' for module %s: %s", kind, s->command, s->name,
			   tmod_error_text(ret));
	return -EINVAL;
}

static int load(struct runner *r, const struct tmod_step *s, bool *ours)
{
	int err;

	if (s->action == TMOD_RUN_INSTALL)
		return do_command(r, s, "install");
	if (!s->path) {
		runner_say(r, TMOD_ERROR, "could not find module by name='%s'", s->name);
		return -ENOENT;
	}
	err = tmod_insert(s->path, s->options, r->p->flags);
	*ours = !err;
	return err;
}

static int unload(struct runner *r, const struct tmod_step *s, bool *ours)
{
	int err;

	if (s->action == TMOD_RUN_REMOVE)
		return do_command(r, s, "remove");
	err = tmod_delete(s->name, r->p->flags, s->role == TMOD_DEPENDENCY ? 0 : r->run->wait_ms);
	*ours = !err;
	return err;
}

/* Is a load already done? By another program, or by a command of the configuration. */
static bool is_done(const struct tmod_step *s, bool begun)
{
	if (s->builtin || s->loaded)
		return true;
	return begun && module_state(s->name) == MODULE_LIVE;
}

int do_step(struct runner *r, const struct tmod_step *s, bool begun, bool *ours)
{
	bool loads = s->action == TMOD_LOAD || s->action == TMOD_RUN_INSTALL;
	bool wants_first_time = r->p->flags & TMOD_FIRST_TIME && s->role == TMOD_ASKED;
	int err;

	if (loads && !(r->p->flags & TMOD_LOADED_TOO) && is_done(s, begun))
		return wants_first_time ? -EEXIST : 0;
	/* Was what the plan foresaw right? */
	if (s->action == TMOD_UNLOAD && s->role == TMOD_DEPENDENCY && begun && module_refcount(s->name) != 0)
		return 0;
	if (r->run->doing) {
		pthread_mutex_lock(&r->lock);
		r->run->doing(r->run->data, s);
		pthread_mutex_unlock(&r->lock);
	}
	if (r->run->dry)
		return 0;
	err = loads ? load(r, s, ours) : unload(r, s, ours);
	/* Someone else was faster. */
	if (loads && err == -EEXIST && !wants_first_time)
		err = 0;
	return err;
}
