/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Every load and unload with the 1st, 2nd, 3rd ... host call failing, until one passes untouched: each time an error
 * that says why, nothing left, and the list as it was. In both domains.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/process/rig.h"

#define MOST 2000 /* more host calls than any scenario makes */

static const char *where;
static struct tenon_domain *domain;

/* What is loaded, with the modules it brings along: unloaded in this order. */
struct scenario {
	const char *name, *params, *take_out[3];
};

static const struct scenario scenarios[] = {
	{ "runtime", NULL, { "runtime" } },
	{ "hello", NULL, { "hello", "runtime" } },
	{ "params", "number=1 word=text list=1,2 names=a,b", { "params", "runtime" } },
	{ "export_b", NULL, { "export_b", "export_a", "runtime" } },
	{ "timer", NULL, { "timer", "runtime" } },
	{ "chardev", NULL, { "chardev", "runtime" } },
	{ "leak", "memory=3 timer=2 device=2 mutex=2 event=2 buffer=2 arena=2", { "leak", "runtime" } },
	{ "init_fails", "after=6", { NULL } },
	{ "missing_symbol", NULL, { NULL } },
	{ "cycle_a", NULL, { NULL } },
};

/* Take out everything, as it went in. Return: whether all of it went. */
static bool take_out(const struct scenario *s)
{
	bool good = true;

	for (size_t i = 0; i < 3 && s->take_out[i]; i++)
		good &= !rig_unload(domain, s->take_out[i]);
	return good;
}

/* A failed host call may end an isolated domain; then it is opened again. */
static bool revive(void)
{
	process_settle(rig_host);
	if (domain == process_kernel(rig_host) || process_domain_pid(domain))
		return false;
	domain = rig_domain("box");
	return true;
}

static void sweep_load(const struct scenario *s)
{
	bool hit = true, same = true, explained = true, good;
	int n = 0, err = 0;
	char *before;

	while (hit && same && explained && n < MOST) {
		before = snapshot();
		process_fail_nth(rig_host, (uint64_t)++n);
		err = rig_load(domain, s->name, s->params);
		hit = process_fail_hit(rig_host);
		process_fail_nth(rig_host, 0);
		if (revive()) {
			free(before);
			continue;
		}
		explained = !err || rig_diag.reason != TENON_R_NONE;
		if (!explained)
			diag("host call %d: %d without a reason", n, err);
		if (!err) /* some failures can be lived with */
			take_out(s);
		same = snapshot_same(before, snapshot());
		if (!same)
			diag("after host call %d failed: %d %s", n, err, rig_text());
	}
	good = s->take_out[0] ? !err : err < 0;
	ok(same && explained && good && n > 3 && n < MOST,
	   "F-01 %s: loading %s with each of %d host calls failing leaves nothing", where, s->name, n - 1);
}

static void sweep_unload(const struct scenario *s)
{
	bool hit = true, same = true;
	int n = 0, err;
	char *before = NULL;

	while (hit && same && n < MOST) {
		free(before);
		before = snapshot();
		err = rig_load(domain, s->name, s->params);
		process_fail_nth(rig_host, (uint64_t)++n);
		if (!err)
			err = rig_unload(domain, s->name);
		hit = process_fail_hit(rig_host);
		process_fail_nth(rig_host, 0);
		if (revive())
			continue;
		if (err && !take_out(s)) {
			diag("host call %d failed: %s, and then it stays", n, rig_text());
			same = false;
		}
		take_out(s);
		same = same && snapshot_same(before, snapshot());
		before = NULL;
	}
	free(before);
	ok(same && n < MOST, "F-18 %s: unloading %s with each of %d host calls failing works, or it works on", where,
	   s->name, n - 1);
}

/* Tables grow at the first use. */
static void warm_up(void)
{
	rig_warm_up(domain);
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
			rig_load(domain, scenarios[i].name, scenarios[i].params);
			take_out(&scenarios[i]);
		}
	}
}

static void all(const char *name)
{
	where = name;
	domain = rig_domain(name);
	warm_up();
	for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		sweep_load(&scenarios[i]);
		if (scenarios[i].take_out[0])
			sweep_unload(&scenarios[i]);
	}
}

/* Opening the domain itself. */
static void sweep_open(void)
{
	bool hit = true, same = true;
	struct tenon_domain *d;
	int n = 0, err = 0;
	char *before;

	rig_domain_close("box");
	while (hit && same && n < MOST) {
		before = snapshot();
		process_fail_nth(rig_host, (uint64_t)++n);
		err = process_isolate(rig_host, "box", &d);
		hit = process_fail_hit(rig_host);
		process_fail_nth(rig_host, 0);
		rig_domain_close("box");
		same = snapshot_same(before, snapshot());
	}
	ok(same && !err && n < MOST, "F-01 opening a domain with each of %d host calls failing leaves nothing", n - 1);
}

int main(void)
{
	rig_open(NULL);
	all("kernel");
	all("box");
	sweep_open();
	ok(rig_close(), "the host closes");
	return tap_done();
}
