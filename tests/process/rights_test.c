/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What module code in an isolated domain may do to the machine: nothing. Its process as the kernel describes it, system
 * calls made past the gates, and gates called with wrong arguments.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/process/rig.h"

/* ---- the process ---- */

static int pid;

/* The value of a line of /proc/PID/FILE that begins with @key; "" if there is none. */
static const char *proc_line(const char *file, const char *key)
{
	static char line[512];
	char path[64];
	bool found = false;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	f = fopen(path, "re");
	while (f && !found && fgets(line, sizeof(line), f))
		found = !strncmp(line, key, strlen(key));
	if (f)
		fclose(f);
	if (!found)
		return "";
	line[strcspn(line, "\n")] = 0;
	return line + strlen(key) + strspn(line + strlen(key), ": \t");
}

static bool status_is(const char *key, const char *want)
{
	const char *is = proc_line("status", key);

	if (strcmp(is, want))
		diag("%s is '%s', wanted '%s'", key, is, want);
	return !strcmp(is, want);
}

static void process_status(void)
{
	static const char *const none = "0000000000000000";

	ok(status_is("NoNewPrivs", "1"), "it can gain no privileges");
	ok(status_is("Seccomp", "2"), "it has a list of system calls");
	ok(status_is("CapInh", none) && status_is("CapPrm", none) && status_is("CapEff", none) &&
	       status_is("CapAmb", none),
	   "it has no capability");
	if (geteuid()) {
		ok(true, "it is another user # SKIP only root can become one");
		return;
	}
	ok(status_is("CapBnd", none), "and can get none back");
	ok(status_is("Uid", "65534\t65534\t65534\t65534") && status_is("Gid", "65534\t65534\t65534\t65534") &&
	       status_is("Groups", ""),
	   "it is nobody, in no group");
}

static void limit_is(const char *name, const char *want)
{
	const char *is = proc_line("limits", name);

	ok(!strncmp(is, want, strlen(want)) && is[strlen(want)] == ' ', "%s is %s (%.12s)", name, want, is);
}

static void process_limits(void)
{
	limit_is("Max core file size", "0");
	limit_is("Max file size", "0");
	limit_is("Max locked memory", "0");
	limit_is("Max msgqueue size", "0");
	limit_is("Max open files", "4");
	ok(strncmp(proc_line("limits", "Max address space"), "unlimited", 9) != 0, "its address space is limited");
}

/* Root may look; others may not, which is right. */
static void process_files(void)
{
	char path[64], name[256] = "", net[64] = "", ours[64] = "";
	ssize_t len;
	int open = 0;

	for (int fd = 0; fd < 1024; fd++) {
		snprintf(path, sizeof(path), "/proc/%d/fd/%d", pid, fd);
		len = readlink(path, name, sizeof(name) - 1);
		if (len < 0)
			continue;
		name[len] = 0;
		open++;
	}
	if (geteuid()) {
		ok(!open, "its files cannot be looked at");
		return;
	}
	ok(open == 1 && !strncmp(name, "/memfd:tenon", 12), "its memory is the only file it has (%d, %s)", open, name);
	snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
	ok(readlink(path, net, sizeof(net) - 1) > 0 && readlink("/proc/self/ns/net", ours, sizeof(ours) - 1) > 0 &&
	       strcmp(net, ours),
	   "it has a network of its own, without a device");
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	if (readlink(path, net, sizeof(net) - 1) > 0 && readlink("/proc/self/ns/user", ours, sizeof(ours) - 1) > 0 &&
	    strcmp(net, ours))
		limit_is("Max processes", "64"); /* else it would count all of the user's */
}

/* The lists of system calls are in the program's memory, and a thread takes its own while modules run. */
static void process_program(void)
{
	char path[64], line[256];
	int parts = 0, writable = 0;
	FILE *f;

	if (geteuid()) {
		ok(true, "its program cannot be written # SKIP only root can look");
		return;
	}
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		bool program = strstr(line, "tenon-domain") != NULL;

		parts += program;
		writable += program && strchr(line, ' ')[2] != '-';
	}
	if (f)
		fclose(f);
	ok(parts && !writable, "its program cannot be written (%d of %d parts)", writable, parts);
}

/* ---- system calls ---- */

static void system_calls(void)
{
	static const char *const calls[] = {
		"read",
		"write",
		"open",
		"mmap_wx",
		"mmap_x",
		"mmap_file_x",
		"mprotect_wx",
		"mprotect_x",
		"ioctl",
		"socket",
		"clone",
		"fork",
		"execve",
		"kill",
		"ptrace",
		"setuid",
		"prctl",
		"mount",
		"tgkill",
		"openat",
		"unshare",
		"process_vm_readv",
		"execveat",
		"io_uring_setup",
		"pidfd_getfd",
		"sigaltstack",
		"arch_prctl_fs",
		"futex_requeue",
		"futex_lock_pi",
		"membarrier",
		"seccomp",
		"order",
		"high",
		"setpriority",
		"sched_setscheduler",
		"sched_setaffinity",
		"sched_setattr",
		"ioprio_set",
		"tkill",
		"rt_sigqueueinfo",
		"rt_sigprocmask",
		"madvise",
		"mlock",
		"userfaultfd",
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		char params[64];
		int err;

		snprintf(params, sizeof(params), "what=%s target=%d", calls[i], getpid());
		process_log_clear(rig_host);
		err = rig_load(rig_domain("box"), "syscalls", params);
		process_settle(rig_host);
		ok(rig_says(err, -TENON_EFAULT, TENON_R_INIT_FAULT) &&
		       strstr(rig_text(), "syscalls: ended by signal 31 (SYS)") && !rig_logged("survived"),
		   "the system call %s ends the domain", calls[i]);
	}
	rig_domain_close("box");
}

