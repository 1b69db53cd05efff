/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A root in memory and short ways to do things in it, for tests. */
#ifndef TESTS_KERNEL_TREE_H
#define TESTS_KERNEL_TREE_H

#include "kernel/vfs/file.h"
#include "kernel/vfs/filesystem.h"
#include "kernel/vfs/vfs.h"

/* Mounts a root that may take @limit_bytes. */
void tree_begin(uint64_t limit_bytes);
/* Where paths begin: the root. */
extern struct path_start tree_start;

int make_dir(const char *path);
int make_link(const char *path, const char *target);
int make_fifo(const char *path);
/* Make or overwrite a file. Return: bytes written or negative errno. */
long put_text(const char *path, const char *text);
/* What a file has, NUL-terminated; "" if there is none. In a buffer that the next call uses again. */
const char *text_of(const char *path);
/* The error of looking for it, 0: it is there. */
int look(const char *path);
int rename_to(const char *from, const char *to);
/* The path that path_of() gives for what @path leads to. */
const char *path_again(const char *path);
/* Names in a directory, sorted, one blank between. */
const char *names_in(const char *path);
/* Take away all names and the root itself: the end. */
void tree_clear(void);

#endif
