/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Loading and unloading: what a good module becomes, and every reason for which one is refused after the ELF checks. */
#include <stdlib.h>
#include <string.h>

#include "tests/tap.h"
#include "tests/unit/elf_builder.h"
#include "tests/unit/playground.h"

static const struct pg_export a_exports[] = { { .name = "a_one", .crc = 0x11 },
					      { .name = "a_gpl", .crc = 0x22, .gpl = true },
					      { .name = "a_space", .crc = 0x33, .space = "SPACE" },
					      { .name = "a_for_b", .crc = 0x44, .space = "module:b,b2,with-*,c-d" },
					      { .name = NULL } };
static const struct pg_module a = { .name = "a", .exports = a_exports, .data_bytes = 100, .bss_bytes = 300 };

static const struct pg_import b_imports[] = { { .name = "a_one", .crc = 0x11 },
					      { .name = "a_gpl", .crc = 0x22 },
					      { .name = "a_for_b", .crc = 0x44 },
					      { .name = "absent", .weak = true },
					      { .name = NULL } };
static const struct pg_module b = { .name = "b", .depends = "a", .imports = b_imports };

static void test_good(void)
{
	struct tenon_module_info ia, ib;
	struct tenon_export e;
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &a);
	pg_file(&pg, &b);
	ok(pg_load(&pg, "b", 0, NULL) == 0, "b and its dependency a load");
	ok(!strcmp(pg.calls, "+a+b"), "init of the provider runs first");
	ok(!strcmp(pg_list(&pg), "b a"), "both are listed, newest first");
	ok(pg_info(&pg, "a", &ia) && pg_info(&pg, "b", &ib) && ia.users == 1 && ia.refs == 0 && ib.users == 0,
	   "a is used by b");
	ok(tenon_lookup(pg.t, pg.d, "a_one", &e) == 0 && e.value == ia.address[TENON_MEM_TEXT] + 16 && e.crc == 0x11,
	   "an export has its address and checksum");
	ok(ib.import_cnt == 3, "three imports were bound, the absent weak one was not");
	ok(pg_load(&pg, "b", 0, NULL) == 0 && !strcmp(pg.calls, "+a+b"), "a second request is answered without a load");
	ok(pg_load(&pg, "b", TENON_LOAD_FRESH, NULL) == -TENON_EEXIST, "insmod of a loaded module is refused");
	pg_reason(&pg, TENON_R_LOADED, "second load");
	ok(pg_unload(&pg, "a") == -TENON_EBUSY && !strcmp(pg.diag.name, "b"), "a cannot go, the diagnosis names b");
	ok(pg_unload(&pg, "b") == 0 && pg_unload(&pg, "a") == 0, "both unload in order");
	ok(!strcmp(pg.calls, "+a+b-b-a"), "exits ran in order");
	ok(pg_unload(&pg, "a") == -TENON_ENOENT, "unloading what is not there fails");
	pg_reason(&pg, TENON_R_NOT_LOADED, "not there");
	ok(pg_close(&pg), "nothing is left");
}

/* Consumers are matched by name, '-' and '_' being the same; a '*' at the end stands for any rest. */
static void test_consumers(void)
{
	static const char *const names[] = { "b", "b2", "with_this", "with_", "c_d" }, *const others[] = { "b3", "with",
													   "c_d_e",
													   "a_b" };
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &a);
	pg_load(&pg, "a", 0, NULL);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		ok(!pg_insmod(&pg, &(struct pg_module){ .name = names[i], .imports = b_imports }, 0, NULL) &&
		       !pg_unload(&pg, names[i]),
		   "F-28 %s is a consumer", names[i]);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ok(pg_insmod(&pg, &(struct pg_module){ .name = others[i], .imports = b_imports }, 0, NULL) ==
		       -TENON_EINVAL,
		   "F-28 %s is not a consumer", others[i]);
	pg_unload(&pg, "a");
	ok(pg_close(&pg), "nothing is left");
}

static void refused(const struct pg_module *pm, int err, enum tenon_reason reason, const char *what)
{
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &a);
	ok(pg_load(&pg, "a", 0, NULL) == 0, "a loads");
	ok(pg_insmod(&pg, pm, TENON_LOAD_FRESH, NULL) == err, "%s: refused with %d", what, err);
	pg_reason(&pg, reason, what);
	ok(!strcmp(pg_list(&pg), "a"), "%s: the list is as it was", what);
	ok(pg_unload(&pg, "a") == 0 && pg_close(&pg), "%s: nothing is left", what);
}

