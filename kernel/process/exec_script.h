/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Files that begin with "#!" and the program to run them with, as execve(2) of Linux describes them. */
#ifndef KERNEL_PROCESS_EXEC_SCRIPT_H
#define KERNEL_PROCESS_EXEC_SCRIPT_H

#include "kernel/process/exec_stack.h"

#define SCRIPT_LINE_BYTES 256 /* of the first line, without its end; what is longer is refused */
#define SCRIPT_DEPTH_MAX 4 /* scripts that are run by scripts */

struct file;

struct exec_script {
	char line[SCRIPT_LINE_BYTES + 1];
	const char *program;     /* in line */
	struct exec_words words; /* of the heap: program, its argument, the script's path, the script's arguments */
};

/**
 * exec_script_read - is this a script?
 * @path: of @file
 * @words: what it was started with; may be those of @script, of a script that was read before
 *
 * Return: 1: yes, and @script says what to start instead; 0: no; -TENON_ENOEXEC: its first line is not one;
 * -TENON_E2BIG, -TENON_ENOMEM, what the file says.
 */
int exec_script_read(struct file *file, const char *path, const struct exec_words *words, struct exec_script *script);

#endif
