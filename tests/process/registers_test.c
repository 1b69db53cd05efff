/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Flags and base registers at the borders of a domain: what a module leaves in them is neither the host's nor found by
 * the next function, and what ends by it is the domain.
 */
#include <asm/prctl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/process/rig.h"

#define TF 0x100u
#define DF 0x400u
#define NT 0x4000u
#define AC 0x40000u
#define ALL (TF | DF | NT | AC)
#define HWCAP2_FSGSBASE 2u

static const struct {
	const char *name;
	uint32_t bits;
} harmless[] = { { "DF", DF }, { "NT", NT }, { "AC", AC }, { "DF, NT and AC", DF | NT | AC } };

#define HARMLESS_CNT (sizeof(harmless) / sizeof(harmless[0]))

static bool host_is_plain(void)
{
	uint64_t flags = __builtin_ia32_readeflags_u64() & ALL;

	__builtin_ia32_writeeflags_u64(0x202);
	if (flags)
		diag("the host's flags have %#llx", (unsigned long long)flags);
	return !flags;
}

static uint64_t base(int which)
{
	uint64_t value = 0;

	syscall(SYS_arch_prctl, which, &value);
	return value;
}

/* Does the next function find plain flags? */
static bool next_is_plain(struct tenon_domain *d)
{
	int64_t flags = -1;
	int err = rig_call(d, "registers_flags", 0, 0, &flags);

	if (err || flags & ALL)
		diag("%d, the next function finds %#llx", err, (unsigned long long)flags);
	return !err && !(flags & ALL);
}

static void left_by_a_function(struct tenon_domain *d, const char *where)
{
	for (size_t i = 0; i < HARMLESS_CNT; i++) {
		int64_t result = 0;
		int err = rig_call(d, "registers_return", harmless[i].bits, 0, &result);

		ok(host_is_plain() && !err && result == 7 && next_is_plain(d),
		   "%s: a function that returns with %s leaves them to nobody", where, harmless[i].name);
	}
}

/* The interface's own code clears the direction, as its callers may expect; the others are the module's affair. */
static void set_at_a_gate(struct tenon_domain *d)
{
	for (size_t i = 0; i < HARMLESS_CNT; i++) {
		int64_t result = 0;
		int err = rig_call(d, "registers_gate", harmless[i].bits, 0, &result);

		ok(host_is_plain() && !err && (int32_t)result == -TENON_EBADF && !((uint64_t)result >> 32 & DF) &&
		       next_is_plain(d),
		   "isolated: a call of the interface with %s is answered", harmless[i].name);
	}
}

static bool ends_the_domain(const char *function, uint64_t argument)
{
	struct tenon_domain *d = rig_domain("box");
	int64_t result;
	int err;

	rig_load_flags(d, "registers", NULL, 0);
	err = rig_call(d, function, argument, 0, &result);
	process_settle(rig_host);
	if (err != -TENON_EOWNERDEAD || process_domain_pid(d))
		diag("%d", err);
	return err == -TENON_EOWNERDEAD && !process_domain_pid(d) && host_is_plain() && neighbour_served();
}

static void isolated(void)
{
	struct tenon_domain *d = rig_domain("box");

	rig_load(d, "registers", NULL);
	left_by_a_function(d, "isolated");
	set_at_a_gate(d);
	ok(ends_the_domain("registers_return", TF), "a function that returns with TF ends its domain");
	ok(ends_the_domain("registers_gate", TF), "and one that calls the interface with it");
	for (size_t i = 0; i < HARMLESS_CNT; i++)
		ok(ends_the_domain("registers_fault", harmless[i].bits), "and one that faults with %s",
		   harmless[i].name);
}

static void kernel(void)
{
	struct tenon_domain *d = rig_domain("kernel");
	int64_t result;

	rig_load(d, "registers", NULL);
	left_by_a_function(d, "kernel");
	for (size_t i = 0; i < HARMLESS_CNT; i++) {
		int err = rig_call(d, "registers_fault", harmless[i].bits, 0, &result);

		ok(host_is_plain() && err == -TENON_EFAULT && rig_logged("illegal instruction at registers"),
		   "kernel: a function that faults with %s is detected, and leaves them to nobody", harmless[i].name);
		process_log_clear(rig_host);
		process_settle(rig_host);
		rig_load(d, "registers", NULL);
	}
}

static void bases(void)
{
	uint64_t gs = base(ARCH_GET_GS), fs = base(ARCH_GET_FS);
	struct tenon_domain *d = rig_domain("box");
	int64_t result;

	if (!(getauxval(AT_HWCAP2) & HWCAP2_FSGSBASE)) {
		ok(true, "base registers # SKIP this CPU or its kernel lets no program write them");
		return;
	}
	rig_load(d, "registers", NULL);
	ok(!rig_call(d, "registers_set_gs", 0x1000, 0, &result) && base(ARCH_GET_GS) == gs && base(ARCH_GET_FS) == fs &&
	       next_is_plain(d),
	   "a GS base that a module sets is not the host's");
	ok(!rig_call(d, "registers_set_fs", 0x1000, 0, &result) && base(ARCH_GET_FS) == fs,
	   "nor is the FS base, which is the domain's own");
	ok(ends_the_domain("registers_gate", 0), "and without it the domain ends at the next call of the interface");
}

int main(void)
{
	rig_open(NULL);
	neighbour_open();
	isolated();
	bases();
	kernel();
	neighbour_close();
	rig_unload_all(rig_domain("other"));
	rig_domain_close("other");
	ok(rig_close(), "the host closes");
	return tap_done();
}
