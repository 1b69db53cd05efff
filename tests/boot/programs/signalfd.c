// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Signals read from a descriptor: signalfd(2). */
#include <poll.h>
#include <sys/signalfd.h>

#include "tests/boot/programs/guest.h"

static sigset_t wanted;
static int fd;

static bool is_ready(int timeout_ms)
{
	struct pollfd p = { fd, POLLIN, 0 };

	return poll(&p, 1, timeout_ms) == 1 && p.revents == POLLIN;
}

static bool is_empty(void)
{
	struct signalfd_siginfo info;

	return !is_ready(0) && read(fd, &info, sizeof(info)) == -1 && errno == EAGAIN;
}

static void errors(void)
{
	struct signalfd_siginfo info;

	ok(signalfd(-1, &wanted, 1) == -1 && errno == EINVAL, "a flag that there is not is EINVAL");
	ok(signalfd(-1, (sigset_t *)8, 0) == -1 && errno == EFAULT, "a set that is not the program's EFAULT");
	ok(signalfd(100, &wanted, 0) == -1 && errno == EBADF, "no descriptor EBADF");
	ok(signalfd(0, &wanted, 0) == -1 && errno == EINVAL, "one of another kind EINVAL");
	ok(read(fd, &info, sizeof(info) - 1) == -1 && errno == EINVAL, "too little room is EINVAL");
	ok(write(fd, &info, sizeof(info)) == -1 && errno == EINVAL, "nothing can be written");
	kill(getpid(), SIGUSR1);
	ok(syscall(SYS_read, fd, 8, sizeof(info)) == -1 && errno == EFAULT, "to where nothing is EFAULT");
	while (read(fd, &info, sizeof(info)) > 0)
		;
}

static void reads(void)
{
	struct signalfd_siginfo info[4];
	union sigval value = { .sival_int = 77 };

	ok(is_empty(), "nothing is there at first");
	kill(getpid(), SIGUSR2);
	kill(getpid(), SIGUSR1);
	sigqueue(getpid(), SIGRTMIN, value);
	ok(is_ready(0), "what was sent makes it ready");
	ok(read(fd, info, sizeof(info)) == 3 * sizeof(info[0]) && info[0].ssi_signo == SIGUSR1 &&
	       info[1].ssi_signo == SIGUSR2 && info[2].ssi_signo == (unsigned)SIGRTMIN,
	   "all are read, in the order of their numbers");
	ok(info[0].ssi_pid == (unsigned)getpid() && info[0].ssi_code == SI_USER && info[2].ssi_int == 77,
	   "... with who sent them, and what");
	ok(is_empty(), "... once");
	sigdelset(&wanted, SIGUSR2);
	ok(signalfd(fd, &wanted, 0) == fd, "the set can be changed");
	kill(getpid(), SIGUSR2);
	ok(is_empty(), "... and is");
}

/* The program sleeps until a child sends it something. */
static void waits(void)
{
	struct signalfd_siginfo info;
	pid_t child = fork();

	if (!child) {
		usleep(50000);
		kill(getppid(), SIGUSR1);
		_exit(7);
	}
	ok(is_ready(-1) && read(fd, &info, sizeof(info)) == sizeof(info) && info.ssi_signo == SIGUSR1 &&
	       info.ssi_pid == (unsigned)child,
	   "poll waits for one");
	fd = signalfd(-1, &wanted, SFD_CLOEXEC); /* it waits itself */
	ok(read(fd, &info, sizeof(info)) == sizeof(info) && info.ssi_signo == SIGCHLD &&
	       info.ssi_pid == (unsigned)child && info.ssi_code == CLD_EXITED && info.ssi_status == 7,
	   "read waits: a child that has ended, and how");
	waitpid(child, NULL, 0);
}

int main(void)
{
	guest_begin();
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGUSR1), sigaddset(&wanted, SIGUSR2), sigaddset(&wanted, SIGRTMIN),
	    sigaddset(&wanted, SIGCHLD);
	sigprocmask(SIG_BLOCK, &wanted, NULL);
	fd = signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC);
	ok(fd >= 0, "a descriptor for signals");
	errors();
	reads();
	waits();
	guest_end();
}
