// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Which signals wait, in which order they are taken, and what becomes of them (signal(7)). */
#include <signal.h>
#include <string.h>

#include "kernel/process/signal_set.h"
#include "tenon/errno.h"
#include "tests/kernel/host.h"
#include "tests/tap.h"

static struct pending pending;
static unsigned queued;

static int add(int signo, uint64_t value)
{
	return pending_add(&pending, &(struct signal_info){ .signo = signo, .value = value }, &queued);
}

/* The number of the next, and its value; 0: none. */
static int take(signal_set wanted, uint64_t *value)
{
	struct signal_info info;

	if (!pending_take(&pending, wanted, &info, &queued))
		return 0;
	*value = info.value;
	return info.signo;
}

static void test_layout(void)
{
	ok(sizeof(struct signal_info) == sizeof(siginfo_t) &&
	       offsetof(struct signal_info, pid) == offsetof(siginfo_t, si_pid) &&
	       offsetof(struct signal_info, uid) == offsetof(siginfo_t, si_uid) &&
	       offsetof(struct signal_info, value) == offsetof(siginfo_t, si_value) &&
	       offsetof(struct signal_info, value) == offsetof(siginfo_t, si_status) &&
	       offsetof(struct signal_info, addr) == offsetof(siginfo_t, si_addr) &&
	       offsetof(struct signal_info, code) == offsetof(siginfo_t, si_code),
	   "siginfo_t is where the C library has it");
	ok(SIGNAL_CHLD == SIGCHLD && SIGNAL_SYS == SIGSYS && SIGNAL_WINCH == SIGWINCH && SIGNAL_TTOU == SIGTTOU &&
	       SIGNAL_CONT == SIGCONT,
	   "numbers are the C library's");
}

static void test_order(void)
{
	uint64_t value;

	add(SIGTERM, 1);
	add(SIGHUP, 2);
	add(SIGSEGV, 3);
	ok(take(~0ull, &value) == SIGSEGV && value == 3, "what the program raised itself comes first");
	ok(take(~signal_bit(SIGHUP), &value) == SIGTERM && value == 1, "what is blocked is left out");
	ok(take(~0ull, &value) == SIGHUP && value == 2, "... and taken later");
	ok(take(~0ull, &value) == 0 && queued == 0, "nothing is left");
	add(SIGUSR1, 1);
	add(SIGUSR1, 2);
	ok(take(~0ull, &value) == SIGUSR1 && value == 1 && !take(~0ull, &value), "a signal waits once");
	add(40, 1);
	add(41, 2);
	add(40, 3);
	ok(take(~0ull, &value) == 40 && value == 1 && take(~0ull, &value) == 40 && value == 3 &&
	       take(~0ull, &value) == 41 && value == 2 && !take(~0ull, &value),
	   "real-time signals queue, in order");
}

static void test_limits(void)
{
	uint64_t value;
	int err = 0, cnt = 0;

	while (!err && cnt < 1000)
		err = add(40, (uint64_t)++cnt);
	ok(err == -TENON_EAGAIN && cnt == SIGNALS_QUEUED_MAX + 1, "a queue has an end");
	ok(add(SIGTERM, 5) == 0 && take(signal_bit(SIGTERM), &value) == SIGTERM && value == 0,
	   "... at which a plain signal loses only what came with it");
	pending_remove(&pending, signal_bit(40), &queued);
	ok(queued == 0 && pending.set == 0 && !take(~0ull, &value), "removing");
	add(40, 1);
	ok(take(~0ull, &value) == 40, "... leaves a queue that works");
	host_fail_allocation(1);
	ok(add(SIGTERM, 5) == 0 && take(~0ull, &value) == SIGTERM, "without memory a plain signal comes all the same");
	host_fail_allocation(1);
	ok(add(40, 5) == -TENON_EAGAIN && !take(~0ull, &value), "... a real-time one is refused");
	host_fail_allocation(0);
	ok(host_allocations() == 0, "no memory is left");
}

static void test_fate(void)
{
	static const struct {
		int signo;
		enum signal_fate fate;
	} defaults[] = {
		{ SIGHUP, FATE_END },       { SIGKILL, FATE_END },     { SIGTERM, FATE_END },
		{ SIGUSR1, FATE_END },      { SIGPIPE, FATE_END },     { SIGALRM, FATE_END },
		{ SIGQUIT, FATE_CORE },     { SIGSEGV, FATE_CORE },    { SIGABRT, FATE_CORE },
		{ SIGFPE, FATE_CORE },      { SIGXCPU, FATE_CORE },    { SIGCHLD, FATE_IGNORE },
		{ SIGURG, FATE_IGNORE },    { SIGWINCH, FATE_IGNORE }, { SIGSTOP, FATE_STOP },
		{ SIGTSTP, FATE_STOP },     { SIGTTIN, FATE_STOP },    { SIGTTOU, FATE_STOP },
		{ SIGCONT, FATE_CONTINUE }, { 40, FATE_END },
	};
	const struct signal_action standard = { 0 }, ignored = { .handler = HANDLER_IGNORE },
				   handled = { .handler = 0x1000 };
	bool good = true;

	for (unsigned i = 0; i < sizeof(defaults) / sizeof(*defaults); i++)
		good &= signal_fate(defaults[i].signo, &standard) == defaults[i].fate;
	ok(good, "what signals do by default");
	ok(signal_fate(SIGTERM, &ignored) == FATE_IGNORE && signal_fate(SIGTERM, &handled) == FATE_HANDLE,
	   "... unless told");
	ok(signal_fate(SIGKILL, &ignored) == FATE_END && signal_fate(SIGSTOP, &handled) == FATE_STOP,
	   "KILL and STOP cannot be told");
}

int main(void)
{
	test_layout();
	test_order();
	test_limits();
	test_fate();
	return tap_done();
}
