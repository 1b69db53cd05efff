/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Memory ends at each allocation of depmod in turn: it fails, or its files are those of a run with enough, and all
 * memory is given back. The memory functions of this program take the place of libc's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tenon/mod.h"
#include "tests/memory.h"
#include "tests/tap.h"

#define TEXT_BYTES_MAX 65536
#define ALLOCATIONS_MAX 5000

static char root[] = "/tmp/tenon-memory-XXXXXX";

/* Two modules, of which one needs the other. */
static bool make_tree(void)
{
	static const char script[] =
	    "cd %s && as -o base.ko - <<'E' && as -o user.ko - <<'E' && : >modules.order\n"
	    ".section .modinfo,\"a\"\n.asciz \"name=base\"\n.asciz \"alias=pci:*\"\n.asciz \"softdep=pre: other\"\n"
	    ".section __ksymtab_strings,\"a\"\n.asciz \"base_symbol\"\n"
	    ".text\n.global base_symbol\nbase_symbol:\nE\n"
	    ".section .modinfo,\"a\"\n.asciz \"name=user\"\n.asciz \"alias=usb:*\"\n.asciz \"weakdep=base\"\n"
	    ".text\n.quad base_symbol\nE\n";
	char command[sizeof(script) + sizeof(root)];

	if (!mkdtemp(root))
		return false;
	snprintf(command, sizeof(command), script, root);
	return !system(command);
}

struct text {
	size_t len;
	char bytes[TEXT_BYTES_MAX];
};

static struct text whole, shown;

static int show(void *data, const char *file, const char *bytes, size_t len)
{
	struct text *to = data;

	(void)file;
	if (len > sizeof(to->bytes) - to->len)
		abort();
	memcpy(to->bytes + to->len, bytes, len);
	to->len += len;
	return 0;
}

/* What is written; without modules.devname, which is empty. */
static void read_files(struct text *to)
{
	static const char *const names[] = { "modules.dep", "modules.alias", "modules.softdep", "modules.weakdep",
					     "modules.symbols" };

	to->len = 0;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		int fd = open(names[i], O_RDONLY);
		ssize_t len = read(fd, to->bytes + to->len, sizeof(to->bytes) - to->len);

		to->len += len > 0 ? (size_t)len : 0;
		close(fd);
	}
}

/* With -n, or with -A. */
static int run(struct text *to, bool writes)
{
	static const char *const none[] = { NULL };
	const struct tmod_depmod request = { .dir = root,
					     .release = "6",
					     .threads = 1,
					     .config = none,
					     .show = writes ? NULL : show,
					     .show_data = to,
					     .if_newer = writes };
	int err;

	to->len = 0;
	if (writes)
		unlink("modules.dep");
	err = tmod_depmod(&request);
	if (writes)
		read_files(to);
	return err;
}

/* Each allocation in turn. Return: how many there are; 0 after a message: something was not as it should be. */
static long run_all(bool writes)
{
	for (long n = 0; n < ALLOCATIONS_MAX; n++) {
		long before = in_use;
		bool failed;
		int err;

		left = n;
		err = run(&shown, writes);
		failed = left < 0;
		left = -1;
		if (in_use != before)
			diag("allocation %ld: %ld are left over", n, in_use - before);
		else if (!err && (shown.len != whole.len || memcmp(shown.bytes, whole.bytes, whole.len)))
			diag("allocation %ld: something is missing, and nothing is said", n);
		else if (!failed)
			return n;
		else
			continue;
		break;
	}
	return 0;
}

int main(void)
{
	char command[sizeof(root) + 16];

	if (!ok(make_tree() && !chdir(root), "a tree") ||
	    !ok(!run(&whole, false) && whole.len > 200, "what its indexes are"))
		return tap_done();
	ok(run_all(false) > 20, "without memory, depmod -n fails or shows all");
	ok(run_all(true) > 20, "... and depmod -A fails or writes");
	snprintf(command, sizeof(command), "rm -r %s", root);
	ok(!system(command), "clean up");
	return tap_done();
}
