/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Modules made to break out (modules/faulty/): each deed, in an isolated domain, ends its domain for the reason that
 * fits or comes to nothing; the host lives, a neighbour is served, and everything comes back.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "tests/process/rig.h"

/* What must come of a deed: its domain lives, ends for a reason that begins so, or either. */
#define LIVES NULL
#define EITHER "*"

static const struct attack {
	const char *module, *what, *when, *more; /* parameters */
	const char *end;
} attacks[] = {
	/* Time: whoever waits is let go. */
	{ "hang", "sleep", "init", "", "hang: a call did not return within 600 ms" },
	{ "hang", "sleep", "exit", "", "hang: a call did not return within 600 ms" },
	{ "hang", "sleep", "open", "", "hang: a call did not return within 600 ms" },
	{ "hang", "sleep", "read", "", "hang: a call did not return within 600 ms" },
	{ "hang", "sleep", "timer", "", "hang: a call did not return within 600 ms" },
	{ "hang", "nap", "init", "", "hang: a call did not return within 600 ms" },
	{ "hang", "nap", "read", "", "hang: a call did not return within 600 ms" },
	{ "hang", "event", "init", "", "hang: a call did not return within 600 ms" },
	{ "hang", "event", "exit", "", "hang: a call did not return within 600 ms" },
	{ "hang", "lock", "read", "", "hang: a call did not return within 600 ms" },
	{ "hang", "join", "init", "", "hang: a call did not return within 600 ms" },
	{ "hang", "loop", "init", "", "hang: no answer within 300 ms" },
	{ "hang", "loop", "thread", "", "hang: no answer within 300 ms" },
	{ "hang", "stay", "init", "", "hang: a thread did not end within 600 ms" },
	{ "hang", "trap", "read", "", "hang: a call did not return within 600 ms" },
	/* Gates, and the memory that is shared with the host. */
	{ "forge", "op", "init", "number=0", "broke the protocol" },
	{ "forge", "op", "read", "number=77", "broke the protocol" },
	{ "forge", "op", "thread", "number=1", "broke the protocol" },
	{ "forge", "gate", "init", "number=100000", "broke the protocol" },
	{ "forge", "gate", "init", "number=4294967295", "broke the protocol" },
	{ "forge", "fault", "init", "", "invalid access at " },
	{ "forge", "trap", "read", "", "invalid access at " },
	{ "forge", "race", "init", "", EITHER },
	{ "forge", "race", "read", "", EITHER },
	/* Memory and code that it must not change or run. */
	{ "forge", "write_start", "init", "", "invalid access at forge+" },
	{ "forge", "write_program", "init", "", "invalid access at forge+" },
	{ "forge", "write_gate", "init", "", "invalid access at forge+" },
	{ "forge", "jump", "init", "number=0", EITHER },
	{ "forge", "jump", "init", "number=1", EITHER },
	{ "forge", "jump", "init", "number=2", EITHER },
	{ "forge", "jump", "init", "number=3", EITHER },
	{ "forge", "int80", "init", "", "forge: ended by signal 31 (SYS)" },
	{ "forge", "vsyscall", "init", "", EITHER }, /* not in every kernel */
	/* Registers. */
	{ "forge", "flags", "init", "", EITHER },
	{ "forge", "flags", "read", "", EITHER },
	{ "forge", "single_step", "init", "", "breakpoint at forge+" },
	{ "forge", "thread_base", "init", "number=8", EITHER },
	{ "forge", "thread_base", "init", "", EITHER },
	{ "forge", "data_base", "init", "number=4096", LIVES },
	{ "forge", "no_stack", "init", "number=4096", "invalid access at forge+" },
	/* Everything there is. */
	{ "hoard", "threads", "init", "", EITHER },
	{ "hoard", "events", "read", "cnt=20000", EITHER },
	{ "hoard", "mutexes", "init", "cnt=20000", EITHER },
	{ "hoard", "timers", "init", "cnt=2000", EITHER },
	{ "hoard", "buffers", "init", "cnt=2000", EITHER },
	{ "hoard", "arenas", "init", "", EITHER },
	{ "hoard", "devices", "init", "cnt=2000", EITHER },
	{ "hoard", "memory", "timer", "cnt=20000", EITHER },
	{ "hoard", "log", "init", "cnt=20000", EITHER },
	/* State, references, names. */
	{ "hoard", "vcpu", "init", "", LIVES },
	{ "hoard", "vcpu", "read", "", LIVES },
	{ "hoard", "get", "init", "", LIVES }, /* it holds itself: only its domain's end ends it */
	{ "hoard", "put", "init", "", "put a reference that it had not taken" },
	{ "hoard", "names", "init", "", LIVES },
};

