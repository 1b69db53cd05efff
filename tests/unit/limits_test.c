/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a request may not exceed or get past: nesting, switches thrown meanwhile, the life of a source. */
#include <stdlib.h>
#include <string.h>

#include "tenon/fmt/modsig.h"
#include "tests/tap.h"
#include "tests/unit/playground.h"

static struct pg pg;

static void close_all(const char *what)
{
	ok(pg_close(&pg), "%s: nothing is left", what);
}

/* ---- nesting ---- */

static int deepest, inner_err;
static struct tenon_diag inner_diag;

/* The init of m0 asks for m1, that of m1 for m2 ... */
static int ask_next(void *arg, struct tenon_module *m, uint64_t address, int64_t *result)
{
	struct tenon_request req = { .domain = pg.d };
	struct tenon_module_info info;
	int number = atoi(tenon_module_name(m) + 1);
	char next[16];

	(void)arg;
	tenon_module_info(m, &info);
	*result = 0;
	if (address != info.init)
		return 0;
	deepest = number > deepest ? number : deepest;
	snprintf(next, sizeof(next), "m%d", number + 1);
	req.name = next;
	inner_err = 0;
	*result = inner_err = tenon_load(pg.t, &req, NULL, &inner_diag);
	return 0;
}

static void test_requests(void)
{
	static char names[TENON_REQUEST_DEPTH_MAX + 1][16];
	static struct pg_module modules[TENON_REQUEST_DEPTH_MAX + 1];

	pg_open(&pg);
	pg.mh.call = ask_next;
	for (int i = 0; i <= TENON_REQUEST_DEPTH_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "m%d", i);
		modules[i] = (struct pg_module){ .name = names[i] };
		pg_file(&pg, &modules[i]);
	}
	ok(pg_load(&pg, "m0", 0, NULL) == -TENON_ELOOP, "inits that ask for each other without an end are refused");
	ok(deepest == TENON_REQUEST_DEPTH_MAX - 1, "A thread is in %d requests at most", deepest + 1);
	ok(!pg_list(&pg)[0], "and all of them are undone");
	ok(inner_diag.reason == TENON_R_INIT_FAILED, "each init says why it failed");
	close_all("requests");
}

/* With the thread's frames all in use, nothing more is entered: not by a callback, a load, an unload. */
static void test_entries(void)
{
	struct tenon_thread *self, first;
	struct tenon_module *m, *other;
	int depth = 0;

	pg_open(&pg);
	pg_file(&pg, &(struct pg_module){ .name = "a" });
	pg_file(&pg, &(struct pg_module){ .name = "b" });
	pg_load(&pg, "a", 0, NULL);
	pg_load(&pg, "b", 0, NULL);
	m = tenon_get(pg.t, NULL, "a");
	other = tenon_get(pg.t, NULL, "b");
	tenon_put(m, "test");
	tenon_put(other, "test");
	tenon_thread_add(pg.t, &first, "first");
	self = &first;
	while (depth < 100 && tenon_enter(self, depth & 1 ? m : other))
		depth++;
	ok(depth == TENON_FRAME_MAX && tenon_enter_error(self) == -TENON_ELOOP, "%d entries, and no more", depth);
	ok(tenon_current(self) == m, "the frame on top is that of the module entered last");
	ok(self->depth == TENON_FRAME_MAX && self->frame[0] == other, "the first frame is what it was");
	ok(pg_unload(&pg, "b") == -TENON_EBUSY && pg.diag.reason == TENON_R_IN_USE_THREAD,
	   "a module at the bottom is in use");
	while (depth > 1) {
		tenon_leave(self);
		depth--;
	}
	ok(!pg_unload(&pg, "a"), "the one that was left altogether goes");
	ok(pg_unload(&pg, "b") == -TENON_EBUSY, "the one at the bottom is in use until the last frame");
	tenon_leave(self);
	ok(!pg_unload(&pg, "b"), "and goes then");
	tenon_thread_remove(pg.t, &first);
	close_all("entries");
}

static struct tenon_thread full;

static struct tenon_thread *full_thread(void *context)
{
	(void)context;
	return &full;
}

static void test_full_thread(void)
{
	struct tenon_module *m;

	pg_open(&pg);
	pg_file(&pg, &(struct pg_module){ .name = "a" });
	pg_file(&pg, &(struct pg_module){ .name = "b" });
	pg_load(&pg, "a", 0, NULL);
	m = tenon_get(pg.t, NULL, "a");
	tenon_put(m, "test");
	tenon_thread_add(pg.t, &full, "full");
	pg.mh.host.thread = full_thread;
	while (tenon_enter(&full, m))
		;
	ok(pg_load(&pg, "b", 0, NULL) == -TENON_ELOOP && pg_reason(&pg, TENON_R_ENTRY_DEPTH, "a load"),
	   "a load from there is refused");
	ok(pg_unload(&pg, "a") == -TENON_ELOOP && pg_reason(&pg, TENON_R_ENTRY_DEPTH, "an unload"),
	   "and so is an unload");
	tenon_leave(&full);
	ok(!pg_load(&pg, "b", 0, NULL) && !pg_unload(&pg, "b"), "with room for one frame, init and exit run");
	while (full.depth)
		tenon_leave(&full);
	pg.mh.host.thread = NULL;
	tenon_thread_remove(pg.t, &full);
	pg_unload(&pg, "a");
	close_all("a thread without room");
}

