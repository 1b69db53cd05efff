// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Wild pointers in every argument of every system call: each call of the table's range, each argument in turn with each
 * of some addresses that are wrong in their own way, the others plausible. Whatever the calls return, the kernel lives,
 * and what is at the addresses that must not be written is as before.
 */
#include <sys/syscall.h>
#include <sys/time.h>

#include "tests/boot/programs/guest.h"

#define DOMAIN_RETURN 0x7fffffff /* CROSSING_DONE */
#define CALLS 512
#define ARGS 6

static uint64_t wild[16];
static unsigned wild_cnt;
static char buffer[4096];

static void make_addresses(void)
{
	char *pages = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *closed = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	munmap(pages + 4096, 4096);
	mprotect(pages + 2 * 4096, 4096, PROT_READ);
	const uint64_t all[] = {
		0,
		1,
		0xdead0000,
		(uint64_t)pages + 4096 - 1 /* ends in a hole */,
		(uint64_t)pages + 2 * 4096 /* read-only */,
		(uint64_t)closed,
		0x7ffffffff000 - 4 /* across the end of user space */,
		0x7fffffffffff,
		0x800000000000 /* no address */,
		0xffff800000000000 /* the kernel's */,
		0xffffffff80100000,
		UINT64_MAX,
	};

	memcpy(wild, all, sizeof(all));
	wild_cnt = sizeof(all) / sizeof(*all);
}

static void nothing(int signo)
{
	(void)signo;
}

/* Calls that wait are interrupted. */
static void start_clock(void)
{
	struct itimerval often = { { 0, 3000 }, { 0, 3000 } };
	struct sigaction action = { .sa_handler = nothing };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static bool is_left_out(long number)
{
	return number == SYS_exit || number == SYS_exit_group;
}

static long number, position;

/* In a child: all addresses in one position of one call. */
static void try_position(void)
{
	pid_t self = getpid();

	for (int fd = 0; fd < 3; fd++)
		close(fd); /* the console is the test's */
	start_clock();
	for (unsigned plain = 0; plain < 2; plain++) {
		for (unsigned i = 0; i < wild_cnt; i++) {
			uint64_t arg[ARGS];

			for (int a = 0; a < ARGS; a++)
				arg[a] = plain ? (uint64_t)buffer : 64;
			arg[position] = wild[i];
			syscall(number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
			if (syscall(SYS_getpid) != self)
				_exit(0); /* it was a fork */
		}
	}
}

/* 1: the child said that a page it may only read was changed. */
static void check_read_only(void)
{
	pid_t child = fork();

	if (child == 0) {
		uint8_t before[64], *page = (uint8_t *)wild[4];

		memcpy(before, page, sizeof(before));
		for (long n = 0; n < CALLS; n++)
			if (n == SYS_getcwd || n == SYS_uname || n == SYS_getrandom || n == SYS_clock_gettime ||
			    n == SYS_sysinfo)
				syscall(n, page, page, page, 0, 0, 0);
		_exit(memcmp(before, page, sizeof(before)) != 0);
	}
	int status;
	_exit(waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : 2);
}

/* From process 1 itself, which no signal ends: some of the calls are kill(). Return: could every child be made? */
static bool all_calls(void)
{
	for (number = 0; number < CALLS; number++)
		for (position = 0; position < ARGS && !is_left_out(number); position++)
			if (in_child(try_position) == -1)
				return false;
	return true;
}

int main(void)
{
	guest_begin();
	make_addresses();
	ok(exited(in_child(check_read_only), 0), "what a program may only read the kernel does not write for it");
	ok(syscall(SYS_uname, (void *)-1) == -1 && errno == EFAULT, "an address beyond user space is EFAULT");
	ok(syscall(SYS_clock_gettime, 0, wild[5]) == -1 && errno == EFAULT, "... and one without access");
	ok(syscall(DOMAIN_RETURN, 1) == -1 && errno == ENOSYS,
	   "the number by which functions of domains return is no call");
	ok(all_calls(), "every call with wild pointers in every argument");
	reap_all();
	ok(syscall(SYS_getpid) == 1, "the kernel lives");
	guest_end();
}
