// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Too many processes, too much memory, too deep a stack, too many signals: an errno, or the end of who did it, and no
 * trace.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>

#include "tests/boot/programs/guest.h"

static bool *seen; /* shared by all processes: what a child found */

static void *map(size_t bytes, int flags)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

/* Every child forks until it cannot. */
static void bomb(void)
{
	for (;;) {
		if (fork() >= 0)
			continue;
		if (errno == EAGAIN || errno == ENOMEM)
			*seen = true;
		pause();
	}
}

/* Process 1 can still start something while the bomb holds all there is; then it ends it. */
static void explode(void)
{
	pid_t group = fork();
	int status;

	*seen = false;
	setpgid(group, group);
	if (group == 0) {
		setpgid(0, 0);
		bomb();
	}
	for (int i = 0; !*seen && i < 2000; i++)
		usleep(5000);
	kill(-group, SIGKILL);
	waitpid(group, &status, 0);
}

static void fork_with_vfork(void)
{
	for (int i = 0; i < 50; i++) {
		pid_t pid = vfork();

		if (pid == 0)
			_exit(7);
		int status;
		if (waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 7)
			_exit(1);
	}
}

/* Promise all there is; each call says whether there was enough, and what was promised can be touched. */
static void eat(void)
{
	size_t bytes = 32 << 20;

	while (bytes >= 4096) {
		char *p = map(bytes, 0);

		if (p == MAP_FAILED) {
			if (errno != ENOMEM)
				_exit(1);
			bytes /= 2;
			continue;
		}
		for (size_t i = 0; i < bytes; i += 4096)
			p[i] = 1;
	}
	if (fork() != -1 || (errno != ENOMEM && errno != EAGAIN))
		_exit(2);
	if (brk((char *)sbrk(0) + (1 << 20)) != -1)
		_exit(3);
	_exit(4);
}

static void promise_too_much(void)
{
	char *p = map(1ull << 40, 0), *q = mmap(NULL, 1 << 28, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED || errno != ENOMEM || q == MAP_FAILED)
		_exit(1);
	/* Reading costs nothing; to write to it would, so it is refused when it is asked for. */
	if (q[0] || q[(1 << 28) - 1])
		_exit(2);
	if (mprotect(q, 1 << 28, PROT_READ | PROT_WRITE) != -1 || errno != ENOMEM)
		_exit(3);
	_exit(mprotect(q, 1 << 16, PROT_READ | PROT_WRITE) == 0 ? (q[5] = 1, 0) : 4);
}

static void many_maps(void)
{
	unsigned cnt = 0;

	while (mmap(NULL, 4096, cnt % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED)
		cnt++;
	_exit(errno == ENOMEM && cnt > 1000 ? 0 : 1);
}

static int __attribute__((noinline)) descend(int depth)
{
	volatile char here[4000];

	here[0] = (char)depth;
	return depth < 1 << 30 ? descend(depth + 1) + here[0] : 0;
}

static void too_deep(void)
{
	descend(0);
}

static void overflowed(int signo)
{
	_exit(signo == SIGSEGV ? 9 : 1);
}

static void too_deep_with_handler(void)
{
	stack_t stack = { .ss_sp = map(65536, 0), .ss_size = 65536 };
	struct sigaction action = { .sa_handler = overflowed, .sa_flags = SA_ONSTACK };

	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
	descend(0);
}

static void nested(int signo)
{
	raise(signo);
}

/* A handler that raises its own signal for ever uses up the stack. */
static void storm_of_nested_handlers(void)
{
	struct sigaction action = { .sa_handler = nested, .sa_flags = SA_NODEFER };

	sigaction(SIGUSR1, &action, NULL);
	raise(SIGUSR1);
}

static volatile unsigned handled;

static void count(int signo)
{
	(void)signo;
	handled++;
}

/* Four senders, one receiver, signals of both kinds; real-time ones end in EAGAIN while they are blocked. */
static void storm(void)
{
	struct sigaction action = { .sa_handler = count };
	pid_t self = getpid();
	sigset_t blocked;
	int refused = 0;

	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGRTMIN, &action, NULL);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	for (int i = 0; i < 2000; i++)
		refused += sigqueue(self, SIGRTMIN, (union sigval){ .sival_int = i }) == -1 && errno == EAGAIN;
	if (!refused)
		_exit(1);
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
	if (handled != 2000u - (unsigned)refused)
		_exit(2);
	handled = 0;
	for (int i = 0; i < 4; i++)
		if (fork() == 0) {
			for (int k = 0; k < 500; k++)
				kill(self, SIGUSR1);
			_exit(0);
		}
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	_exit(handled > 0 ? 0 : 3);
}

static void *idle(void *arg)
{
	pause();
	return arg;
}

/* Threads until there are no more; the process ends with all of them. */
static void many_threads(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	unsigned cnt = 0;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 16384);
	while (!pthread_create(&thread, &attr, idle, NULL))
		cnt++;
	_exit(cnt > 50 ? 0 : 1);
}

static void long_arguments(void)
{
	enum { CNT = 70000 };
	char **argv = malloc((CNT + 1) * sizeof(*argv)), *one[] = { malloc(1 << 20), NULL };

	memset(one[0], 'x', (1 << 20) - 1);
	one[0][(1 << 20) - 1] = '\0';
	for (int i = 0; i < CNT; i++)
		argv[i] = "word";
	argv[CNT] = NULL;
	if (execv("/bin/busybox", argv) != -1 || errno != E2BIG)
		_exit(1);
	_exit(execv("/bin/busybox", one) == -1 && errno == E2BIG ? 0 : 2);
}

int main(void)
{
	guest_begin();
	seen = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	explode();
	ok(*seen, "a fork bomb ends in EAGAIN or ENOMEM");
	reap_all();
	ok(exited(in_child(fork_with_vfork), 0), "... and afterwards processes start as before");
	ok(leaves_nothing(explode), "... and leaves nothing behind");
	ok(exited(in_child(eat), 4), "memory that is used up is ENOMEM at mmap, fork and brk");
	ok(leaves_nothing(eat), "... and comes back");
	ok(exited(in_child(promise_too_much), 0),
	   "what cannot be promised is refused at once, what costs nothing is not");
	ok(exited(in_child(many_maps), 0), "too many mappings are ENOMEM");
	ok(leaves_nothing(many_maps), "... and leave nothing behind");
	ok(killed(in_child(too_deep), SIGSEGV), "a stack that is too deep is SIGSEGV");
	ok(exited(in_child(too_deep_with_handler), 9), "... which a handler with a stack of its own sees");
	ok(leaves_nothing(too_deep), "... and leaves nothing behind");
	ok(killed(in_child(storm_of_nested_handlers), SIGSEGV), "handlers without end are the end of their process");
	ok(exited(in_child(storm), 0), "a storm of signals: each that was accepted is handled");
	ok(leaves_nothing(storm), "... and leaves nothing behind");
	ok(exited(in_child(many_threads), 0), "too many threads are an error");
	ok(leaves_nothing(many_threads), "... and leave nothing behind");
	ok(exited(in_child(long_arguments), 0), "too long arguments are E2BIG");
	ok(leaves_nothing(long_arguments), "... and leave nothing behind");
	guest_end();
}
