/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Quotas of an isolated domain: what is beyond them is refused, with -ENOMEM or not written, and the domain lives. */
#include "tests/process/rig.h"

static const struct tenon_kpi_quota quota = {
	.objects = 50, /* one is the module's device */
	.threads = 3,
	.memory_bytes = 40 << 20,
	.kernel_bytes = 1 << 20,
	.log_burst = 10,
	.log_per_s = 1,
};

#define LINES 3000 /* each is a call of a gate, for which a busy machine may switch threads twice */

/* Take until it is refused. */
static void hoard(const char *what)
{
	char params[64];
	int err;

	snprintf(params, sizeof(params), "what=%s when=init cnt=%u", what, LINES);
	process_log_clear(rig_host);
	err = rig_load(rig_domain("box"), "hoard", params);
	ok(rig_says(err, 0, TENON_R_NONE), "%s: taken until it is refused", what);
}

static void release(void)
{
	int err = rig_unload(rig_domain("box"), "hoard");

	ok(!err, "it unloads");
	rig_unload_all(rig_domain("box"));
}

/* With a domain of its own, whose tokens for the log are not used up. @cnt: how many there were. */
static void bounded(const char *what, unsigned int cnt)
{
	char line[64];

	hoard(what);
	snprintf(line, sizeof(line), "hoard: %u of %s", cnt, what);
	ok(rig_logged(line) == 1, "there were %u", cnt);
	release();
	rig_domain_close("box");
}

static void many_left(void)
{
	hoard("events");
	release();
	ok(rig_logged("left behind: event") == 8 && rig_logged("left behind by hoard: 41 more") == 1,
	   "of what is left behind eight are named, and the others are one line");
	rig_domain_close("box");
}

static void flood(void)
{
	uint64_t start = rig_now(), most;

	rig_domain("box");
	hoard("log");
	process_log(rig_host, TENON_LOG_INFO, "a line of the host");
	release();
	most = quota.log_burst + quota.log_per_s * ((rig_now() - start) / (1000 * MS) + 1);
	ok(rig_logged("hoard: line ") <= most && most < LINES,
	   "of %u lines as many are written as there are tokens: %zu of at most %llu", LINES,
	   rig_logged("hoard: line "), (unsigned long long)most);
	ok(rig_logged("a line of the host") == 1, "lines of others stay");
	rig_domain_close("box");
	ok(rig_logged("domain box: too many lines, ") >= 1, "how many were left out is said");
}

int main(void)
{
	struct process_options o = { .quota = quota };

	rig_open(&o);
	bounded("threads", quota.threads);
	bounded("events", quota.objects - 1);
	bounded("mutexes", quota.objects - 1);
	bounded("timers", quota.objects - 1);
	bounded("buffers", quota.objects - 1);
	bounded("arenas", 2);
	many_left();
	flood();
	rig_close();
	return tap_done();
}
