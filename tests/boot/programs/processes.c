// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Processes, signals, groups, threads, as POSIX and Linux's manual pages say. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/klog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>

#include "tests/boot/programs/guest.h"

extern char **environ;

static volatile sig_atomic_t got, got_code, got_pid, got_status;

static void note(int signo, siginfo_t *info, void *context)
{
	(void)context;
	got = signo;
	got_code = info->si_code;
	got_pid = info->si_pid;
	got_status = info->si_status;
}

static void handle(int signo, int flags)
{
	struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO | flags };

	sigaction(signo, &action, NULL);
	got = 0;
}

/* A child that sleeps until it is ended. */
static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	return pid;
}

static void test_wait(void)
{
	pid_t pid = fork();
	siginfo_t info;
	int status;

	if (pid == 0)
		_exit(42);
	ok(waitid(P_PID, pid, &info, WEXITED | WNOWAIT) == 0 && info.si_pid == pid && info.si_code == CLD_EXITED &&
	       info.si_status == 42,
	   "waitid looks without taking");
	ok(waitpid(pid, &status, 0) == pid && exited(status, 42), "an exit status");
	ok(waitpid(pid, &status, 0) == -1 && errno == ECHILD, "nobody waits twice");
	pid = sleeper();
	ok(waitpid(pid, &status, WNOHANG) == 0, "WNOHANG does not wait");
	kill(pid, SIGKILL);
	ok(waitpid(-1, &status, 0) == pid && killed(status, SIGKILL), "a child that was killed");
	ok(kill(pid, 0) == -1 && errno == ESRCH, "... is gone");
	ok(waitpid(-1, &status, 0x80) == -1 && errno == EINVAL, "options that there are not");
}

static void test_stop(void)
{
	pid_t pid = sleeper();
	siginfo_t info;
	int status;

	setpgid(pid, pid);
	handle(SIGCHLD, 0);
	kill(pid, SIGSTOP);
	ok(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status) && WSTOPSIG(status) == SIGSTOP,
	   "a child that stops");
	ok(got == SIGCHLD && got_code == CLD_STOPPED && got_pid == pid && got_status == SIGSTOP,
	   "... is told with SIGCHLD");
	ok(waitpid(pid, &status, WUNTRACED | WNOHANG) == 0, "... once");
	kill(pid, SIGTERM);
	ok(waitpid(pid, &status, WNOHANG) == pid || (usleep(10000), waitpid(pid, &status, 0) == pid),
	   "a fatal signal ends it although it is stopped");
	pid = sleeper();
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	kill(pid, SIGCONT);
	ok(waitid(P_PID, pid, &info, WCONTINUED) == 0 && info.si_code == CLD_CONTINUED, "a child that goes on");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	signal(SIGCHLD, SIG_DFL);
}

static void test_interrupted(void)
{
	struct itimerval soon = { { 0, 20000 }, { 0, 20000 } },
			 never = { 0 }; /* again and again: one may come too soon */
	struct timespec long_time = { 1000, 0 }, left = { 0, 0 };
	int ends[2];
	char c;

	if (pipe(ends))
		return;
	handle(SIGALRM, 0);
	setitimer(ITIMER_REAL, &soon, NULL);
	ok(read(ends[0], &c, 1) == -1 && errno == EINTR && got == SIGALRM, "a read is interrupted by a handler");
	handle(SIGALRM, 0);
	setitimer(ITIMER_REAL, &soon, NULL);
	ok(nanosleep(&long_time, &left) == -1 && errno == EINTR && left.tv_sec > 0 && left.tv_sec < 1000,
	   "nanosleep tells what is left");
	handle(SIGALRM, SA_RESTART);
	pid_t pid = fork();
	if (pid == 0) {
		usleep(100000);
		_exit(write(ends[1], "x", 1) != 1);
	}
	setitimer(ITIMER_REAL, &soon, NULL);
	ok(read(ends[0], &c, 1) == 1 && c == 'x' && got == SIGALRM, "with SA_RESTART it goes on");
	setitimer(ITIMER_REAL, &never, NULL);
	waitpid(pid, NULL, 0);
	close(ends[0]);
	close(ends[1]);
}