/* ---- switches thrown while a load is under way ---- */

static void (*throw_switch)(void);
static int verify_result, verified;
static bool allow;

static int verify(void *context, const void *data, size_t size, const void *sig, size_t sig_size)
{
	(void)context, (void)data, (void)size, (void)sig, (void)sig_size;
	verified++;
	tenon_set_signer(pg.t, 7);
	return verify_result;
}

static void enforce(void)
{
	tenon_set_sig_mode(pg.t, TENON_SIG_ENFORCE);
}

static void disable(void)
{
	tenon_disable_modules(pg.t);
}

static int policy(void *context, const struct tenon_module *m, char why[64])
{
	(void)context;
	strcpy(why, "a test");
	return !allow && !strcmp(tenon_module_name(m), "b") ? -TENON_EPERM : 0;
}

static void install_policy(void)
{
	tenon_set_policy(pg.t, policy, NULL);
}

/* The init of a throws it; b, of the same plan, comes after. */
static int throw_in_init(void *arg, struct tenon_module *m, uint64_t address, int64_t *result)
{
	struct tenon_module_info info;
	size_t len = strlen(pg.calls);

	(void)arg;
	tenon_module_info(m, &info);
	snprintf(pg.calls + len, sizeof(pg.calls) - len, "%c%s", address == info.init ? '+' : '-', info.name);
	if (address == info.init && !strcmp(info.name, "a"))
		throw_switch();
	*result = 0;
	return 0;
}

/* Load b, which needs a. With @signature the files have one. */
static int load_with(void (*thrown)(void), bool signature, uint32_t flags)
{
	static const struct pg_module a = { .name = "a" }, b = { .name = "b", .depends = "a", .vermagic = PG_VERMAGIC };
	static const struct pg_module odd = { .name = "b", .depends = "a", .vermagic = "tenon-0 x86_64" };

	pg_open(&pg);
	pg.mh.call = throw_in_init;
	pg.mh.host.verify = verify;
	throw_switch = thrown;
	verified = 0;
	if (signature) {
		pg_signed_file(&pg, &a);
		pg_signed_file(&pg, &b);
	} else {
		pg_file(&pg, &a);
		pg_file(&pg, flags ? &odd : &b);
	}
	return pg_load(&pg, "b", flags, NULL);
}

static void refused(int err, int want, enum tenon_reason reason, const char *what)
{
	ok(err == want && pg_reason(&pg, reason, what), "%s: refused", what);
	ok(!strcmp(pg.calls, "+a-a") && !pg_list(&pg)[0], "%s: its init has not run, and the plan is undone (%s)", what,
	   pg.calls);
	close_all(what);
}

static void test_switches(void)
{
	refused(load_with(enforce, false, 0), -TENON_ENOKEY, TENON_R_SIG_MISSING, "enforce, and no signature");
	verify_result = -TENON_EKEYREJECTED;
	refused(load_with(enforce, true, 0), -TENON_EKEYREJECTED, TENON_R_SIG_MISMATCH,
		"enforce, and a wrong signature");
	verify_result = 0;
	ok(!load_with(enforce, true, 0) && !strcmp(pg.calls, "+a+b") && verified == 1,
	   "enforce, and a right signature: verified then");
	pg_unload(&pg, "b");
	pg_unload(&pg, "a");
	close_all("a right signature");
	refused(load_with(enforce, false, TENON_LOAD_IGNORE_VERMAGIC), -TENON_EPERM, TENON_R_FORCED,
		"enforce, and loaded by force");
	refused(load_with(disable, false, 0), -TENON_EPERM, TENON_R_MODULES_DISABLED, "modules are disabled");
	refused(load_with(install_policy, false, 0), -TENON_EPERM, TENON_R_POLICY_REFUSED,
		"a policy that refuses is installed");
	allow = true;
	ok(!load_with(install_policy, false, 0) && !strcmp(pg.calls, "+a+b"), "a policy that allows is installed");
	pg_unload(&pg, "b");
	pg_unload(&pg, "a");
	close_all("a policy that allows");
}

/* Of an unload that waits: modules are disabled before its exit has run. */
static void disable_at_sync(void *context)
{
	(void)context;
	tenon_disable_modules(pg.t);
}

static void test_disabled_unload(void)
{
	struct tenon_domain *d;

	pg_open(&pg);
	pg_file(&pg, &(struct pg_module){ .name = "a" });
	pg_load(&pg, "a", 0, NULL);
	d = pg.d;
	pg.mh.host.sync_cpus = disable_at_sync;
	ok(pg_unload(&pg, "a") == -TENON_EPERM && pg_reason(&pg, TENON_R_MODULES_DISABLED, "an unload"),
	   "modules are disabled while an unload waits: it is refused");
	ok(!strcmp(pg_list(&pg), "a") && !strcmp(pg.calls, "+a"), "and the module is live");
	tenon_domain_kill(pg.t, d, "end of the test");
	close_all("a disabled unload");
}