/* ---- one attack ---- */

static void use_device(const char *name)
{
	struct tenon_file *f;
	char byte;

	if (tenon_device_open(name, TENON_CHRDEV_READ, &f))
		return;
	tenon_device_read(f, &byte, 1, 0);
	tenon_device_close(f);
}

static void provoke(const struct attack *a)
{
	struct tenon_domain *d = rig_domain("box");
	char params[128];

	snprintf(params, sizeof(params), "what=%s when=%s %s", a->what, a->when, a->more);
	if (rig_load(d, a->module, params)) {
		if (!strcmp(a->when, "init"))
			return;
		diag("did not load: %s", rig_text());
	}
	use_device(a->module);
	/* What it does by itself and does not survive; nothing is waited for that it does survive. */
	if (a->end && strcmp(a->end, EITHER) && (!strcmp(a->when, "timer") || !strcmp(a->when, "thread")))
		rig_until(rig_box_died, NULL, 60000 * MS);
	rig_unload(d, a->module);
}

static bool ended_as_it_must(const struct attack *a)
{
	const char *line = rig_log_line("box: domain is dead: "), *why = strstr(line, "dead: ");

	why = why ? why + strlen("dead: ") : "";
	if (a->end && !strcmp(a->end, EITHER))
		return true;
	if (a->end ? !strncmp(why, a->end, strlen(a->end)) : !*why)
		return true;
	diag("the domain %s%s", *why ? "ended: " : "lives", why);
	return false;
}

/* Bytes that a terminal takes for more than text. */
static int find_control(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	(void)ns, (void)level, (void)arg;
	for (size_t i = 0; i < len; i++)
		if ((uint8_t)text[i] < ' ' || text[i] == 0x7f)
			return 1;
	return 0;
}

static void one(const struct attack *a)
{
	char *before;

	rig_domain_close("box");
	process_log_clear(rig_host);
	before = snapshot();
	provoke(a);
	process_settle(rig_host);
	ok(ended_as_it_must(a), "%s %s in %s %s: ends %s", a->module, a->what, a->when, a->more,
	   a->end ? a->end : "not at all");
	ok(neighbour_served(), "%s %s in %s %s: a neighbour is served", a->module, a->what, a->when, a->more);
	ok(!process_log_each(rig_host, find_control, NULL), "%s %s in %s %s: the log is text", a->module, a->what,
	   a->when, a->more);
	if (tenon_domain_find(rig_core, "box")) {
		process_domain_kill(rig_host, tenon_domain_find(rig_core, "box"));
		process_settle(rig_host);
	}
	rig_domain_close("box");
	ok(snapshot_same(before, snapshot()), "%s %s in %s %s: nothing is left", a->module, a->what, a->when, a->more);
}

/* ---- state that would cross with a thread ---- */

static bool no_vcpu(const char *domain)
{
	int err;

	process_log_clear(rig_host);
	err = rig_load(rig_domain(domain), "hoard", "what=vcpu_current when=init device=other");
	rig_unload(rig_domain(domain), "hoard");
	return !err && rig_logged("current -19") == 1; /* ENODEV */
}

