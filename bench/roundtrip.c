/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Instructions of a call into a module and back, in user mode, exactly: both processes are single-stepped by a third.
 * While one side has the turn the other would spin; it is not stepped then, so waiting does not count.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/host.h"
#include "bench/object.h"
#include "port/process/process.h"

#define WARM_UP 3
#define ROUNDS 16
#define THREADS_MAX 64
#define PAUSE 0x90f3 /* the instruction, as it is read */

/* ---- the program that is stepped ---- */

static void call_module(struct process_host *h, const struct process_code *code, int cnt)
{
	const uint64_t args[KPI_ARGS_MAX] = { 41 };
	char why[64];
	int64_t result = 0;

	for (int i = 0; i < cnt; i++)
		if (process_upcall(h, code, args, &result, why) || result != 42)
			_exit(3);
}

/* Says which process the domain is, then stops for the stepper, makes the calls, stops again. */
static int stepped(bool isolated, int pid_pipe)
{
	static const uint8_t plus_one[] = { 0x8d, 0x47, 0x01, 0xc3 };
	struct process_options options = { .deadline_ms = 20000 };
	struct object_spec spec = { .name = "roundtrip", .code = plus_one, .code_bytes = sizeof(plus_one) };
	struct tenon_request req = { .flags = TENON_LOAD_NO_START };
	struct tenon_module_info info;
	struct process_code code = { 0 };
	struct process_host *h;
	struct bench_file file;
	struct tenon_source src;
	pid_t pid;

	file.data = object_make(&spec, &file.size);
	src = bench_source(&file);
	req.source = &src;
	if (process_open(&options, &h) || tenon_accept(process_core(h), &tenon_native, OBJECT_VERMAGIC, NULL))
		return 2;
	req.domain = process_kernel(h);
	if (isolated && process_isolate(h, "bench", &req.domain))
		return 2;
	code.module = bench_load(process_core(h), &req);
	tenon_module_info(code.module, &info);
	code.address = info.address[TENON_MEM_TEXT];
	call_module(h, &code, WARM_UP);
	pid = isolated ? process_domain_pid(req.domain) : 0;
	if (write(pid_pipe, &pid, sizeof(pid)) != sizeof(pid) || ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		return 2;
	raise(SIGSTOP);
	call_module(h, &code, ROUNDS);
	raise(SIGSTOP);
	_exit(0);
}

/* ---- the stepper ---- */

/* Step @pid once. Return: false if it stopped for another reason. */
static bool step(pid_t pid)
{
	int status;

	return !ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL) && waitpid(pid, &status, __WALL) == pid &&
	       WIFSTOPPED(status) && WSTOPSIG(status) == SIGTRAP;
}

static bool at_pause(pid_t pid)
{
	struct user_regs_struct regs;

	if (ptrace(PTRACE_GETREGS, pid, NULL, &regs))
		return false;
	return (ptrace(PTRACE_PEEKTEXT, pid, (void *)regs.rip, NULL) & 0xffff) == PAUSE;
}

/* Stop all threads of the domain's process. Return: how many. */
static int seize(pid_t pid, pid_t tids[THREADS_MAX])
{
	char path[64];
	struct dirent *e;
	int cnt = 0, status;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	dir = opendir(path);
	while (dir && (e = readdir(dir)) && cnt < THREADS_MAX) {
		pid_t tid = atoi(e->d_name);

		if (tid && !ptrace(PTRACE_SEIZE, tid, NULL, NULL) && !ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) &&
		    waitpid(tid, &status, __WALL) == tid)
			tids[cnt++] = tid;
	}
	if (dir)
		closedir(dir);
	return cnt;
}

/* All threads were told to step: the one that does has been woken. Return: its id, or 0. */
static pid_t stepping(const pid_t *tids, int cnt)
{
	int status;
	pid_t tid;

	for (int i = 0; i < cnt; i++)
		if (ptrace(PTRACE_SINGLESTEP, tids[i], NULL, NULL))
			return 0;
	/* Those that sleep go on sleeping. */
	tid = waitpid(-1, &status, __WALL);
	return tid > 0 && WIFSTOPPED(status) ? tid : 0;
}

/* Count until the next stop of the host; *domain is its thread in the domain, 0 while it is not known. */
static bool count(pid_t host, const pid_t *tids, int cnt, uint64_t *host_steps, uint64_t *domain_steps)
{
	pid_t domain = 0;

	*host_steps = *domain_steps = 0;
	while (step(host)) {
		++*host_steps;
		if (!cnt || !at_pause(host))
			continue;
		if (!domain) {
			domain = stepping(tids, cnt);
			if (!domain)
				return false;
		}
		do {
			if (!step(domain))
				return false;
			++*domain_steps;
		} while (!at_pause(domain));
	}
	return true;
}

static void measure(bool isolated, uint64_t *host_steps, uint64_t *domain_steps)
{
	pid_t tids[THREADS_MAX], domain = 0, host;
	int pipes[2], status, cnt = 0;

	*host_steps = *domain_steps = 0;
	if (pipe(pipes))
		exit(2);
	host = fork();
	if (!host)
		_exit(stepped(isolated, pipes[1]));
	close(pipes[1]);
	if (read(pipes[0], &domain, sizeof(domain)) != sizeof(domain) || waitpid(host, &status, 0) != host ||
	    !WIFSTOPPED(status))
		exit(2);
	close(pipes[0]);
	if (isolated)
		cnt = seize(domain, tids);
	if ((isolated && !cnt) || !count(host, tids, cnt, host_steps, domain_steps))
		*host_steps = *domain_steps = 0;
	kill(host, SIGKILL);
	if (isolated)
		kill(domain, SIGKILL);
	while (wait(&status) > 0)
		;
}

int main(void)
{
	uint64_t host, domain, unused;

	measure(false, &host, &unused);
	figure("entry.guarded_call", (double)host / ROUNDS, -1,
	       "process_upcall into the kernel domain: instructions, with what makes faults come back");
	measure(true, &host, &domain);
	if (!host)
		return figure("entry.isolated_round_trip", 0, -1, "not measured: needs root"), 0;
	figure("entry.isolated_round_trip", (double)(host + domain) / ROUNDS, 600,
	       "instructions of both sides, both awake: host %.1f, domain %.1f", (double)host / ROUNDS,
	       (double)domain / ROUNDS);
	return 0;
}
