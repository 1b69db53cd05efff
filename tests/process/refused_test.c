/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What must not load: each with its own diagnosis that says what, where and which name, and the host exactly as it was,
 * in both domains.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/process/rig.h"

static const char *where;
static struct tenon_domain *domain;

/* Load and expect a refusal whose text contains @text. */
static void refuse(const char *statement, const char *name, int want_err, enum tenon_reason want, const char *text)
{
	char *before = snapshot();
	int err = rig_load(domain, name, NULL);
	bool said = rig_says(err, want_err, want) && strstr(rig_text(), text);

	if (!said)
		diag("'%s' does not contain '%s'", rig_text(), text);
	ok(snapshot_same(before, snapshot()) && said, "%s %s: %s", statement, where, rig_text());
}

static void modules(void)
{
	/* Which symbol, and of the interface what of its type is different. */
	refuse("F-24", "wrong_crc", -TENON_EINVAL, TENON_R_SYM_CRC,
	       "symbol export_a_double (has 0xddba11e, the provider has 0x");
	refuse("F-24", "wrong_crc", -TENON_EINVAL, TENON_R_SYM_CRC, "built for 's64(s64)', now 's32(s32)'");
	refuse("F-24", "old_interface", -TENON_EINVAL, TENON_R_SYM_CRC,
	       "symbol tenon_sleep_until (has 0xddba11e, the provider has");
	refuse("F-24", "old_interface", -TENON_EINVAL, TENON_R_SYM_CRC, "built for 'u32)', now 'u64)'");
	refuse("F-09", "wrong_vermagic", -TENON_EINVAL, TENON_R_VERMAGIC, "'tenon-0 x86_64' should be 'tenon-");
	refuse("F-28", "no_namespace", -TENON_EINVAL, TENON_R_SYM_NAMESPACE, "export_a_calls from namespace EXPORT_A");
	refuse("F-28", "not_gpl", -TENON_EINVAL, TENON_R_LICENSE, "export_a_add");
	refuse("F-28", "not_for_me", -TENON_EINVAL, TENON_R_SYM_CONSUMER, "export_a_reset is only for modules");
	refuse("F-42", "missing_symbol", -TENON_ENOENT, TENON_R_SYM_UNDEFINED,
	       "nobody_exports_this (needed by: missing_symbol)");
	refuse("F-26", "duplicate", -TENON_EEXIST, TENON_R_EXPORT_DUPLICATE,
	       "duplicate: exports symbol export_a_double, which export_a exports already");
	refuse("F-07", "cycle_a", -TENON_ELOOP, TENON_R_DEPENDENCY_CYCLE, "cycle_a, cycle_b, cycle_a");
	refuse("F-07", "cycle_b", -TENON_ELOOP, TENON_R_DEPENDENCY_CYCLE, "cycle_b, cycle_a, cycle_b");
}

static void names(void)
{
	char long_name[301];

	memset(long_name, 'a', 300);
	long_name[300] = 0;
	refuse("bad input", "no_such_module", -TENON_ENOENT, TENON_R_NOT_FOUND, "module no_such_module not found");
	refuse("bad input", "../hello", -TENON_EINVAL, TENON_R_NAME_INVALID, "'../hello' is not a module name");
	refuse("bad input", "examples/hello", -TENON_EINVAL, TENON_R_NAME_INVALID, "'examples/hello'");
	refuse("bad input", "..", -TENON_EINVAL, TENON_R_NAME_INVALID, "'..'");
	refuse("bad input", "", -TENON_EINVAL, TENON_R_NAME_INVALID, "''");
	refuse("bad input", long_name, -TENON_ENAMETOOLONG, TENON_R_NAME_TOO_LONG, "is too long");
	refuse("bad input", "a\nb", -TENON_ENOENT, TENON_R_NOT_FOUND, "module a?b not found");
}

/* A file of its own: @size bytes at @at. */
static void refuse_file(const char *what, const char *path, int want_err, enum tenon_reason want)
{
	char *before = snapshot();
	int err = rig_insert(domain, path, NULL, NULL);
	bool said = rig_says(err, want_err, want);

	ok(snapshot_same(before, snapshot()) && said, "bad input %s: %s: %s", where, what, rig_text());
}

static void refuse_bytes(const char *what, const void *at, size_t size, int want_err, enum tenon_reason want)
{
	char path[] = "/tmp/refused.XXXXXX";
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, at, size) != (ssize_t)size)
		ok(false, "a file can be written");
	close(fd);
	refuse_file(what, path, want_err, want);
	unlink(path);
}

static void files(void)
{
	static uint8_t hello[65536];
	FILE *f = fopen(rig_path("modules/x86_64/examples/hello.ko"), "re");
	size_t size = f ? fread(hello, 1, sizeof(hello), f) : 0;

	if (f)
		fclose(f);
	refuse_bytes("an empty file", "", 0, -TENON_ENOEXEC, TENON_R_FILE_EMPTY);
	refuse_bytes("a text", "This is no module, it only has the name of one, and is longer than an ELF header is.\n",
		     86, -TENON_ENOEXEC, TENON_R_ELF_MAGIC);
	refuse_bytes("four bytes", "\177ELF", 4, -TENON_ENOEXEC, TENON_R_ELF_SHORT);
	refuse_bytes("half a module", hello, size / 2, -TENON_ENOEXEC, TENON_R_SHDR_RANGE);
	refuse_file("a program", "/bin/true", -TENON_ENOEXEC, TENON_R_ELF_TYPE);
	refuse_file("an object that is no module", rig_path("obj/host/tests/process/rig.c.o"), -TENON_ENOEXEC,
		    TENON_R_NO_PERSONALITY);
	refuse_file("a module for another CPU", rig_path("modules/aarch64/examples/hello.ko"), -TENON_ENOEXEC,
		    TENON_R_ELF_MACHINE);
	refuse_file("a module for 32 bits", rig_path("modules/arm/examples/hello.ko"), -TENON_ENOEXEC,
		    TENON_R_ELF_MACHINE);
}

static void states(void)
{
	char *before = snapshot();
	int err = rig_unload(domain, "hello");

	ok(rig_says(err, -TENON_ENOENT, TENON_R_NOT_LOADED) && snapshot_same(before, snapshot()), "bad input %s: %s",
	   where, rig_text());
	err = rig_load(domain, "hello", NULL);
	before = snapshot();
	ok(!err && rig_says(rig_load(domain, "hello", NULL), -TENON_EEXIST, TENON_R_LOADED) &&
	       snapshot_same(before, snapshot()),
	   "bad input %s: %s", where, rig_text());
	err = rig_load_flags(domain, "hello", NULL, 0);
	ok(rig_says(err, 0, TENON_R_NONE), "F-04 %s: asking for what is there already is no error", where);
	err = rig_load_flags(domain, "hello", "number=1", 0);
	ok(rig_says(err, 0, TENON_R_LOADED_PARAMS), "F-10 %s: %s", where, rig_text());
	rig_unload(domain, "hello");
}

static void all(const char *name)
{
	where = name;
	domain = rig_domain(name);
	rig_load_flags(domain, "runtime", NULL, 0);
	/* Most of the modules use what this one exports. */
	rig_load_flags(domain, "export_a", NULL, 0);
	rig_load_flags(domain, "wrong_crc", NULL, 0); /* so that tables have grown */
	modules();
	names();
	files();
	rig_unload(domain, "export_a");
	states();
}

int main(void)
{
	rig_open(NULL);
	all("kernel");
	all("box");
	rig_unload_all(rig_domain("box"));
	rig_domain_close("box");
	ok(rig_close(), "the host closes");
	return tap_done();
}