/* ---- references that a module has taken itself: owned objects, as a binding makes them ---- */

struct own_reference {
	struct tenon_owned owned;
	struct tenon_module *target;
};

static void put_reference(struct tenon_owned *o)
{
	tenon_put(((struct own_reference *)o)->target, "reclaim");
}

static void test_own_references(void)
{
	struct own_reference self = { .owned = { .kind = "reference", .reclaim = put_reference } }, other = self;
	struct tenon_module *a, *b;

	pg_open(&pg);
	pg_file(&pg, &(struct pg_module){ .name = "a" });
	pg_file(&pg, &(struct pg_module){ .name = "b" });
	pg_load(&pg, "a", 0, NULL);
	pg_load(&pg, "b", 0, NULL);
	self.target = a = tenon_get(pg.t, NULL, "a");
	other.target = b = tenon_get(pg.t, NULL, "b");
	tenon_own(a, &self.owned);
	tenon_own(a, &other.owned);
	ok(pg_unload(&pg, "a") == -TENON_EBUSY && pg_reason(&pg, TENON_R_IN_USE_REFS, "a"),
	   "a module that holds itself is in use");
	ok(tenon_quarantine(a, "a test"), "it dies");
	tenon_reclaim(a);
	ok(!pg_unload(&pg, "b"), "what it held is free");
	tenon_domain_kill(pg.t, pg.d, "end of the test");
	close_all("one that held itself");
}

/* ---- sources ---- */

static int closed, reads;
static void *source_bytes;
static size_t source_size;

/* What is used after this is seen: the bytes are gone. */
static void close_source(struct tenon_source *src)
{
	(void)src;
	closed++;
	memset(source_bytes, 0xdd, source_size);
}

static int64_t read_bytes(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	reads++;
	memcpy(buf, (const char *)src->host + offset, len);
	return (int64_t)len;
}

static struct tenon_source source_of(bool constant)
{
	return (struct tenon_source){ .size = source_size,
				      .constant = constant ? source_bytes : NULL,
				      .read_at = read_bytes,
				      .close = close_source,
				      .host = source_bytes };
}

static bool find_constant;
static void *dependency;
static size_t dependency_size;

static int find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src)
{
	(void)context, (void)domain;
	*src = !strcmp(name, "a") ? model_source(dependency, dependency_size, false) : source_of(find_constant);
	return 0;
}

/*
 * The file is used to the last moment: "a" is read before its init throws the switch that has "b", the module asked
 * for, verified before its own.
 */
static int bytes_at_verify, init_result;

static int verify_bytes(void *context, const void *data, size_t size, const void *sig, size_t sig_size)
{
	(void)context, (void)size, (void)sig, (void)sig_size;
	bytes_at_verify = memcmp(data, "\177ELF", 4);
	return 0;
}

static int throw_and_return(void *arg, struct tenon_module *m, uint64_t address, int64_t *result)
{
	throw_in_init(arg, m, address, result);
	if (!strcmp(tenon_module_name(m), "b"))
		*result = init_result;
	return 0;
}

static void test_source(bool found, bool constant, int fail)
{
	struct tenon_request req = { .name = "b" };
	struct tenon_source src;
	char what[100];
	int err;

	snprintf(what, sizeof(what), "a source that is %s and %s%s", found ? "found" : "given",
		 constant ? "constant" : "read", fail ? ", of a load that fails" : "");
	pg_open(&pg);
	source_bytes = pg_build_signed(&(struct pg_module){ .name = "b", .depends = "a" }, &source_size);
	dependency = pg_build(&(struct pg_module){ .name = "a" }, &dependency_size);
	pg.mh.host.find = find;
	pg.mh.host.verify = verify_bytes;
	init_result = fail;
	find_constant = constant;
	closed = reads = 0;
	bytes_at_verify = 1;
	src = source_of(constant);
	if (!found)
		req.source = &src;
	req.domain = pg.d;
	throw_switch = enforce;
	pg.mh.call = throw_and_return;
	err = tenon_load(pg.t, &req, NULL, &pg.diag);
	ok(err == fail && !bytes_at_verify, "%s: the load ends as it should (%d)", what, err);
	ok(closed == 1 && reads == !constant, "%s: closed once, read %d times", what, reads);
	if (!err)
		ok(!pg_unload(&pg, "b") && !pg_unload(&pg, "a"), "%s: unloaded", what);
	free(source_bytes);
	free(dependency);
	close_all(what);
}

int main(void)
{
	test_requests();
	test_entries();
	test_full_thread();
	test_switches();
	test_disabled_unload();
	test_own_references();
	for (int i = 0; i < 8; i++)
		test_source(i & 1, i & 2, i & 4 ? -5 : 0);
	return tap_done();
}
