/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#ifndef TOOLS_WHY_NOT_H
#define TOOLS_WHY_NOT_H

#include "user/tools/json.h"
#include "user/tools/tools.h"

/* While a file is checked, messages say what cannot be checked, again for every file: the first is kept. */
struct checking {
	bool now;
	char first[1024];
};

/* A word, and what there is to say of it. */
struct question {
	struct tmod_system *system;
	json_t *loaded; /* from loaded_json() */
	json_t *modules, *reasons;
	const char *name; /* the word as a module name; a module of another one is found by an alias */
	struct checking *checking;
	bool unbound;  /* it is asked for a device that no driver has */
	bool running;  /* it is about the kernel that runs */
	bool enforced; /* the kernel takes signed modules only */
	bool stopped;  /* there is a reason that stops it */
};

/* Where a reason comes from. */
struct source {
	const char *file;
	uint32_t line;
};

/**
 * why_not_add - add a reason
 * @id: its name in --json, docs/json.md
 * @module: or NULL
 * @stops: it keeps the module from being loaded; otherwise a remark
 * @source: or NULL
 */
__attribute__((format(printf, 6, 7))) void why_not_add(struct question *q, const char *id, const char *module,
						       bool stops, const struct source *source, const char *format,
						       ...);

/* What the kernel says of all modules. */
void why_not_kernel(struct question *q);

/* Is the module among those that the kernel was started to refuse (module_blacklist=)? */
void why_not_kernel_blacklist(struct question *q, const char *name);

/* One module that the word stands for. */
void why_not_module(struct question *q, const struct tmod_module *module);

/* What loading it would do, with all it needs. @word: a name, an alias, or a path */
void why_not_plan(struct question *q, const char *word);

/* A word that stands for nothing. */
void why_not_unknown(struct question *q, const char *word);

/* A device. @modalias gets its alias, or "". Return: whether there is one at @path. */
bool why_not_device(struct question *q, const char *path, char *modalias, size_t size);

#endif
