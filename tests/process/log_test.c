/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A domain that writes more than the log holds pushes out its own lines only; all are shown in the order written. */
#include <string.h>

#include "tests/process/rig.h"

#define LINES 20000

/* What is to be found, in this order. */
static const char *const wanted[] = { "hello: loaded", "before the flood", "hoard: line 19999", "after the flood" };
#define WANTED_CNT (sizeof(wanted) / sizeof(wanted[0]))

static int look_for_next(uint64_t ns, enum tenon_log_level level, const char *text, size_t len, void *arg)
{
	size_t *found = arg;

	(void)ns, (void)level;
	*found += *found < WANTED_CNT && memmem(text, len, wanted[*found], strlen(wanted[*found]));
	return 0;
}

static bool in_order(void)
{
	size_t found = 0;

	process_log_each(rig_host, look_for_next, &found);
	if (found < WANTED_CNT)
		diag("'%s' is not there, or not after the others", wanted[found]);
	return found == WANTED_CNT;
}

int main(void)
{
	int err;

	rig_open(NULL);
	rig_load(rig_domain("other"), "hello", NULL);
	process_log(rig_host, TENON_LOG_INFO, "before the flood");
	err = rig_load(rig_domain("box"), "hoard", "what=log when=init cnt=20000");
	process_log(rig_host, TENON_LOG_INFO, "after the flood");
	ok(!err && in_order(), "a domain's flood leaves others' lines, and its own last ones");
	ok(rig_logged("hoard: line") > 1000 && rig_logged("hoard: line") < LINES / 2,
	   "of its own there are as many as its share holds: %zu", rig_logged("hoard: line"));
	rig_unload_all(rig_domain("box"));
	rig_domain_close("box");
	ok(in_order(), "when it is closed its last lines stay");
	ok(rig_logged("hoard: line") > 100 && rig_logged("hoard: line") < 1000, "not all of them: %zu",
	   rig_logged("hoard: line"));
	process_log_clear(rig_host);
	ok(!rig_logged(""), "all can be cleared");
	rig_unload_all(rig_domain("other"));
	rig_domain_close("other");
	ok(rig_close(), "the host closes");
	return tap_done();
}