/* The second time is beyond all that there is; once added to now it would be before it, again and again. */
static void test_alarm_without_end(void)
{
	struct itimerval once = { { LONG_MAX, 0 }, { 0, 1000 } }, never = { 0 }, is;

	handle(SIGALRM, 0);
	setitimer(ITIMER_REAL, &once, NULL);
	while (got != SIGALRM)
		usleep(1000);
	got = 0;
	usleep(100000);
	ok(!got && !getitimer(ITIMER_REAL, &is) && is.it_value.tv_sec > 1000000000,
	   "an alarm that is repeated after all time rings once");
	signal(SIGALRM, SIG_IGN);
	setitimer(ITIMER_REAL, &once, NULL);
	usleep(100000);
	ok(!setitimer(ITIMER_REAL, &never, NULL), "... also one that nobody hears");
}

/* The log names who asked for a module: a name that is made for it stays a word in its line. */
static void test_name_in_log(void)
{
	static char log[65536];
	char name[16];
	int len;

	prctl(PR_GET_NAME, name);
	prctl(PR_SET_NAME, "x\n\033[7m<0>y\177");
	ok(socket(44, SOCK_STREAM, 0) == -1 && errno == EAFNOSUPPORT, "a family that there is not");
	prctl(PR_SET_NAME, name);
	len = klogctl(3 /* read all */, log, sizeof(log) - 1);
	ok(len > 0 && strstr(log, "net-pf-44, for x??[7m<0>y  (") && !memchr(log, 033, (size_t)len) &&
	       !memchr(log, 0177, (size_t)len),
	   "... is asked for, by a name that cannot make a line of its own");
}

/* A stop and a continuation are not seen by a sleep; its end does not move. */
static void test_sleep_stopped(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		struct timespec t = { 0, 300000000 };

		_exit(nanosleep(&t, NULL) != 0);
	}
	usleep(50000);
	kill(pid, SIGSTOP);
	waitpid(pid, &status, WUNTRACED);
	kill(pid, SIGCONT);
	ok(waitpid(pid, &status, 0) == pid && exited(status, 0), "a sleep goes on after a stop");
}

static void test_masks(void)
{
	sigset_t set, pending;
	struct timespec none = { 0, 0 };
	siginfo_t info;

	handle(SIGUSR1, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGUSR1);
	sigpending(&pending);
	ok(!got && sigismember(&pending, SIGUSR1), "a blocked signal is pending");
	ok(sigtimedwait(&set, &info, &none) == SIGUSR1 && info.si_pid == getpid() && !got, "sigtimedwait takes it");
	ok(sigtimedwait(&set, &info, &none) == -1 && errno == EAGAIN, "... once");
	raise(SIGUSR1);
	sigset_t empty;
	sigemptyset(&empty);
	ok(sigsuspend(&empty) == -1 && errno == EINTR && got == SIGUSR1, "sigsuspend lets it in");
	sigprocmask(SIG_BLOCK, NULL, &pending);
	ok(sigismember(&pending, SIGUSR1), "... and restores the mask");
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	ok(sigaction(SIGKILL, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL) == -1 && errno == EINVAL,
	   "SIGKILL cannot be ignored");
}

static void *on_stack;

static void where(int signo)
{
	(void)signo;
	on_stack = __builtin_frame_address(0);
}

static void test_alternate_stack(void)
{
	static char stack[65536];
	stack_t s = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction action = { .sa_handler = where, .sa_flags = SA_ONSTACK };

	sigaltstack(&s, NULL);
	sigaction(SIGUSR2, &action, NULL);
	raise(SIGUSR2);
	ok((char *)on_stack > stack && (char *)on_stack < stack + sizeof(stack), "a handler on its own stack");
	s.ss_size = 100;
	ok(sigaltstack(&s, NULL) == -1 && errno == ENOMEM, "a stack that is too small");
}

