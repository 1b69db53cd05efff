/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Debian's unmodified modules on linux.ko, in the kernel's domain and in an isolated one, from the same files. */
#include <string.h>

#include "tests/linux/compartment.h"

/*
 * How many tasks and threads linux.ko has had at once is chance, and it keeps them: a task is memory and an event, a thread
 * memory and a thread. So these cancel, and what is counted is any other memory and any other thing.
 */
static int count_owned(const struct tenon_owned *o, void *cnt)
{
	*(long *)cnt += strcmp(o->kind, "event") && strcmp(o->kind, "thread") ? 1 : -1;
	return 0;
}

/* Return: a count to compare with another one of the same module; may be negative. */
static long owned_apart_from_tasks(struct compartment *c, const char *name)
{
	struct tenon_module *m = tenon_get(c->core, c->d, name);
	long cnt = 0;

	if (!ok(m != NULL, "%s: %s is there", c->where, name))
		return 0;
	tenon_for_each_owned(c->core, m, count_owned, &cnt);
	tenon_put(m, "test");
	return cnt;
}

static int count_module(const struct tenon_module *m, void *arg)
{
	(void)m;
	++*(int *)arg;
	return 0;
}

static void test_all(struct compartment *c)
{
	struct tenon_diag why = { 0 };
	struct tenon_stats stats;
	long before, after;
	int left = 0;

	/* What linux.ko keeps from the first load on is there before it is counted. */
	if (!load(c, "nls_euc_jp", NULL) || try_unload(c, "nls_euc_jp", &why) || try_unload(c, "nls_cp932", &why))
		return;
	before = owned_apart_from_tasks(c, "linux");
	test_modules(c);
	test_checksums(c);
	test_ciphers(c);
	test_compression(c);
	test_charsets(c);
	/* Less: what its own threads had at the start and no more. */
	after = owned_apart_from_tasks(c, "linux");
	ok(after <= before, "%s: the modules have left nothing with linux.ko: %ld things, then %ld", c->where, before,
	   after);
	ok(!try_unload(c, "linux", &why) && why.reason != TENON_R_LEFT_BEHIND && !try_unload(c, "runtime", &why),
	   "%s: linux.ko leaves nothing behind", c->where);
	tenon_for_each(c->core, count_module, &left);
	tenon_stats(c->core, &stats);
	ok(!left && !stats.used_bytes, "%s: no module and no module memory is left", c->where);
}

int main(void)
{
	struct compartment c = { .where = "kernel" };

	if (!compartment_open(&c))
		return 0;
	c.d = process_kernel(c.h);
	test_all(&c);
	c.where = "isolated";
	if (ok(!process_isolate(c.h, "box", &c.d), "an isolated domain opens")) {
		test_all(&c);
		ok(!process_domain_close(c.h, c.d), "it closes, empty");
	}
	compartment_close(&c);
	return tap_done();
}
