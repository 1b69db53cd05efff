/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Starting programs. */
#ifndef KERNEL_PROCESS_EXEC_H
#define KERNEL_PROCESS_EXEC_H

#include "kernel/process/exec_stack.h"

struct file;
struct fs_context;
struct user_frame;
struct user_space;

/* What comes of a file: an address space and where to begin in it. */
struct exec_image {
	struct user_space *space; /* a reference */
	uint64_t entry, sp;
	char *path; /* of the heap: absolute */
	char name[16];
};

/**
 * exec_load - make an address space with a program in it
 * @path: the kernel's memory
 *
 * The process that runs is as before.
 *
 * Return: 0; errors of path_find(); -TENON_EACCES: not a file, or not executable; -TENON_ENOEXEC; -TENON_E2BIG;
 * -TENON_ETXTBSY: it is open to be written;
 * -TENON_ENOMEM.
 */
int exec_load(struct fs_context *fs, const char *path, const struct exec_words *words, struct exec_image *image);
void exec_image_drop(struct exec_image *image);

/**
 * exec_become - the task that runs goes on in this image, alone in its process
 *
 * Takes what is in @image. Return: 0 with the registers of the new program in @frame; -TENON_EINTR: it is to end.
 */
int exec_become(struct exec_image *image, struct user_frame *frame);

/* Append a string of the kernel's. Return: 0, -TENON_E2BIG, -TENON_ENOMEM. */
int exec_words_add(struct exec_words *words, const char *string, size_t len);

#endif
