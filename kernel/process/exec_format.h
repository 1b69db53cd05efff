/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Files that another program runs: which one it is modules say (kpi/binformat.def), what it gets as arguments is said here. */
#ifndef KERNEL_PROCESS_EXEC_FORMAT_H
#define KERNEL_PROCESS_EXEC_FORMAT_H

#include "kernel/process/exec_stack.h"
#include "tenon/kpi/binformat.h"

#define FORMAT_DEPTH_MAX 5 /* as Linux has it: files that are run by files that are run ... */

struct file;
struct node;

struct exec_format {
	struct tenon_binformat_program program;
	struct exec_words words; /* of the heap: program, its argument, the file's path, the file's arguments */
};

/**
 * exec_format_find - does another program run this file?
 * @path: of @file
 * @words: what it was started with; may be those of @format, of a file that was looked at before
 *
 * Asks for a module if none of those that are there knows the file.
 *
 * Return: 1: yes, and @format says what to start instead; 0: no; what the format says; -TENON_E2BIG, -TENON_ENOMEM, what the
 * file says.
 */
int exec_format_find(struct file *file, const char *path, const struct exec_words *words, struct exec_format *format);

/* /proc/sys/fs/binfmt_misc, below /proc/sys. Return: 0, -TENON_ENOMEM. */
int exec_format_files_init(struct node *sys);

/* Its files: of one format at most. Return: 0, -TENON_EEXIST, -TENON_ENOMEM. Thread, no lock is held. */
int exec_format_files_add(void);
void exec_format_files_remove(void);

/* kernel/process/kpi/binformat.c. Return: 0; -TENON_ENOEXEC: nobody knows it; another error; what is written or shown. */
int kpi_binformat_recognise(const uint8_t *head, size_t len, const char *path, struct tenon_binformat_program *program);
long kpi_binformat_text(bool show, void *text, size_t len, uint32_t status);

#endif
