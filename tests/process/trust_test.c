/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What is asked of signatures, and that it can only become more: modes, revocation, and no more modules at all. */
#include <stdlib.h>
#include <string.h>

#include "tests/process/signed.h"

/* ---- modes ---- */

static int taints_of(const struct tenon_module *m, void *arg)
{
	struct tenon_module_info info;

	tenon_module_info(m, &info);
	if (!strcmp(info.name, "timer"))
		*(int *)arg = (int)info.taints;
	return 0;
}

static int timer_taints(void)
{
	int taints = -1;

	tenon_for_each(rig_core, taints_of, &taints);
	return taints;
}

static void audit(void)
{
	struct bytes bad = copy_of(good, 0);

	ok(!tenon_set_sig_mode(rig_core, TENON_SIG_AUDIT), "signatures are audited");
	process_log_clear(rig_host);
	ok(!load_bytes(timer.at, timer.size, 0) && timer_taints() == TENON_TAINT_UNSIGNED,
	   "audit: a module without signature is taken, and tainted");
	ok(rig_logged("timer: not signed by a trusted key") == 1, "audit: and that is in the log");
	process_log_clear(rig_host);
	rig_unload(process_kernel(rig_host), "timer");
	bad.at[bad.size - MARKER_BYTES - TRAILER_BYTES - 1] ^= 1;
	ok(!load_bytes(bad.at, bad.size, 0) && timer_taints() == TENON_TAINT_UNSIGNED &&
	       rig_logged("timer: not signed by a trusted key") == 1,
	   "audit: so is one with a bad one");
	rig_unload(process_kernel(rig_host), "timer");
	ok(!load_bytes(good.at, good.size, 0) && timer_taints() == 0, "audit: one with a good one is not tainted");
	rig_unload(process_kernel(rig_host), "timer");
	ok(!tenon_set_sig_mode(rig_core, TENON_SIG_OFF) && !load_bytes(timer.at, timer.size, 0) && timer_taints() == 0,
	   "off: signatures are not looked at");
	rig_unload(process_kernel(rig_host), "timer");
	rig_unload(process_kernel(rig_host), "runtime");
	free(bad.at);
}

static void one_way(void)
{
	struct bytes old = read_bytes(rig_path("modules/x86_64/faulty/wrong-vermagic.ko")),
		     signed_old = sign(old, "curve");

	ok(tenon_set_sig_mode(rig_core, TENON_SIG_OFF) == -TENON_EPERM &&
	       tenon_set_sig_mode(rig_core, TENON_SIG_AUDIT) == -TENON_EPERM &&
	       tenon_sig_mode(rig_core) == TENON_SIG_ENFORCE && !tenon_set_sig_mode(rig_core, TENON_SIG_ENFORCE),
	   "F-30 enforce cannot be left");
	ok(rig_says(load_bytes(signed_old.at, signed_old.size, TENON_LOAD_IGNORE_VERMAGIC), -TENON_EINVAL,
		    TENON_R_VERMAGIC),
	   "F-30 nor can another version be forced in");
	free(old.at);
	free(signed_old.at);
}

static void disabled(void)
{
	struct bytes hello = read_bytes(rig_path("modules/x86_64/examples/hello.ko")), by_curve = sign(hello, "curve");
	int err;

	ok(!tenon_modules_disabled(rig_core), "modules can be loaded and unloaded");
	tenon_disable_modules(rig_core);
	ok(tenon_modules_disabled(rig_core) && refused(by_curve, -TENON_EPERM, TENON_R_MODULES_DISABLED),
	   "F-30 disabled: a good module is not loaded");
	err = rig_unload(process_kernel(rig_host), "runtime");
	ok(rig_says(err, -TENON_EPERM, TENON_R_MODULES_DISABLED), "F-30 disabled: nor is one unloaded");
	free(hello.at);
	free(by_curve.at);
}

/* ---- revocation ---- */

static int count_module(const struct tenon_module *m, void *arg)
{
	char *names = arg;

	strcat(strcat(names, tenon_module_name(m)), " ");
	return 0;
}