static void test_groups(void)
{
	pid_t pid = sleeper(), other = fork();
	int status;

	if (other == 0)
		_exit(setsid() == getpid() && getsid(0) == getpid() && getpgrp() == getpid() && setsid() == -1 ? 0 : 1);
	ok(waitpid(other, &status, 0) == other && exited(status, 0), "setsid");
	ok(setpgid(pid, pid) == 0 && getpgid(pid) == pid, "a child in a group of its own");
	ok(setpgid(pid, 4000) == -1 && errno == EPERM, "... not in one that there is not");
	ok(getpgid(4000) == -1 && errno == ESRCH, "a process that there is not");
	ok(kill(-pid, SIGTERM) == 0 && waitpid(-pid, &status, 0) == pid && killed(status, SIGTERM),
	   "a signal to a group");
	ok(kill(-pid, 0) == -1 && errno == ESRCH, "... which is gone with its last member");
}

/* The first child of a new session leader stops, and nobody is left who could continue it. */
static void orphan_leader(void)
{
	pid_t pid;
	int status;

	setsid();
	pid = fork();
	if (pid == 0) {
		setpgid(0, 0);
		signal(SIGHUP, SIG_DFL);
		raise(SIGSTOP);
		_exit(0);
	}
	waitpid(pid, &status, WUNTRACED);
	_exit(WIFSTOPPED(status) ? 0 : 1);
}

static void test_orphans(void)
{
	int status = in_child(orphan_leader);
	pid_t pid = waitpid(-1, &status, 0);

	ok(pid > 0 && killed(status, SIGHUP), "a stopped group without anybody who could continue it gets SIGHUP");
}

/* The program that runs cannot be written, until it has ended; a new file may take its name. */
static void test_busy_text(void)
{
	char *argv[] = { "sleep", "1000", NULL };
	int status;
	pid_t pid;

	ok(system("cp /bin/busybox /program") == 0 && posix_spawn(&pid, "/program", NULL, NULL, argv, environ) == 0,
	   "a program runs");
	ok(open("/program", O_WRONLY) == -1 && errno == ETXTBSY, "... and is not written");
	ok(truncate("/program", 0) == -1 && errno == ETXTBSY, "... nor cut");
	ok(open("/program", O_WRONLY | O_TRUNC) == -1 && errno == ETXTBSY, "... nor both");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ok(truncate("/program", 0) == 0 && unlink("/program") == 0, "afterwards it is");
}

static void test_exec(void)
{
	char *argv[] = { "sh", "-c", "exit $(($# + 5))", "x", "y", NULL };
	int status, fd = open("/nonsense", O_CREAT | O_WRONLY, 0755);
	posix_spawnattr_t attr;
	pid_t pid;

	ok(write(fd, "\177ELFxx", 6) == 6 && close(fd) == 0 && execv("/nonsense", argv) == -1 && errno == ENOEXEC,
	   "a damaged program is ENOEXEC");
	fd = open("/nonsense", O_RDWR);
	ok(execv("/nonsense", argv) == -1 && errno == ETXTBSY, "a program that is open to be written is ETXTBSY");
	close(fd);
	chmod("/nonsense", 0644);
	ok(execv("/nonsense", argv) == -1 && errno == EACCES, "a file that is not executable is EACCES");
	ok(execv("/nowhere", argv) == -1 && errno == ENOENT, "none is ENOENT");
	ok(execv("/bin", argv) == -1 && errno == EACCES, "a directory is EACCES");
	ok(syscall(SYS_execve, "/bin/sh", (void *)8, NULL) == -1 && errno == EFAULT,
	   "arguments at no address are EFAULT");
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETPGROUP);
	ok(posix_spawn(&pid, "/bin/sh", NULL, &attr, argv, environ) == 0 && waitpid(pid, &status, 0) == pid &&
	       exited(status, 6),
	   "posix_spawn of a shell");
	ok(posix_spawn(&pid, "/nowhere", NULL, NULL, argv, environ) == ENOENT, "... of nothing");
	ok(system("exit 3") >> 8 == 3, "system()");
}

