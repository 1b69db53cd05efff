/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Debian's unmodified modules on linux.ko, in the kernel's domain and in an isolated one, from the same files. */
#include <string.h>

#include "tests/linux/compartment.h"

static int add_owned(const struct tenon_owned *o, void *sum)
{
	*(size_t *)sum += o->bytes;
	return 0;
}

static size_t owned_bytes(struct compartment *c, const char *name)
{
	struct tenon_module *m = tenon_get(c->core, c->d, name);
	size_t sum = 0;

	if (!m)
		return 0;
	tenon_for_each_owned(c->core, m, add_owned, &sum);
	tenon_put(m, "test");
	return sum;
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
	size_t before;
	int left = 0;

	/* First as many entries into one another as there will be, so that what linux.ko keeps for them is there. */
	if (!load(c, "nls_euc_jp", NULL) || try_unload(c, "nls_euc_jp", &why) || try_unload(c, "nls_cp932", &why))
		return;
	before = owned_bytes(c, "linux");
	test_modules(c);
	test_checksums(c);
	test_ciphers(c);
	test_compression(c);
	test_charsets(c);
	/* Less: what its own threads had at the start and no more. */
	ok(before && owned_bytes(c, "linux") <= before, "%s: the modules have left nothing with linux.ko", c->where);
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