/* The text of `hash HEX` of a file's content, from sha256sum. */
static void hash_of(struct bytes content, char entry[128])
{
	char hash[128];

	write_bytes("content", content.at, content.size);
	output_of(hash, sizeof(hash), "sha256sum <%s/content", dir);
	snprintf(entry, 128, "hash %.64s", hash);
}

static void revoke_content(void)
{
	char entry[128], names[256] = "";

	ok(rig_says(load_bytes(good.at, good.size, 0), 0, TENON_R_NONE), "the module is loaded");
	process_each_revoked(rig_host, count_module, names);
	ok(!*names, "no loaded module is revoked");
	hash_of(timer, entry);
	ok(!process_revoke(rig_host, entry), "its content is revoked");
	process_each_revoked(rig_host, count_module, names);
	ok(!strcmp(names, "timer "), "F-31 the loaded module is reported (%s)", names);
	ok(!rig_unload(process_kernel(rig_host), "timer") && refused(good, -TENON_EKEYREJECTED, TENON_R_SIG_REVOKED),
	   "F-31 it is not loaded again: revocation wins over its signature");
}

/* The key's identifier, in the certificate that openssl shows. */
static void revoke_key(void)
{
	char entry[512] = "key ", names[256] = "";
	struct bytes hello = read_bytes(rig_path("modules/x86_64/examples/hello.ko"));
	struct bytes by_own = sign(hello, "own"), by_curve = sign(hello, "curve");

	output_of(entry + 4, 256, "openssl x509 -noout -ext subjectKeyIdentifier -in %s/own.pem | tail -n 1", dir);
	ok(taken(by_own, "hello"), "the key is good");
	ok(process_revoke(rig_host, "key") == -TENON_EINVAL && process_revoke(rig_host, "hash 00") == -TENON_EINVAL &&
	       process_revoke(rig_host, "trust 0011") == -TENON_EINVAL && process_revoke(rig_host, "") == -TENON_EINVAL,
	   "what is no revocation is refused");
	ok(!process_revoke(rig_host, entry), "the key is revoked");
	ok(refused(by_own, -TENON_EKEYREJECTED, TENON_R_SIG_REVOKED), "F-31 what it signed is refused");
	ok(taken(by_curve, "hello"), "what another key signed is taken");
	process_each_revoked(rig_host, count_module, names);
	ok(!strcmp(names, "runtime "), "F-31 what it signed and is loaded is reported (%s)", names);
	free(hello.at);
	free(by_own.at);
	free(by_curve.at);
}

static void revoked_from_the_start(void)
{
	char cert[256], list[256], entry[128];
	const char *certs[] = { cert };
	const struct process_options o = { .certificates = certs, .certificate_cnt = 1, .revoked = list };

	snprintf(cert, sizeof(cert), "%s/own.pem", dir);
	snprintf(list, sizeof(list), "%s/revoked", dir);
	hash_of(timer, entry);
	run("printf '# a comment\\n\\n%s\\n' >%s", entry, list);
	rig_open(&o);
	ok(!tenon_set_sig_mode(rig_core, TENON_SIG_ENFORCE) && refused(good, -TENON_EKEYREJECTED, TENON_R_SIG_REVOKED),
	   "F-31 a list that is given at the start holds too");
	ok(rig_close(), "the host closes");
}

int main(void)
{
	struct bytes signed_runtime;

	signed_begin();
	revoked_from_the_start();
	signed_open();
	audit();
	ok(!tenon_set_sig_mode(rig_core, TENON_SIG_ENFORCE), "signatures are enforced");
	one_way();
	signed_runtime = sign(runtime, "own");
	ok(!load_bytes(signed_runtime.at, signed_runtime.size, 0), "the signed runtime is taken");
	free(signed_runtime.at);
	revoke_content();
	revoke_key();
	disabled();
	signed_end();
	return tap_done(); /* the host stays open: nothing can be unloaded any more */
}