/* Threads add to a counter under a lock that sleeps (futex); all end, and the leader joins them. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long counter;

static void *add(void *arg)
{
	for (int i = 0; i < 1000; i++) {
		pthread_mutex_lock(&mutex);
		long seen = counter;
		if (i % 100 == 0)
			sched_yield();
		counter = seen + 1;
		pthread_mutex_unlock(&mutex);
	}
	return arg;
}

static void test_threads(void)
{
	pthread_t threads[8];
	void *result;
	bool good = true;

	for (long i = 0; i < 8; i++)
		good &= !pthread_create(&threads[i], NULL, add, (void *)i);
	for (long i = 0; i < 8; i++)
		good &= !pthread_join(threads[i], &result) && result == (void *)i;
	ok(good && counter == 8000, "eight threads with a lock");
}

static void *exec_from_thread(void *arg)
{
	char *argv[] = { "true", NULL };

	execv("/bin/true", argv);
	return arg;
}

/* exec in a thread is the end of all others, and the new program has the process's id. */
static void thread_execs(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, exec_from_thread, NULL);
	for (;;)
		pause();
}

static void *lock_and_end(void *arg)
{
	pthread_mutex_lock(arg);
	return arg;
}

static void test_robust(void)
{
	pthread_mutexattr_t attr;
	pthread_mutex_t robust;
	pthread_t thread;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	pthread_mutex_init(&robust, &attr);
	pthread_create(&thread, NULL, lock_and_end, &robust);
	pthread_join(thread, NULL);
	ok(pthread_mutex_lock(&robust) == EOWNERDEAD, "a robust lock tells that its owner has died");
}

/* A lock in memory that two processes share: the child is woken by the parent. */
static void test_shared_lock(void)
{
	pthread_mutex_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t attr;
	int status;
	pid_t pid;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(shared, &attr);
	pthread_mutex_lock(shared);
	pid = fork();
	if (pid == 0)
		_exit(pthread_mutex_lock(shared) ? 1 : 4);
	usleep(50000);
	pthread_mutex_unlock(shared);
	ok(waitpid(pid, &status, 0) == pid && exited(status, 4), "a lock that processes share");
}

static void test_credentials(void)
{
	gid_t groups[4] = { 5, 6 }, back[4];
	pid_t pid = fork(), victim;
	int status;

	if (pid == 0) {
		victim = getppid();
		if (setgroups(2, groups) || getgroups(4, back) != 2 || back[1] != 6 || setuid(1000) || getuid() != 1000)
			_exit(1);
		if (setuid(0) != -1 || errno != EPERM || kill(victim, 0) != -1 || errno != EPERM)
			_exit(2);
		if (sethostname("x", 1) != -1 || errno != EPERM || reboot(RB_POWER_OFF) != -1 || errno != EPERM)
			_exit(3);
		_exit(klogctl(5 /* clear */, NULL, 0) == -1 && errno == EPERM ? 0 : 4);
	}
	ok(waitpid(pid, &status, 0) == pid && exited(status, 0), "who gives up root has given it up");
}

int main(void)
{
	/* Stacks of threads are promised memory like any other: 8 MiB each would be too much for a small machine. */
	pthread_attr_t attr;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 65536);
	pthread_setattr_default_np(&attr);

	guest_begin();
	test_wait();
	test_stop();
	test_interrupted();
	test_alarm_without_end();
	test_name_in_log();
	test_sleep_stopped();
	test_masks();
	test_alternate_stack();
	test_groups();
	test_orphans();
	test_exec();
	test_busy_text();
	test_threads();
	ok(exited(in_child(thread_execs), 0), "exec in a thread ends the others");
	test_robust();
	test_shared_lock();
	test_credentials();
	guest_end();
}
