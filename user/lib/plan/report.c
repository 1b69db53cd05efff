/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What is said when a plan fails. The first line is that of kmod's modprobe. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "user/lib/plan/run.h"
#include "user/lib/say.h"

void runner_say(struct runner *r, enum tmod_level level, const char *format, ...)
{
	char text[4096];
	va_list ap;

	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	pthread_mutex_lock(&r->lock);
	say(r->p->messages, level, "%s", text);
	pthread_mutex_unlock(&r->lock);
}

static void say_stopped(const struct runner *r, enum tmod_level level, const struct tmod_step *s)
{
	char text[1024];

	tmod_entry_explain(s->stopped_by, s->name, text, sizeof(text));
	say(r->p->messages, level, "%s%s%s", text, s->needed_by ? "; it is wanted by " : "",
	    s->needed_by ? s->needed_by : "");
}

void report_stopped(struct runner *r, const struct tmod_step *s)
{
	say_stopped(r, TMOD_WARNING, s);
}

static const char *insert_error(int err)
{
	switch (err) {
	case -EEXIST:
		return "Module already in kernel";
	case -ENOENT:
		return "Unknown symbol in module, or unknown parameter (see dmesg)";
	default:
		return tmod_error_text(err);
	}
}

/* What the kernel's refusal comes from, and what to do. A dependency is named. */
static void say_cause(struct runner *r, const char *name, const struct tmod_step *s, int err)
{
	bool inserts = s->action == TMOD_LOAD, other = strcmp(name, s->name);
	char text[4096], *line, *rest;

	if (!r->p->messages->say || (inserts && !s->path) || (!inserts && s->action != TMOD_UNLOAD))
		return;
	tmod_why_failed(r->p->system, inserts ? TMOD_INSERT : TMOD_DELETE, inserts ? s->path : s->name, s->options, err,
			text, sizeof(text));
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		say(r->p->messages, TMOD_ERROR, "%s%s%s", other ? s->name : "", other ? ": " : "", line);
}

void report_failure(struct runner *r, const char *name, const struct tmod_step *s, int err)
{
	/* Turned off: "off" is nobody's name. */
	if (s->stopped_by && s->stopped_by->directive == TMOD_ALIAS)
		name = s->stopped_by->name;
	if (s->action == TMOD_LOAD || s->action == TMOD_RUN_INSTALL)
		say(r->p->messages, TMOD_ERROR, "could not insert '%s': %s", name, insert_error(err));
	else if (s->action == TMOD_RUN_REMOVE)
		say(r->p->messages, TMOD_FATAL, "Error running remove command for %s", name);
	else
		say(r->p->messages, TMOD_ERROR, "could not remove '%s': %s", name, tmod_error_text(err));
	if (s->stopped_by)
		say_stopped(r, TMOD_ERROR, s);
	else if (!r->run->dry && (err != -EEXIST || s->action != TMOD_LOAD))
		say_cause(r, name, s, err);
}
