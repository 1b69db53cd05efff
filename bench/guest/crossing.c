/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * In the guest: what a call into a module takes, in instructions, which are what the time-stamp counter counts under
 * QEMU's -icount shift=0. poll(2) of a device whose module has a poll function, less poll of one that has none. With an
 * argument: some of these calls for bench/trace.py.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <x86intrin.h>

#define ROUNDS 2000
#define TRACED 8

static unsigned long long best_poll(const char *path, int rounds)
{
	struct pollfd p = { .fd = open(path, O_RDWR), .events = POLLIN };
	unsigned long long best = ~0ull, start, took;

	if (p.fd < 0)
		return 0;
	for (int i = 0; i < rounds; i++) {
		start = __rdtsc();
		poll(&p, 1, 0);
		took = __rdtsc() - start;
		if (took < best)
			best = took;
	}
	close(p.fd);
	return best;
}

static unsigned long long best_syscall(void)
{
	unsigned long long best = ~0ull, start, took;

	for (int i = 0; i < ROUNDS; i++) {
		start = __rdtsc();
		syscall(SYS_getppid);
		took = __rdtsc() - start;
		if (took < best)
			best = took;
	}
	return best;
}

int main(int argc, char **argv)
{
	(void)argv;
	if (argc > 1)
		return !best_poll("/dev/null", TRACED);
	printf("call %llu\n", best_poll("/dev/null", ROUNDS) - best_poll("/dev/zero", ROUNDS));
	printf("syscall %llu\n", best_syscall());
	return 0;
}
