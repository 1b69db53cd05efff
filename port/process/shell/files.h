/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Files of Linux's modules at the prompt: what is mounted, and the devices in Linux's /dev. */
#ifndef PORT_PROCESS_SHELL_FILES_H
#define PORT_PROCESS_SHELL_FILES_H

#include "port/process/shell/shell.h"
#include "port/process/vfs/vfs.h"

struct shell_mount {
	struct shell_mount *next; /* newest first, so that what is mounted below another comes before it */
	struct vfs_mount *mount;
	char *image;
};

/* Where a path is: in a linux.ko. */
struct place {
	struct vfs vfs;
	char path[PROCESS_PATH_BYTES];
};

/* A path without double, "." and last slashes. Return: false, or true: it is not absolute, too long, or the root. */
bool path_clean(const char *path, char out[PROCESS_PATH_BYTES]);

/* What a path is mounted on, or NULL. It is clean. */
const struct vfs *mount_of(const struct shell *s, const char *path);

/*
 * Where a path is: below what is mounted, or a node in the /dev of some linux.ko. Return: whether it is anywhere; then
 * place_put() comes after the last use.
 */
bool place_find(struct shell *s, const char *path, struct place *out);
void place_put(struct place *p);

/* place_find(), and a line if it is nowhere. */
bool place_need(struct shell *s, const struct args *a, const char *path, struct place *out);

/* Print a file of Linux's. Return: status. */
int file_print(const struct args *a, const struct place *p);
/* Write text, to a file that is made or emptied, or a device. Return: status. */
int file_put(const struct args *a, const struct place *p, const char *text, size_t len);

#endif