/* The thread that loads is the same each time. */
static void state_stays(void)
{
	rig_load(rig_domain("box"), "hoard", "what=vcpu when=init");
	ok(rig_logged("vcpu 0"), "a module takes a virtual CPU and returns");
	ok(no_vcpu("kernel"), "the kernel's domain does not find it on the thread");
	ok(no_vcpu("third"), "nor does a third domain");
	rig_unload_all(rig_domain("box"));
	rig_unload_all(rig_domain("third"));
	rig_domain_close("box");
	rig_domain_close("third");
}

/* ---- a handler that sleeps ---- */

static void *read_hang(void *unused)
{
	(void)unused;
	use_device("hang");
	return NULL;
}

static bool in_handler(void *unused)
{
	(void)unused;
	return rig_logged("in its trap handler") > 0;
}

static void handlers_apart(void)
{
	pthread_t id;
	int err;

	process_log_clear(rig_host);
	rig_load(rig_domain("box"), "hang", "what=trap when=read");
	if (pthread_create(&id, NULL, read_hang, NULL))
		exit(2);
	ok(rig_until(in_handler, NULL, 60000 * MS), "a module sleeps in its trap handler");
	err = rig_load(rig_domain("third"), "hang", "what=handler when=init device=other");
	ok(rig_says(err, 0, TENON_R_NONE) && rig_logged("survived handler"),
	   "another domain registers a handler and takes it back");
	ok(!rig_unload(rig_domain("third"), "hang"), "and unloads its module");
	process_domain_kill(rig_host, rig_domain("box"));
	pthread_join(id, NULL);
	rig_domain_close("box");
	rig_unload_all(rig_domain("third"));
	rig_domain_close("third");
}

static void apart(void)
{
	state_stays();
	handlers_apart();
}

/* ---- every channel taken ---- */

static void all_channels(void)
{
	pthread_t id[70];

	process_log_clear(rig_host);
	rig_load(rig_domain("box"), "hang", "what=event when=read");
	for (int i = 0; i < 70; i++)
		if (pthread_create(&id[i], NULL, read_hang, NULL))
			exit(2);
	for (int i = 0; i < 70; i++)
		pthread_join(id[i], NULL);
	process_settle(rig_host);
	ok(rig_logged("box: domain is dead: hang: ") == 1,
	   "more calls that sleep than a domain has threads: all of them return");
	ok(neighbour_served(), "a neighbour is served");
	rig_domain_close("box");
}

/* ---- hosts with one short limit each, so that a busy machine cannot make another one the first ---- */

static const struct phase {
	uint32_t deadline_ms, wait_ms;
	const char *says; /* what attacks have in their end that belong here; NULL: the others */
	void (*more)(void);
} phases[] = {
	{ 60000, 600, "within 600 ms", all_channels },
	{ 300, 60000, "within 300 ms", NULL },
	{ 3000, 60000, NULL, apart },
};

#define PHASE_CNT (sizeof(phases) / sizeof(phases[0]))

static bool belongs(const struct attack *a, const struct phase *p)
{
	const struct phase *other = phases;

	while (other->says && !(a->end && strstr(a->end, other->says)))
		other++;
	return other == p;
}

static void run(const struct phase *p)
{
	const struct process_options options = { .deadline_ms = p->deadline_ms, .wait_ms = p->wait_ms };

	rig_open(&options);
	neighbour_open();
	for (size_t i = 0; i < sizeof(attacks) / sizeof(attacks[0]); i++)
		if (belongs(&attacks[i], p))
			one(&attacks[i]);
	if (p->more)
		p->more();
	neighbour_close();
	rig_unload_all(rig_domain("other"));
	rig_domain_close("other");
	ok(rig_close(), "the host closes");
}

int main(void)
{
	for (size_t i = 0; i < PHASE_CNT; i++)
		run(&phases[i]);
	return tap_done();
}
