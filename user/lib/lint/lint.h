/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Looking for mistakes in configuration files. Each file is read twice: here by lines, for what a line says of itself;
 * and by the reader of the configuration (config/), whose messages become findings, and whose entries are compared with
 * each other and with the tree. Findings are collected, sorted, and given to the caller at the end.
 */
#ifndef LIB_LINT_LINT_H
#define LIB_LINT_LINT_H

#include <sys/stat.h>

#include "user/lib/config/arena.h"
#include "user/lib/config/lines.h"
#include "user/lib/names.h"

/* In the order of tmod_lint_rules(). */
enum rule {
	RULE_BAD_LINE,
	RULE_NOT_READ,
	RULE_EXTRA_WORDS,
	RULE_COMMENT,
	RULE_JOINED_COMMENT,
	RULE_NEVER_COUNTS,
	RULE_DUPLICATE,
	RULE_UNKNOWN_MODULE,
	RULE_UNKNOWN_PARAMETER,
	RULE_BAD_VALUE,
	RULE_BUILTIN,
	RULE_POLICY,
	RULE_CYCLE,
	RULE_UNKNOWN_DIRECTORY,
	RULE_CNT
};

struct lint_file {
	const char *path; /* in the arena */
	bool depmod;      /* of depmod.d */
	struct stat st;   /* of what was read */
};

struct finding {
	struct tmod_finding public;
	uint32_t file, number; /* by which they are sorted; number: in the order in which they were found */
};

/* Bytes of a file to be replaced. */
struct edit {
	uint32_t file;
	uint32_t finding; /* its number */
	size_t off, len;
	const char *text; /* in the arena */
};

struct lint {
	struct tmod_system *system;
	const struct tmod_messages *messages;
	const struct tmod_lint *request;
	struct arena arena;
	struct names paths; /* of the files, whose numbers are those in @files */
	struct buf files;   /* struct lint_file */
	struct buf findings, edits;
	struct tmod_config *config;
	bool tree;   /* there is one to compare with */
	bool failed; /* no memory */
};

static inline struct lint_file *lint_file(const struct lint *l, uint32_t number)
{
	return (struct lint_file *)(void *)l->files.data + number;
}

static inline struct finding *lint_finding(const struct lint *l, uint32_t number)
{
	return (struct finding *)(void *)l->findings.data + number;
}

/**
 * lint_add - add a finding
 * @file: number of the file; one that is unknown (NAME_NONE) is not the user's, and then nothing is added
 * Return: its number, or UINT32_MAX.
 */
__attribute__((format(printf, 7, 8))) uint32_t lint_add(struct lint *l, enum rule rule, enum tmod_level level,
							uint32_t file, uint32_t line, uint32_t column,
							const char *format, ...);

/* The same of an entry of the configuration. */
#define lint_entry(l, rule, level, entry, ...) \
	lint_add(l, rule, level, names_find(&(l)->paths, (entry)->file), (entry)->line, 0, __VA_ARGS__)

/* Add how a finding could be mended: @len bytes at @off become @text, which is copied. */
void lint_edit(struct lint *l, uint32_t finding, size_t off, size_t len, const char *text, size_t text_len);

/* A keyword of modprobe.d: does a line begin with one? */
bool lint_is_keyword(const char *word, size_t len);

/* Where in the parameters of an `options` line a comment begins; NULL: nowhere. */
char *lint_comment(const char *parameters, const char *end);

/* What a file's lines say of themselves. @bytes: of the file, NUL after them. Return: 0 or -ENOMEM. */
int lint_modprobe_lines(struct lint *l, uint32_t file, const char *bytes, size_t size);
int lint_depmod_lines(struct lint *l, uint32_t file, const char *bytes, size_t size);

/* Comparing the entries of the configuration: with each other; with the tree. */
void lint_repeated(struct lint *l);
void lint_policy(struct lint *l);
void lint_cycles(struct lint *l);
void lint_preferences(struct lint *l);
void lint_modules(struct lint *l);
void lint_parameters(struct lint *l);

/* Carry out the edits. Return: 0 or a negative errno value, after a message. */
int lint_fix(struct lint *l);

/* Names like others. */
struct near;

/* Prepare for the names of the tree's modules. NULL: no memory. */
struct near *near_open(struct tmod_tree *tree);
void near_close(struct near *near);

/** near_find - a name that becomes @name if one character is changed, added, removed, or two are swapped; or NULL. */
const char *near_find(const struct near *near, const char *name);

/** near_is - is one word the other but for such a change? One of a digit is no mistake of writing. */
bool near_is(const char *a, const char *b);

#endif
