/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * For programs that are the first process of the kernel under test: they print TAP on the console and power off. A
 * signal without handler does not end process 1, so what may end badly is done in a child.
 */
#ifndef TESTS_BOOT_PROGRAMS_GUEST_H
#define TESTS_BOOT_PROGRAMS_GUEST_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/tap.h"

__attribute__((unused)) static void guest_begin(void)
{
	mount("proc", "/proc", "proc", 0, NULL);
}

_Noreturn __attribute__((unused)) static void guest_end(void)
{
	tap_done();
	reboot(RB_POWER_OFF);
	abort();
}

/* The number of a word of the kernel's command line, "times="; 0: it is not there. */
__attribute__((unused)) static unsigned word_number(const char *word)
{
	char line[512] = "", *at = NULL;
	FILE *f = fopen("/proc/cmdline", "r");

	if (f) {
		at = fgets(line, sizeof(line), f) ? strstr(line, word) : NULL;
		fclose(f);
	}
	return at ? (unsigned)atoi(at + strlen(word)) : 0;
}

/* How often as much as usual: the word times=N, for long runs. */
__attribute__((unused)) static unsigned times(void)
{
	static unsigned n;

	n = n ? n : word_number("times=");
	return n ? n : 1;
}

/* What is done @cnt times, and has been @done times: is there more to do? In long runs, with the word seconds=N, for so long. */
__attribute__((unused)) static bool more(unsigned done, unsigned cnt)
{
	static time_t until;
	struct timespec now; /* the time of day somebody may set */
	unsigned seconds;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (!done) {
		seconds = word_number("seconds=");
		until = seconds ? now.tv_sec + seconds : 0;
	}
	return until ? now.tv_sec < until : done < cnt * times();
}

/* Do @body in a child. Return: its status of waitpid(), -1: none could be made. */
__attribute__((unused)) static int in_child(void (*body)(void))
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		body();
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}

__attribute__((unused)) static bool exited(int status, int code)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == code)
		return true;
	diag("status 0x%x", status);
	return false;
}

__attribute__((unused)) static bool killed(int status, int signo)
{
	if (WIFSIGNALED(status) && WTERMSIG(status) == signo)
		return true;
	diag("status 0x%x", status);
	return false;
}

/* A line of /proc/meminfo, in kB. */
__attribute__((unused)) static long meminfo(const char *name)
{
	FILE *f = fopen("/proc/meminfo", "r");
	char line[128];
	long value = -1;

	while (f && fgets(line, sizeof(line), f))
		if (!strncmp(line, name, strlen(name)) && line[strlen(name)] == ':')
			value = atol(line + strlen(name) + 1);
	if (f)
		fclose(f);
	return value;
}

/* Children of children that were left behind are gone too. */
__attribute__((unused)) static void reap_all(void)
{
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void measure(long *free_kb, long *heap_kb)
{
	*heap_kb = meminfo("Slab");
	*free_kb = meminfo("MemFree") + meminfo("KernelStack") + meminfo("KernelTables") + *heap_kb;
}

/*
 * Does what @body does leave memory as it was? The first time fills caches. What is kept for the next time (stacks,
 * tables that map them, pages of the heap that are partly used) counts as free, but the heap must not grow by more than its own fragments:
 * what is left of hundreds of processes would be more. A process whose parent is gone may end later than anyone here
 * can wait for, so memory may still be coming back: then it is looked at again, for a while.
 */
__attribute__((unused)) static bool leaves_nothing(void (*body)(void))
{
	enum { TIMES = 4, FRAGMENTS_KB = 64, LOOKS = 500 };
	long free_kb[TIMES], heap_kb[TIMES], least;

	for (int i = 0; i < TIMES; i++) {
		in_child(body);
		reap_all();
		measure(&free_kb[i], &heap_kb[i]);
	}
	least = free_kb[0] < free_kb[1] ? free_kb[0] : free_kb[1];
	for (int i = 0; i < LOOKS; i++) {
		if (free_kb[TIMES - 1] >= least && heap_kb[TIMES - 1] <= heap_kb[1] + FRAGMENTS_KB)
			return true;
		usleep(10000);
		measure(&free_kb[TIMES - 1], &heap_kb[TIMES - 1]);
	}
	diag("free %ld %ld %ld %ld kB, heap %ld %ld %ld %ld kB", free_kb[0], free_kb[1], free_kb[2], free_kb[3],
	     heap_kb[0], heap_kb[1], heap_kb[2], heap_kb[3]);
	return false;
}

#endif
