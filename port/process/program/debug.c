/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Modules in gdb. They run in this process then, not in a domain of their own, whose memory no debugger can write. gdb stops in
 * tenon_debug_linked, takes a module's symbols with the addresses of its sections, sets what breakpoints wait for them, and goes on.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "port/process/program/debug.h"

#define ARGS_MAX 64

static const char *const commands[] = {
	"set confirm off",
	"set breakpoint pending on",
	/* Text is mapped from a file that cannot be written there, so breakpoints are the CPU's: four at a time. */
	"mem 0x60000000 0x80000000 ro",
	"set mem inaccessible-by-default off",
	"handle SIGUSR1 SIGUSR2 nostop noprint pass",
	"source /proc/self/fd/3",
};

/* Commands of a breakpoint take several lines, which -ex cannot give. */
static const char script[] = "break tenon_debug_linked\n"
			     "commands\n"
			     "silent\n"
			     "eval \"add-symbol-file %s%s\", file, sections\n"
			     "continue\n"
			     "end\n";

__attribute__((noinline)) void tenon_debug_linked(const char *file, const char *sections);
void tenon_debug_linked(const char *file, const char *sections)
{
	__asm__ volatile("" : : "r"(file), "r"(sections) : "memory");
}

void debug_linked(const struct tenon_linked *linked, const char *file)
{
	struct tenon_linked_section s;
	char sections[4096] = "";
	size_t len = 0;

	for (uint32_t at = 0; len < sizeof(sections) && tenon_linked_section(linked, &at, &s);)
		len += (size_t)snprintf(sections + len, sizeof(sections) - len, " -s %s %#llx", s.name,
					(unsigned long long)s.run);
	tenon_debug_linked(file, sections);
}

void debug_start(char **argv)
{
	const char *args[ARGS_MAX] = { "gdb", "-q" };
	size_t cnt = 2;
	int fd = memfd_create("gdb", 0);

	if (fd < 0 || write(fd, script, sizeof(script) - 1) < 0 || dup2(fd, 3) < 0) {
		fprintf(stderr, "gdb: %s\n", strerror(errno));
		return;
	}
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		args[cnt++] = "-ex";
		args[cnt++] = commands[i];
	}
	args[cnt++] = "--args";
	for (; *argv && cnt < ARGS_MAX - 1; argv++)
		args[cnt++] = strcmp(*argv, "--gdb") ? *argv : DEBUG_INSIDE;
	execvp("gdb", (char **)args);
	fprintf(stderr, "gdb: %s\n", strerror(errno));
}
