/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/fail.h"
#include "tests/tap.h"

/* The errno values, as the C library has them: an independent table. */
#define NUMBERS(X) \
	X(EPERM) X(ENOENT) X(EINTR) X(EIO) X(ENOEXEC) X(EBADF) X(EAGAIN) X(ENOMEM) X(EACCES) X(EFAULT) X(EBUSY) X(EEXIST) \
	X(ENODEV) X(EINVAL) X(ENOSPC) X(ERANGE) X(EDEADLK) X(ENAMETOOLONG) X(ENOSYS) X(ELOOP) X(EOVERFLOW) X(EOPNOTSUPP) \
	X(ETIMEDOUT) X(ENOKEY) X(EKEYREJECTED) X(EOWNERDEAD)

static void test_errors(void)
{
	static const struct {
		int ours, libc;
		const char *name;
	} numbers[] = {
#define NUMBER(e) { TENON_##e, e, #e },
		NUMBERS(NUMBER)
	};
	struct tenon_diag d = { 0 };
	bool all = true;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		ok(numbers[i].ours == numbers[i].libc, "%s is %d", numbers[i].name, numbers[i].libc);
	for (int r = 1; r < TENON_R_COUNT; r++)
		all &= fail(&d, (enum tenon_reason)r) < 0 && d.reason == (enum tenon_reason)r;
	ok(all, "every reason has a negative error");
	ok(fail(&d, TENON_R_NONE) == 0, "except none");
	ok(fail(&d, TENON_R_SIG_MISSING) == -ENOKEY && fail(&d, TENON_R_DOMAIN_DEAD) == -EOWNERDEAD &&
	       fail(&d, TENON_R_ELF_MAGIC) == -ENOEXEC,
	   "and its own");
}

static void expect_text(const struct tenon_diag *d, const char *want)
{
	char buf[1024];
	size_t len = tenon_diag_format(d, buf, sizeof(buf));

	if (!ok(!strcmp(buf, want) && len == strlen(want), "%s: '%s'", tenon_reason_name(d->reason), want))
		diag("got '%s', %zu bytes", buf, len);
}

static void test_texts(void)
{
	struct tenon_diag d = { .module = "disk" };

	d.section = 12;
	fail_value(&d, TENON_R_SEC_ENTSIZE, 0, 24);
	expect_text(&d, "disk: section 12: entry size 0 is not 0x18");
	d.section = 3;
	d.got = 0xffffffffffffffff - 5000;
	fail_at(&d, TENON_R_REL_TYPE, 0x1f40);
	expect_text(&d, "disk: relocation at section 3+0x1f40: type 0xffffffffffffec77 is not supported");
	fail_value(&d, TENON_R_INIT_FAILED, (uint64_t)-ENODEV, 0);
	expect_text(&d, "disk: init failed with error -19");
	fail_names(&d, TENON_R_SYM_UNDEFINED, "panic", "disk > bus");
	expect_text(&d, "disk: unknown symbol panic (needed by: disk > bus)");
	fail_name(&d, TENON_R_NAME_INVALID, "a\nb\033[2J\x9b.\x7f");
	expect_text(&d, "'a?b?[2J?.?' is not a module name");
	fail_name(&d, TENON_R_NAME_INVALID, "{m}{");
	expect_text(&d, "'{m}{' is not a module name");
	d.module[0] = '\0';
	fail(&d, TENON_R_ELF_MAGIC);
	expect_text(&d, "?: not a module: no ELF magic number");
	d.reason = TENON_R_COUNT;
	expect_text(&d, "?: unknown reason");
	ok(!strcmp(tenon_reason_name(TENON_R_ELF_MAGIC), "ELF_MAGIC"), "name of a reason");
	ok(!strcmp(tenon_reason_name(TENON_R_COUNT), "?") && !strcmp(tenon_reason_name((enum tenon_reason) - 1), "?"),
	   "name of none");
}

/* Every text, with fields full to the brim, into every size of buffer around its length. */
static void test_sizes(void)
{
	struct tenon_diag d = { .section = ~0u, .offset = ~0ull - 5000, .got = ~0ull - 5000, .want = ~0ull - 5000 };
	unsigned int wrong = 0, unexpanded = 0;

	memset(d.module, 'm', sizeof(d.module) - 1);
	memset(d.name, 'n', sizeof(d.name) - 1);
	memset(d.other, 'o', sizeof(d.other) - 1);
	for (int r = 0; r <= TENON_R_COUNT; r++) {
		char whole[2048];
		size_t len;

		d.reason = (enum tenon_reason)r;
		len = tenon_diag_format(&d, whole, sizeof(whole));
		wrong += len != strlen(whole) || strchr(whole, '\n');
		unexpanded += strchr(whole, '{') || strchr(whole, '}');
		for (size_t size = 0; size <= len + 2; size++) {
			char *buf = malloc(size ? size : 1);

			wrong += tenon_diag_format(&d, buf, size) != len;
			if (size)
				wrong += strlen(buf) != (len < size ? len : size - 1) || strncmp(buf, whole, size - 1);
			free(buf);
		}
	}
	ok(!wrong, "%d texts cut at every size", TENON_R_COUNT);
	ok(!unexpanded, "no text has an unknown field");
}

/* Worse than the core makes them: the last name fills its array. */
static void test_unterminated(void)
{
	struct tenon_diag *d = calloc(1, sizeof(*d));
	char buf[1024];

	memset(d->other, 'o', sizeof(d->other));
	d->reason = TENON_R_DEPENDENCY_CYCLE;
	ok(tenon_diag_format(d, buf, sizeof(buf)) == strlen("dependency cycle: ") + sizeof(d->other),
	   "unterminated name");
	free(d);
}

static void test_copy(void)
{
	struct tenon_diag d;
	char to[5], long_name[2 * TENON_DIAG_NAME_BYTES];

	ok(diag_copy(to, sizeof(to), "four") && !strcmp(to, "four"), "a copy that just fits");
	ok(!diag_copy(to, sizeof(to), "fives") && !strcmp(to, "five"), "one that does not");
	ok(!diag_copy(to, 1, "x") && !*to, "into one byte");
	memset(long_name, 'x', sizeof(long_name));
	long_name[sizeof(long_name) - 1] = '\0';
	memset(&d, 0x55, sizeof(d));
	fail_name(&d, TENON_R_SYM_UNDEFINED, long_name);
	ok(strlen(d.name) == sizeof(d.name) - 1 && !d.other[0], "long names are cut, absent ones empty");
}

int main(void)
{
	test_errors();
	test_texts();
	test_sizes();
	test_unterminated();
	test_copy();
	return tap_done();
}
