/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What host.h promises a port about every call: the lock and the context. A second core over the same host is watched
 * (contract.h) while it opens a domain, refuses a file, loads and unloads a module, and is looked at as by an interrupt.
 */
#include "tests/port/conformance.h"
#include "tests/port/contract.h"
#include "tests/tap.h"

static struct contract watched;

/* A port's functions that know its own core, and only that. */
static void leave_out(struct tenon_host *host)
{
	host->thread = NULL;
	host->verify = NULL;
	host->bind = NULL;
	host->call = NULL;
	host->event = NULL;
	host->linked = NULL;
	host->forget = NULL;
}

/* What core.h allows in any context, as an interrupt that comes while a module is live would do it. */
static void use_in_interrupt(struct tenon_module *m)
{
	watched.interrupt = true;
	if (tenon_module_state(m) == TENON_LIVE && tenon_try_get(m))
		tenon_put(m, "the suite");
	watched.interrupt = false;
}

static void load_module(struct tenon *core, struct tenon_domain *d)
{
	/* The two functions that runtime.ko imports, which is not started: any code that its branches may reach. */
	const tenon_addr code = (tenon_addr)(uintptr_t)port_conformance;
	const struct tenon_export offered[] = { { .name = "tenon_log", .value = code },
						{ .name = "tenon_random", .value = code } };
	const struct tenon_request req = { .name = "runtime", .domain = d, .flags = TENON_LOAD_NO_START };
	struct tenon_module *m;
	struct tenon_diag why;
	char text[256];

	ok(!tenon_provide(core, NULL, offered, 2, &why), "watched: two functions are offered");
	if (!ok(!tenon_load(core, &req, &m, &why), "watched: runtime.ko is loaded")) {
		tenon_diag_format(&why, text, sizeof(text));
		diag("%s", text);
		return;
	}
	use_in_interrupt(m);
	ok(!tenon_unload(core, d, "runtime", 0, &why), "watched: and unloaded");
	for (int f = CONTRACT_BLOCK_MAP; f <= CONTRACT_PROTECT; f++)
		ok(watched.calls[f], "watched: %s was called", contract_name((enum contract_function)f));
}

void test_watched(const struct port_under_test *port)
{
	static const uint64_t no_module[8];
	struct tenon_source src = { .size = sizeof(no_module), .constant = no_module };
	struct tenon_request req = { .source = &src };
	struct tenon_diag why;
	struct tenon *core;
	int err;

	contract_watch(&watched, port->host);
	leave_out(&watched.host);
	if (!ok(!tenon_create(&watched.host, &core), "watched: a second core is made"))
		return;
	tenon_accept(core, &tenon_native, NULL, NULL);
	err = tenon_domain_open(core, "watched", TENON_DOMAIN_KERNEL, tenon_domain_host(port->domain), &req.domain);
	if (!ok(!err, "watched: a domain opens"))
		return;
	ok(tenon_load(core, &req, NULL, &why) == -TENON_ENOEXEC, "watched: what is no module is refused");
	/* Without it a port has no module yet: it is at the step before. */
	if (port->host->find)
		load_module(core, req.domain);
	ok(!tenon_domain_close(core, req.domain), "watched: the domain closes");
	tenon_destroy(core);
	ok(!watched.broken, "each function is called with the lock and in the context that host.h promises%s%s",
	   watched.broken ? ", but not " : "", watched.broken ? watched.broken : "");
	ok(watched.calls[CONTRACT_ALLOC] && watched.calls[CONTRACT_FREE] && watched.calls[CONTRACT_LOCK] &&
	       watched.calls[CONTRACT_LOCK] == watched.calls[CONTRACT_UNLOCK] && watched.calls[CONTRACT_SYNC_CPUS],
	   "the lock was taken and released as often, and memory and the barrier were used");
}