/*
 * The core's lock is held while the domain carries out the host's orders. Its modules can neither stop the thread that
 * does nor pass it by (see the list above); all that they can do is compute in all threads there are.
 */
static void orders_come_through(void)
{
	struct tenon_domain *d = rig_domain("box");
	int err = rig_load(d, "hang", "what=every_thread when=init");

	for (int i = 0; i < 10 && !err; i++) {
		err = rig_load(d, "hello", NULL);
		if (!err)
			err = rig_unload(d, "hello");
	}
	ok(rig_says(err, 0, TENON_R_NONE) && process_domain_pid(d),
	   "a domain whose threads all compute carries out what the host wants");
	process_domain_kill(rig_host, d);
	process_settle(rig_host);
	rig_domain_close("box");
}

/* ---- gates ---- */

static void border_answer(const char *to, long want)
{
	char line[128];

	snprintf(line, sizeof(line), "border: %s: %ld", to, want);
	ok(rig_logged(line) == 1, "gate: %s is answered with %ld", to, want);
}

/* A handle that the kernel's domain gave out, its first: number of the domain 1, generation 1, place 0. */
static uint64_t foreign_handle(void)
{
	return (1ull << 27 | 1) << 20;
}

static void borders(void)
{
	static char secret[4096] __attribute__((aligned(4096))) = "the host's secret";
	char params[128], copy[4096];
	int err;

	memcpy(copy, secret, sizeof(copy));
	snprintf(params, sizeof(params), "secret=%#lx handle=%llu", (unsigned long)(uintptr_t)secret,
		 (unsigned long long)foreign_handle());
	process_log_clear(rig_host);
	err = rig_load(rig_domain("box"), "border", params);
	ok(rig_says(err, 0, TENON_R_NONE), "a module passes wrong arguments, and lives");
	border_answer("log of NULL", -TENON_EFAULT);
	border_answer("log of the host's memory", -TENON_EFAULT);
	border_answer("log of the last page of all", -TENON_EFAULT);
	border_answer("log of too much", -TENON_EINVAL);
	border_answer("log of SIZE_MAX", -TENON_EINVAL);
	border_answer("random into the host's memory", -TENON_EFAULT);
	border_answer("random of SIZE_MAX", -TENON_EINVAL);
	border_answer("device without a name", -TENON_EFAULT);
	border_answer("device with an endless name", -TENON_EINVAL);
	border_answer("device with the host's ops", -TENON_EFAULT);
	border_answer("buffer into the host's memory", -TENON_EFAULT);
	border_answer("event for nobody", -TENON_EFAULT);
	border_answer("event for NULL", -TENON_EFAULT);
	border_answer("memory for nobody", 0);
	border_answer("timer of the host's code", -TENON_EINVAL);
	border_answer("timer without code", -TENON_EINVAL);
	border_answer("timer of data", -TENON_EINVAL);
	border_answer("device with the host's code", -TENON_EINVAL);
	border_answer("foreign handle", -TENON_EBADF);
	border_answer("handle 0", -TENON_EBADF);
	border_answer("handle of all ones", -TENON_EBADF);
	border_answer("handle of another kind", -TENON_EBADF);
	border_answer("buffer of nothing", -TENON_EINVAL);
	border_answer("buffer of everything", -TENON_ENOMEM);
	border_answer("arena of everything", -TENON_ENOMEM);
	border_answer("memory of everything", 0);
	border_answer("memory of half of everything", 0);
	ok(!memcmp(copy, secret, sizeof(copy)) && !rig_logged("secret"),
	   "the host's memory was neither read nor written");
	rig_unload_all(rig_domain("box"));
}

static void fatal_mistakes(void)
{
	static const char *const mistakes[][2] = {
		{ "fatal=self", "put a reference that it had not taken" },
		{ "fatal=put", "put a reference that it had not taken" },
		{ "fatal=free_twice", "freed memory that it had not allocated" },
		{ "fatal=free_wild", "freed memory that it had not allocated" },
	};

	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		int err = rig_load(rig_domain("box"), "border", mistakes[i][0]);

		process_settle(rig_host);
		ok(rig_says(err, -TENON_EFAULT, TENON_R_INIT_FAULT) && strstr(rig_text(), mistakes[i][1]),
		   "gate: %s ends the domain: it %s", mistakes[i][0] + strlen("fatal="), mistakes[i][1]);
	}
	rig_domain_close("box");
}

/* A module that holds itself stays loaded, as long as its domain lives. */
static void holds_itself(void)
{
	int err = rig_load(rig_domain("box"), "border", "fatal=hold");

	ok(rig_says(err, 0, TENON_R_NONE), "a module takes references on itself");
	err = rig_unload(rig_domain("box"), "border");
	ok(rig_says(err, -TENON_EBUSY, TENON_R_IN_USE_REFS), "they keep it");
	process_domain_kill(rig_host, rig_domain("box"));
	process_settle(rig_host);
	ok(rig_logged("left behind: reference") == 1, "killed, it leaves them behind");
	rig_domain_close("box"); /* fails the test if it cannot be */
}

int main(void)
{
	rig_open(NULL);
	/* In the kernel's domain, so that there is a foreign handle. */
	ok(!rig_load(process_kernel(rig_host), "timer", NULL), "another domain has a timer");
	pid = process_domain_pid(rig_domain("box"));
	process_status();
	process_limits();
	process_files();
	process_program();
	system_calls();
	orders_come_through();
	borders();
	fatal_mistakes();
	holds_itself();
	ok(!rig_unload(process_kernel(rig_host), "timer"), "the timer of the other domain is still there");
	ok(rig_close(), "the host closes");
	return tap_done();
}
