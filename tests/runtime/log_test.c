// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The runtime's log lines and stack canary. */
#include "tests/tap.h"
#include "tests/runtime/runtime.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tenon/errno.h"

static void check_lines(void)
{
	char longer[400];

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	ok(tenon_printk(4, "%d of %s\n", 3, "four") == 0 && fake_level == 4 && !strcmp(fake_line, "3 of four\n"),
	   "a line is formatted and passed on with its level");
	tenon_printk(3, "%s", longer);
	ok(fake_len == 255 && !strncmp(fake_line, longer, 255), "a longer line is cut");
	tenon_printk(3, "%s", longer + sizeof(longer) - 256);
	ok(fake_len == 255, "255 bytes are passed in full");
}

static void check_canary(void)
{
	fake_random = -TENON_EAGAIN;
	ok(rt_init_module() == -TENON_EAGAIN && rt___stack_chk_guard == 0,
	   "without random numbers there is no runtime");
	fake_random = 0;
	ok(rt_init_module() == 0 && rt___stack_chk_guard == 0xa5a5a5a5a5a5a500u, "a random canary with a zero byte");
}

/* The line has to be out before the trap, so the child's log is checked in the child. */
static void on_trap(int sig)
{
	(void)sig;
	_exit(fake_level == 3 && strstr(fake_line, "canary") ? 42 : 1);
}

static void check_fail(void)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		signal(SIGILL, on_trap);
		signal(SIGTRAP, on_trap);
		rt___stack_chk_fail();
		_exit(2);
	}
	waitpid(pid, &status, 0);
	ok(WIFEXITED(status) && WEXITSTATUS(status) == 42, "an overwritten canary is logged, then traps");
}

int main(void)
{
	check_lines();
	check_canary();
	check_fail();
	return tap_done();
}
