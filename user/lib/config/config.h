/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The configuration while it is read, and afterwards: what the files of this directory share. Entries are added in the
 * order in which they are read; config.c then sorts them by directive.
 */
#ifndef LIB_CONFIG_CONFIG_H
#define LIB_CONFIG_CONFIG_H

#include "user/lib/buf.h"
#include "user/lib/config/arena.h"
#include "user/lib/config/stamps.h"
#include "tenon/mod.h"

struct config_entry {
	struct tmod_entry public; /* first: callers have a pointer to it */
	uint32_t hash;            /* of the name, if it is not a pattern */
	bool pattern;
	bool untrusted; /* its file can be written by somebody else than root and who reads it */
};

struct tmod_config {
	struct arena arena; /* all strings */
	struct stamps stamps;
	struct buf entries;    /* of struct config_entry */
	bool trusted_commands; /* those of files that others can write are not run */
	bool untrusted;        /* the file that is being read can be written by others */
	uint32_t first[TMOD_DIRECTIVE_CNT +
		       1]; /* entries of a directive: from first[directive] up to first[directive + 1] */
};

/** config_add - add an entry, whose strings live as long as the arena; the name is as indexes have it. */
void config_add(struct tmod_config *c, enum tmod_directive directive, const char *name, const char *value,
		const char *file, uint32_t line);

/**
 * config_of_tree - is it a file that depmod writes: what modules say of themselves, with neither policy nor commands?
 */
bool config_of_tree(const char *path);

/* The second name of a `prefer`, whose value is "over NAME". */
static inline const char *prefer_other(const struct tmod_entry *e)
{
	return e->value + sizeof("over ") - 1;
}

/** options_normalise - make tabs to blanks, in place, as kmod gives parameters to the kernel. Return: @value. */
char *options_normalise(char *value);

/** modprobe_conf_read - take the lines of a modprobe.d file. @file: as long as the arena. Return: 0 or -ENOMEM. */
int modprobe_conf_read(struct tmod_config *c, const char *file, const char *bytes, size_t size,
		       const struct tmod_messages *messages);

/**
 * cmdline_word - cut off the next word of the kernel's command line; quotes keep blanks in a word
 * @at: where to go on; at the line's end when no more comes
 *
 * Return: the word; NULL if there is none here, or its quotes do not end.
 */
char *cmdline_word(char **at);

/** cmdline_read - take what the kernel's command line says of modules. Return: 0 or -ENOMEM. */
int cmdline_read(struct tmod_config *c, const char *bytes, size_t size, const struct tmod_messages *messages);

/**
 * softdep_normalise - write "pre: a b post: c" with each marker once and single blanks
 * @value: what the line says after the module's name; becomes the result
 * @arena: gets it
 *
 * Words before the first marker are left out. Return: the value, "" if nothing remains; NULL: no memory.
 */
const char *softdep_normalise(struct arena *arena, const char *value);

#endif