#define IMPORT(...) (const struct pg_import[]){ { __VA_ARGS__ }, { .name = NULL } }
#define EXPORT(...) (const struct pg_export[]){ { __VA_ARGS__ }, { .name = NULL } }

static void test_refused(void)
{
	refused(&(struct pg_module){ .name = "x", .vermagic = "tenon-0 x86_64" }, -TENON_EINVAL, TENON_R_VERMAGIC,
		"another version magic");
	refused(&(struct pg_module){ .name = "x", .vermagic = "6.1.0 SMP" }, -TENON_ENOEXEC, TENON_R_NO_PERSONALITY,
		"a kind of module that this host does not take");
	refused(&(struct pg_module){ .name = "a" }, -TENON_EEXIST, TENON_R_LOADED_DIFFERENT,
		"F-10 same name, other content");
	refused(&(struct pg_module){ .name = "x/y" }, -TENON_EINVAL, TENON_R_NAME_INVALID, "a name with a slash");
	refused(&(struct pg_module){ .name = ".." }, -TENON_EINVAL, TENON_R_NAME_INVALID, "the name ..");
	refused(&(struct pg_module){ .name = "a_name_that_is_much_longer_than_the_fifty_five_bytes_that_linux_allows" },
		-TENON_ENAMETOOLONG, TENON_R_NAME_TOO_LONG, "a name too long");
	refused(&(struct pg_module){ .name = "x", .depends = "nowhere" }, -TENON_ENOENT, TENON_R_DEPENDENCY_MISSING,
		"F-42 a missing dependency");
	refused(&(struct pg_module){ .name = "x", .imports = IMPORT(.name = "nothing") }, -TENON_ENOENT,
		TENON_R_SYM_UNDEFINED, "an undefined symbol");
	refused(&(struct pg_module){ .name = "x", .imports = IMPORT(.name = "a_one", .crc = 0x12) }, -TENON_EINVAL,
		TENON_R_SYM_CRC, "F-24 another checksum");
	refused(&(struct pg_module){ .name = "x", .imports = IMPORT(.name = "a_one") }, -TENON_EINVAL,
		TENON_R_SYM_CRC_MISSING, "no checksum");
	refused(&(struct pg_module){ .name = "x",
				     .license = "Proprietary",
				     .imports = IMPORT(.name = "a_gpl", .crc = 0x22) },
		-TENON_EINVAL, TENON_R_LICENSE, "F-28 a GPL symbol in a proprietary module");
	refused(&(struct pg_module){ .name = "x", .imports = IMPORT(.name = "a_space", .crc = 0x33) }, -TENON_EINVAL,
		TENON_R_SYM_NAMESPACE, "F-28 a namespace not imported");
	refused(&(struct pg_module){ .name = "x", .imports = IMPORT(.name = "a_for_b", .crc = 0x44) }, -TENON_EINVAL,
		TENON_R_SYM_CONSUMER, "F-28 a symbol for other modules");
	refused(&(struct pg_module){ .name = "x", .imports = IMPORT(.name = "a_for_b", .crc = 0x44, .weak = true) },
		-TENON_EINVAL, TENON_R_SYM_CONSUMER, "F-28 a weak reference does not get round it");
	refused(&(struct pg_module){ .name = "x", .exports = EXPORT(.name = "a_one", .crc = 1) }, -TENON_EEXIST,
		TENON_R_EXPORT_DUPLICATE, "F-26 an export that there is");
}

static void test_init_result(void)
{
	static const struct {
		int64_t result;
		int err;
		enum tenon_reason reason;
	} rows[] = { { -19, -19, TENON_R_INIT_FAILED },
		     { 1, -TENON_EINVAL, TENON_R_INIT_POSITIVE },
		     { INT32_MIN, -TENON_EIO, TENON_R_INIT_FAILED } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct pg pg;

		pg_open(&pg);
		pg_file(&pg, &a);
		pg.fail_name = "a";
		pg.fail_result = rows[i].result;
		ok(pg_load(&pg, "a", 0, NULL) == rows[i].err, "F-02 init returns %ld: refused", (long)rows[i].result);
		pg_reason(&pg, rows[i].reason, "F-02");
		ok(!strcmp(pg_list(&pg), "") && !strcmp(pg.calls, "+a"), "F-01 nothing is left, exit was not called");
		pg.fail_name = NULL;
		ok(pg_load(&pg, "a", 0, NULL) == 0, "F-01 it loads at once when init succeeds");
		ok(pg_unload(&pg, "a") == 0 && pg_close(&pg), "nothing is left");
	}
}

