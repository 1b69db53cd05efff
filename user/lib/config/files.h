/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Which configuration files there are, in modprobe.d and depmod.d alike: those of a list of directories that end in
 * .conf, in the order of their names. Of several with one name the first counts, wherever it
 * stands: so an empty file or a link to /dev/null in /etc hides one of /lib.
 */
#ifndef LIB_CONFIG_FILES_H
#define LIB_CONFIG_FILES_H

#include "user/lib/config/arena.h"
#include "user/lib/config/stamps.h"
#include "tenon/mod.h"

struct conf_file {
	const char *path, *name; /* the second is the end of the first */
	uint32_t rank;           /* the lower wins a name */
	bool in_directory;       /* found there, not asked for by name */
};

struct conf_files {
	struct arena *arena;   /* has the paths */
	struct stamps *stamps; /* get those of the directories */
	const struct tmod_messages *messages;
	struct buf all;     /* of struct conf_file */
	const char *unread; /* the last directory that cannot be read, or NULL; in the arena */
	int unread_err;
	bool failed; /* no memory */
};

/* Add a file, or those of a directory. @may_lack: nothing is said if nothing is there. */
void conf_files_add(struct conf_files *f, const char *path, bool may_lack);

/* Add those of the usual places of @name ("modprobe.d"). */
void conf_files_add_usual(struct conf_files *f, const char *name);

/** conf_files_each - call @read for each file, in the order that counts, and free the list. Return: 0 or -ENOMEM. */
int conf_files_each(struct conf_files *f, int (*read)(void *data, const struct conf_file *file), void *data);

#endif
