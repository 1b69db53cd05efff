/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The core keeps what host.h promises a port: with which lock and in which context each function is called. Every
 * function is called here, in loads, failures, unloads, waiting, a fault and a domain's death.
 */
#include <stdio.h>
#include <string.h>

#include "tests/port/contract.h"
#include "tests/tap.h"
#include "tests/unit/playground.h"

#define EXPORTS(...) (const struct pg_export[]){ __VA_ARGS__, { .name = NULL } }
#define IMPORTS(...) (const struct pg_import[]){ __VA_ARGS__, { .name = NULL } }

static struct pg pg;
static struct contract contract;
static struct tenon_thread first, worker, *current = &first;

static struct tenon_thread *current_thread(void *context)
{
	(void)context;
	return current;
}

/* Whoever is waited for leaves. */
static int leaving_wait(void *context, uint64_t deadline_ns)
{
	(void)context;
	(void)deadline_ns;
	if (worker.depth)
		tenon_leave(&worker);
	return 0;
}

static void wake(void *context)
{
	(void)context;
}

static int verify(void *context, const void *data, size_t size, const void *sig, size_t sig_size)
{
	(void)context, (void)data, (void)size, (void)sig, (void)sig_size;
	return 0;
}

static int bind(void *context, struct tenon_domain *domain, const struct tenon_export *e, tenon_addr *address)
{
	(void)context, (void)domain;
	*address = e->value;
	return 0;
}

static void event(void *context, const struct tenon_module *m, const struct tenon_diag *diag)
{
	(void)context, (void)m, (void)diag;
}

static const struct tenon_export interface[] = {
	{ .name = "kernel_function", .value = 0x60000010, .flags = TENON_EXPORT_INTERFACE },
};

static void open_watched(void)
{
	pg_open(&pg);
	tenon_domain_close(pg.t, pg.d);
	tenon_destroy(pg.t);
	pg.mh.host.wait = leaving_wait;
	pg.mh.host.wake = wake;
	pg.mh.host.thread = current_thread;
	pg.mh.host.verify = verify;
	pg.mh.host.bind = bind;
	pg.mh.host.event = event;
	contract_watch(&contract, &pg.mh.host);
	ok(!tenon_create(&contract.host, &pg.t) && !tenon_accept(pg.t, &tenon_native, PG_VERMAGIC, NULL) &&
	       !tenon_domain_open(pg.t, "kernel", TENON_DOMAIN_KERNEL, NULL, &pg.d) &&
	       !tenon_provide(pg.t, NULL, interface, 1, &pg.diag),
	   "a core with a watched host");
	tenon_thread_add(pg.t, &first, "first");
	tenon_thread_add(pg.t, &worker, "worker");
	tenon_explain_versions(pg.t);
	tenon_set_sig_mode(pg.t, TENON_SIG_AUDIT);
}

static void add_files(void)
{
	static const struct pg_import one[] = { { .name = "kernel_function" }, { .name = NULL } };
	static char names[60][16];

	pg_signed_file(&pg, &(struct pg_module){ .name = "a",
						 .imports = one,
						 .data_bytes = 8,
						 .exports = EXPORTS({ .name = "fa", .crc = 1 }) });
	/* Its checksums are not in the order of its symbols, so they get a table of their own. */
	pg_file(&pg, &(struct pg_module){
			 .name = "b",
			 .depends = "a",
			 .params = true,
			 .ro_after_init_bytes = 8,
			 .imports = IMPORTS({ .name = "kernel_function", .crc = 7 }, { .name = "fa", .crc = 1 }) });
	pg_file(&pg,
		&(struct pg_module){ .name = "lacking", .depends = "a", .imports = IMPORTS({ .name = "nobody_has" }) });
	/* Enough for the tables of names to grow. */
	for (int i = 0; i < 40; i++) {
		snprintf(names[i], sizeof(names[i]), "many%d", i);
		pg_file(&pg, &(struct pg_module){ .name = names[i], .depends = "a" });
	}
}

/* Everything that may sleep. */
static void use(void)
{
	struct tenon_module *m;
	char name[16];

	ok(!pg_load(&pg, "b", 0, "count=3"), "a load with a dependency and parameters");
	ok(pg_load(&pg, "lacking", 0, NULL) == -TENON_ENOENT, "one that fails, while what it needs is there");
	ok(!pg_load(&pg, "b", 0, NULL), "one of what is there");
	for (int i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "many%d", i);
		if (pg_load(&pg, name, 0, NULL))
			ok(false, "loading %s", name);
	}
	m = tenon_get(pg.t, NULL, "b");
	tenon_enter(&worker, m);
	tenon_put(m, "test");
	ok(!tenon_unload(pg.t, NULL, "b", UINT64_MAX, &pg.diag), "an unload that waits");
	m = tenon_get(pg.t, NULL, "many7");
	tenon_put(m, "test");
	if (ok(tenon_quarantine(m, "it faulted"), "a quarantine"))
		tenon_reclaim(m);
	ok(!pg_unload(&pg, "many8"), "an unload");
}

/* What core.h allows in any context. */
static void use_in_interrupt(void)
{
	struct tenon_module *m = tenon_get(pg.t, NULL, "a");
	struct tenon_thread irq = { .atomic = 1 };

	current = &irq;
	contract.interrupt = true;
	tenon_try_get(m);
	tenon_put(m, "interrupt");
	if (tenon_enter(&irq, m))
		tenon_leave(&irq);
	tenon_module_name(m);
	tenon_module_state(m);
	tenon_module_caller(m);
	tenon_module_signer(m);
	ok(pg_load(&pg, "b", 0, NULL) == -TENON_EDEADLK && pg.diag.reason == TENON_R_CONTEXT,
	   "a load in an interrupt is refused");
	ok(tenon_unload(pg.t, NULL, "a", 0, &pg.diag) == -TENON_EDEADLK && pg.diag.reason == TENON_R_CONTEXT,
	   "and so is an unload");
	tenon_put(m, "test");
	tenon_put(m, "one too many"); /* is logged */
	contract.interrupt = false;
	current = &first;
}

int main(void)
{
	open_watched();
	add_files();
	use();
	use_in_interrupt();
	tenon_domain_kill(pg.t, pg.d, "end of the test");
	tenon_thread_remove(pg.t, &worker);
	ok(pg_close(&pg), "nothing is left");
	ok(!contract.broken, "each function is called as host.h says%s%s", contract.broken ? ", but not " : "",
	   contract.broken ? contract.broken : "");
	for (int f = 0; f < CONTRACT_CNT; f++)
		if (f != CONTRACT_PANIC)
			ok(contract.calls[f], "%s: %lu calls, %lu of them with the lock held",
			   contract_name((enum contract_function)f), contract.calls[f], contract.locked[f]);
	ok(contract.locked[CONTRACT_ALLOC] * 10 < contract.calls[CONTRACT_ALLOC], "alloc: less than one in ten");
	return tap_done();
}