static void test_fault(void)
{
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &a);
	pg.fail_name = "a";
	pg.fail_result = -TENON_EFAULT;
	ok(pg_load(&pg, "a", 0, NULL) == -TENON_EFAULT, "F-03 a fault in init is reported");
	pg_reason(&pg, TENON_R_INIT_FAULT, "F-03");
	ok(!strcmp(pg_list(&pg), "a!"), "F-03 the module is quarantined");
	pg.fail_name = NULL;
	ok(pg_load(&pg, "a", 0, NULL) == 0, "F-03 its name is free: a good one loads");
	ok(pg_unload(&pg, "a") == 0, "F-03 and unloads");
	ok(pg_close(&pg), "closing the domain frees the quarantined one");
}

static void test_permanent(void)
{
	struct pg_module pm = { .name = "stay", .no_exit = true };
	struct pg pg;

	pg_open(&pg);
	ok(pg_insmod(&pg, &pm, 0, NULL) == 0, "a module without exit loads");
	ok(pg_unload(&pg, "stay") == -TENON_EBUSY, "and cannot be unloaded");
	pg_reason(&pg, TENON_R_PERMANENT, "no exit");
	tenon_domain_kill(pg.t, pg.d, "end of test");
	ok(pg_close(&pg), "until its domain is killed");
}

static void test_names(void)
{
	char long_name[301];
	struct pg pg;

	memset(long_name, 'n', 300);
	long_name[300] = 0;
	pg_open(&pg);
	ok(pg_load(&pg, "no_such", 0, NULL) == -TENON_ENOENT, "an unknown name is refused");
	pg_reason(&pg, TENON_R_NOT_FOUND, "unknown name");
	ok(pg_load(&pg, "../etc/passwd", 0, NULL) == -TENON_EINVAL, "a name with a slash is refused");
	ok(pg_load(&pg, "..", 0, NULL) == -TENON_EINVAL, "the name .. is refused");
	ok(pg_load(&pg, "", 0, NULL) == -TENON_EINVAL, "an empty name is refused");
	ok(pg_load(&pg, long_name, 0, NULL) == -TENON_ENAMETOOLONG, "a name of 300 characters is refused");
	pg_reason(&pg, TENON_R_NAME_TOO_LONG, "300 characters");
	ok(pg_close(&pg), "nothing is left");
}

/* Load it. Return: whether the log says @want last. */
static bool says(struct pg *pg, const struct pg_module *pm, uint32_t flags, uint32_t taints, const char *want)
{
	struct tenon_module_info i;

	pg->mh.last_log[0] = '\0';
	return !pg_insmod(pg, pm, flags, NULL) && pg_info(pg, pm->name, &i) && i.taints == taints &&
	       !strcmp(pg->mh.last_log, want);
}

static void test_taints(void)
{
	struct pg pg;

	pg_open(&pg);
	ok(says(&pg, &(struct pg_module){ .name = "mit", .license = "MIT" }, 0, TENON_TAINT_PROPRIETARY,
		"mit: tainted: licence is not GPL-compatible: MIT"),
	   "the taint of a free licence is reported");
	ok(says(&pg, &(struct pg_module){ .name = "dual", .license = "Dual MIT/GPL" }, 0, 0, ""),
	   "a GPL-compatible one taints nothing, and nothing is reported");
	ok(says(&pg, &(struct pg_module){ .name = "old", .vermagic = "tenon-0 x86_64" }, TENON_LOAD_IGNORE_VERMAGIC,
		TENON_TAINT_FORCED, "old: tainted: loaded by force"),
	   "the taint of force is reported");
	pg_unload(&pg, "mit");
	pg_unload(&pg, "dual");
	pg_unload(&pg, "old");
	ok(pg_close(&pg), "nothing is left");
}

static void test_switches(void)
{
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &a);
	ok(tenon_set_sig_mode(pg.t, TENON_SIG_AUDIT) == 0 && pg_load(&pg, "a", 0, NULL) == 0, "audit lets it in");
	struct tenon_module_info i;
	ok(pg_info(&pg, "a", &i) && (i.taints & TENON_TAINT_UNSIGNED), "F-34 tainted as unsigned");
	pg_unload(&pg, "a");
	ok(tenon_set_sig_mode(pg.t, TENON_SIG_ENFORCE) == 0, "F-30 enforce can be entered");
	ok(tenon_set_sig_mode(pg.t, TENON_SIG_AUDIT) == -TENON_EPERM &&
	       tenon_set_sig_mode(pg.t, TENON_SIG_OFF) == -TENON_EPERM && tenon_sig_mode(pg.t) == TENON_SIG_ENFORCE,
	   "F-30 and not left");
	ok(pg_load(&pg, "a", 0, NULL) == -TENON_ENOKEY, "an unsigned module is refused");
	pg_reason(&pg, TENON_R_SIG_MISSING, "F-30");
	tenon_disable_modules(pg.t);
	ok(pg_load(&pg, "a", 0, NULL) == -TENON_EPERM && tenon_modules_disabled(pg.t),
	   "F-30 modules_disabled refuses all loads");
	pg_reason(&pg, TENON_R_MODULES_DISABLED, "F-30");
	ok(pg_unload(&pg, "a") == -TENON_EPERM, "F-30 and unloads");
	ok(pg_close(&pg), "nothing is left");
}

