/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Comparing what two trees or packages have: the modules of each by name, and of two with one name what they say. */
#ifndef TOOLS_DIFF_H
#define TOOLS_DIFF_H

#include <stdbool.h>
#include <stddef.h>

enum diff_kind { DIFF_MODULE, DIFF_ALIAS, DIFF_EXPORT, DIFF_PARAMETER, DIFF_SIGNATURE, DIFF_KIND_CNT };

/* Something that a module says. */
struct diff_item {
	enum diff_kind kind;
	char *name;  /* of the alias, symbol, parameter; "" for a signature */
	char *value; /* checksum, type, who has signed; "" */
};

struct diff_items {
	struct diff_item *all; /* by kind and name */
	size_t cnt, cap;
};

/* A module file. */
struct diff_module {
	char *name;
	char *path;
	const char *below; /* the path from the directory on */
};

/* What is compared. */
struct diff_side {
	const char *argument;
	char *unpacked;              /* directory that is removed at the end; NULL */
	struct diff_module *modules; /* by name */
	size_t cnt, cap;
};

/**
 * diff_open - find the modules of a directory or of a package (.deb), or take one module file
 * Return: 0 or a negative errno value, after a message.
 */
int diff_open(struct diff_side *side, const char *argument);
void diff_close(struct diff_side *side);

/** diff_unpack - put the modules of a package into a new directory. Return: it, to be freed; NULL after a message. */
char *diff_unpack(const char *package);

/* Remove a directory and all in it. */
void diff_remove(const char *directory);

/** diff_read - what a module file says. Return: 0 or a negative errno value, after a message. */
int diff_read(const struct diff_module *module, struct diff_items *items);
void diff_free(struct diff_items *items);

#endif
