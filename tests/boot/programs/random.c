// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * System calls drawn at random, with arguments that are often nearly right: small numbers, descriptors, addresses of
 * memory that is used, powers of two. From several children at once, each with its own seed, which makes a run
 * repeatable.
 */
#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/time.h>

#include "tests/boot/programs/guest.h"

enum { AT_ONCE = 4, CALLS = 60000, CALLS_OF_CHILD = 400 };

static char memory[16384];
static unsigned long *made; /* shared by all */

static uint64_t draw(uint64_t *state)
{
	/* xorshift64 (Marsaglia 2003) */
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static uint64_t draw_argument(uint64_t *state)
{
	uint64_t r = draw(state), value = draw(state);

	switch (r % 8) {
	case 0:
	case 1:
		return value % 16;
	case 2:
		return (uint64_t)memory + value % sizeof(memory);
	case 3:
		return (uint64_t)memory + value % 4 * 4096;
	case 4:
		return 1ull << value % 64;
	case 5:
		return 0 - value % 4;
	case 6:
		return value % 100000;
	}
	return value;
}

static bool is_left_out(uint64_t number)
{
	/* These two end the child; kill, tkill and the like may end the others, which is no failure of theirs. */
	return number == SYS_exit || number == SYS_exit_group || number == SYS_kill || number == SYS_tkill ||
	       number == SYS_tgkill || number == SYS_rt_sigqueueinfo || number == SYS_reboot ||
	       number == SYS_prlimit64 /* of process 1, too */;
}

static void nothing(int signo)
{
	(void)signo;
}

static void child(uint64_t seed)
{
	uint64_t state = seed * 0x9e3779b97f4a7c15ull + 1;
	struct sigaction action = { .sa_handler = nothing };
	struct itimerval often = { { 0, 5000 }, { 0, 5000 } };
	int null = open("/proc/meminfo", O_RDONLY);

	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	for (int i = 0; i < CALLS_OF_CHILD; i++) {
		uint64_t arg[6], number = draw(&state) % 460;

		for (int a = 0; a < 6; a++)
			arg[a] = draw_argument(&state);
		if (is_left_out(number))
			continue;
		/* Handlers and alarm may have been changed by what was drawn; then the wait would be without end. */
		sigaction(SIGALRM, &action, NULL);
		setitimer(ITIMER_REAL, &often, NULL);
		pid_t self = getpid();
		__atomic_fetch_add(made, 1, __ATOMIC_RELAXED);
		syscall((long)number, arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]);
		if (getpid() != self)
			_exit(0);
	}
	_exit(0);
}

/* Until enough calls were made: most children soon unmap what they need, or worse. */
static bool enough(unsigned rounds)
{
	return word_number("seconds=") ? !more(rounds, 0) : *made >= (unsigned long)CALLS * times();
}

static bool run(void)
{
	uint64_t seed = 0;
	bool good = true;

	for (unsigned rounds = 0; good && !enough(rounds); rounds++) {
		for (int i = 0; i < AT_ONCE; i++) {
			pid_t pid = fork();

			seed++;
			if (pid == 0)
				child(seed);
			good &= pid > 0;
		}
		/* One that has blocked SIGALRM may sleep for ever. */
		for (int round = 0; round < 20 && waitpid(-1, NULL, WNOHANG) >= 0; round++)
			usleep(5000);
		kill(-1, SIGKILL);
		reap_all();
	}
	diag("%lu calls by %lu children", *made, (unsigned long)seed);
	return good;
}

int main(void)
{
	guest_begin();
	made = mmap(NULL, sizeof(*made), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ok(run(), "random system calls: the kernel lives, and processes start as before");
	ok(waitpid(-1, NULL, 0) == -1 && errno == ECHILD, "... and nobody is left");
	guest_end();
}