static int allow_none(void *context, const struct tenon_module *m, char why[64])
{
	(void)context;
	strcpy(why, "revoked by name");
	return strcmp(tenon_module_name(m), "a") ? 0 : -TENON_EPERM;
}

static void test_policy(void)
{
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &a);
	pg_file(&pg, &b);
	ok(tenon_set_policy(pg.t, allow_none, NULL) == 0, "a policy can be set");
	ok(tenon_set_policy(pg.t, allow_none, NULL) == -TENON_EPERM, "F-30 and not replaced");
	ok(pg_load(&pg, "b", 0, NULL) == -TENON_EPERM, "F-31 it stops a module also as a dependency");
	pg_reason(&pg, TENON_R_POLICY_REFUSED, "F-31");
	ok(!strcmp(pg_list(&pg), "") && pg_close(&pg), "F-39 nothing is left");
}

static int read_cnt;

static int64_t counting_read_at(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	read_cnt++;
	memcpy(buf, (const char *)src->host + offset, len);
	return (int64_t)len;
}

static struct tenon_source *counted;

static int counting_find(void *context, struct tenon_domain *d, const char *name, struct tenon_source *src)
{
	(void)context, (void)d, (void)name;
	*src = *counted;
	return 0;
}

/* A request that must fail or be answered at once does not even look for the file. */
static void test_cheap_reject(void)
{
	size_t size;
	uint8_t *image = pg_build(&a, &size);
	struct tenon_source src = { .size = size, .read_at = counting_read_at, .host = image };
	struct pg pg;

	pg_open(&pg);
	pg.mh.host.find = counting_find;
	counted = &src;
	read_cnt = 0;
	ok(pg_load(&pg, "a", 0, NULL) == 0 && read_cnt == 1, "F-29 a load reads the file once");
	ok(pg_load(&pg, "a", 0, NULL) == 0 && pg_load(&pg, "a", TENON_LOAD_FRESH, NULL) == -TENON_EEXIST &&
	       read_cnt == 1,
	   "F-09 a request for a loaded module reads nothing");
	pg_unload(&pg, "a");
	tenon_disable_modules(pg.t);
	ok(pg_load(&pg, "a", 0, NULL) == -TENON_EPERM && read_cnt == 1, "F-09 nor does one that may not be");
	ok(pg_close(&pg), "nothing is left");
	free(image);
}

/* Room for so many blocks. */
static long room;
static int (*map_any)(void *context, struct tenon_block *b);

static int map_while_room(void *context, struct tenon_block *b)
{
	return room-- > 0 ? map_any(context, b) : -TENON_ENOSPC;
}

static void test_no_space(void)
{
	struct pg pg;

	pg_open(&pg);
	pg_file(&pg, &a);
	pg_file(&pg, &b);
	map_any = pg.mh.host.block_map;
	pg.mh.host.block_map = map_while_room;
	room = 3;
	ok(pg_load(&pg, "a", 0, NULL) == 0, "the module area has room for a");
	ok(pg_insmod(&pg, &(struct pg_module){ .name = "big", .bss_bytes = 1 << 20 }, 0, NULL) == -TENON_ENOSPC,
	   "F-14 and none for a module of 1 MiB");
	pg_reason(&pg, TENON_R_NO_MODULE_SPACE, "F-14");
	ok(!strcmp(pg.diag.name, "kernel") && pg.diag.got > 1 << 20, "F-14 which domain and how many bytes is said");
	ok(pg_load(&pg, "b", 0, NULL) == 0, "a small one still fits");
	pg_unload(&pg, "b");
	pg_unload(&pg, "a");
	ok(pg_close(&pg), "nothing is left");
}

int main(void)
{
	test_good();
	test_consumers();
	test_refused();
	test_init_result();
	test_fault();
	test_permanent();
	test_names();
	test_taints();
	test_switches();
	test_policy();
	test_cheap_reject();
	test_no_space();
	return tap_done();
}
