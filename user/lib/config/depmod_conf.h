/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What depmod.d(5) says that concerns one kernel: which of several modules with one name is taken. */
#ifndef LIB_CONFIG_DEPMOD_CONF_H
#define LIB_CONFIG_DEPMOD_CONF_H

#include "user/lib/buf.h"
#include "user/lib/config/arena.h"
#include "tenon/mod.h"

struct depmod_override {
	const char *module; /* as the line has it, '-' or '_' */
	const char *dir;    /* below the tree */
};

struct depmod_conf {
	/* Directories below the tree, and "built-in" and "external"; the first goes before the others. Never empty. */
	const char *const *search;   /* ended by NULL, as the next two */
	const char *const *external; /* absolute directories besides the tree */
	const char *const *exclude;  /* names of directories that are not searched, and with them what is below */
	const struct depmod_override *overrides; /* of several for one module the last counts */
	size_t override_cnt;

	struct arena arena;
	struct buf lists[3], override_list;
};

/**
 * depmod_conf_open - read depmod.d
 * @paths: files and directories, ended by NULL; NULL: depmod.d's directories, of which the first to have a file name
 * wins
 * @release: lines for other kernels are left out
 *
 * A line that cannot be understood is reported and left out, as is a file that cannot be read. Return: 0 or -ENOMEM.
 */
int depmod_conf_open(struct depmod_conf *c, const char *const *paths, const char *release,
		     const struct tmod_messages *messages);
void depmod_conf_close(struct depmod_conf *c);

#endif
