/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * beside NAME LIMIT ROUNDS COMMAND... -- COMMAND... - the time of our command (the second) as a ratio to another's, in
 * rounds that alternate. Prints a line of the bench: the ratio of the medians, then that of the fastest runs. With
 * BESIDE_TOUCH a file gets the current time before each run of ours, and changes places with the file BESIDE_SWAP, if
 * that is given. With BESIDE_MEMORY the line is about memory: the most that ours had, in MB.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static long memory_kib;

static void fail(const char *what)
{
	fprintf(stderr, "bench: %s failed\n", what);
	exit(1);
}

static double run(char **command)
{
	struct timespec start, end;
	posix_spawn_file_actions_t to_null;
	struct rusage usage;
	pid_t pid;
	int status;

	posix_spawn_file_actions_init(&to_null);
	posix_spawn_file_actions_addopen(&to_null, 1, "/dev/null", O_WRONLY, 0);
	clock_gettime(CLOCK_MONOTONIC, &start);
	if (posix_spawn(&pid, command[0], &to_null, NULL, command, environ) || wait4(pid, &status, 0, &usage) != pid ||
	    status)
		fail(command[0]);
	clock_gettime(CLOCK_MONOTONIC, &end);
	posix_spawn_file_actions_destroy(&to_null);
	memory_kib = usage.ru_maxrss;
	return (double)(end.tv_sec - start.tv_sec) * 1e3 + (double)(end.tv_nsec - start.tv_nsec) / 1e6;
}

/* Change what our command will find. */
static void change(void)
{
	const char *touch = getenv("BESIDE_TOUCH"), *swap = getenv("BESIDE_SWAP");

	if (touch && swap && renameat2(AT_FDCWD, touch, AT_FDCWD, swap, RENAME_EXCHANGE))
		fail("renameat2");
	if (touch && utimensat(AT_FDCWD, touch, NULL, 0))
		fail(touch);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void report(const char *name, double limit, int rounds, double *theirs, double *ours, long most_kib)
{
	double ratio;

	if (getenv("BESIDE_MEMORY")) {
		ratio = (double)most_kib * 1024 / 1e6;
		printf("%s %.1f %g %s  # MB; kmod %.1f\n", name, ratio, limit, ratio <= limit ? "ok" : "over",
		       (double)memory_kib * 1024 / 1e6);
		return;
	}
	qsort(theirs, (size_t)rounds, sizeof(*theirs), by_value);
	qsort(ours, (size_t)rounds, sizeof(*ours), by_value);
	ratio = ours[rounds / 2] / theirs[rounds / 2];
	printf("%s %.3f %g %s  # of kmod's time, the fastest %.3f; %.2f ms, kmod %.2f\n", name, ratio, limit,
	       ratio <= limit ? "ok" : "over", ours[0] / theirs[0], ours[rounds / 2], theirs[rounds / 2]);
}

int main(int argc, char **argv)
{
	int rounds = argc > 5 ? atoi(argv[3]) : 0, second = 4;
	double *theirs = calloc((size_t)rounds + 1, sizeof(*theirs)), *ours = calloc((size_t)rounds + 1, sizeof(*ours));
	long most = 0, their_memory = 0;

	while (second < argc && strcmp(argv[second], "--"))
		second++;
	if (rounds <= 0 || second + 1 >= argc || !theirs || !ours)
		fail("usage: beside NAME LIMIT ROUNDS COMMAND... -- COMMAND...: that");
	argv[second++] = NULL;
	for (int i = -1; i < rounds; i++) { /* the first run of each is not counted */
		theirs[i < 0 ? 0 : i] = run(argv + 4);
		their_memory = memory_kib;
		change();
		ours[i < 0 ? 0 : i] = run(argv + second);
		most = memory_kib > most ? memory_kib : most;
	}
	memory_kib = their_memory;
	report(argv[1], atof(argv[2]), rounds, theirs, ours, most);
	return 0;
}
