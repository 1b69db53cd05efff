/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * T0: every module of a distribution's kernel is linked by the core, all in one process, and its bytes are compared
 * with what a linker makes of the same file at the same addresses; its imports, exports and their checksums are
 * compared with the kernel's Module.symvers. Nothing of a module is run.
 */
#ifndef TESTS_DEBIAN_T0_H
#define TESTS_DEBIAN_T0_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/load.h"

/* ---- symvers.c: what the kernel's build says of every export ---- */

struct symver {
	const char *name, *module, *space; /* module: its path without suffix, or "vmlinux"; space: "" if none */
	uint32_t crc;
	bool gpl;
	uint64_t address; /* of vmlinux: made up; of a module: set when it has been linked; 0 before */
	bool seen;        /* a module was found to export it */
};

struct symvers {
	char *text;
	struct symver *entries;
	size_t cnt;
	uint32_t *slots; /* open addressing; index + 1 */
	size_t mask;
	bool versioned; /* any has a checksum */
};

/* Read Module.symvers; exports of vmlinux get addresses from @base on. Exits if it cannot be read. */
void symvers_read(struct symvers *sv, const char *path, uint64_t base);
struct symver *symvers_find(const struct symvers *sv, const char *name);
/* Does this entry belong to the module of that name? */
bool symver_of(const struct symver *s, const char *module);

/* ---- tree.c: the modules there are ---- */

struct tree {
	char **paths, **names; /* sorted by path; names with '_' for '-' */
	size_t cnt;
	uint32_t *by_name; /* indexes, sorted by name */
};

void tree_read(struct tree *tree, const char *directory);
/* Index of the module called @name, or tree->cnt. */
size_t tree_find(const struct tree *tree, const char *name);

/* ---- results ---- */

struct result {
	bool done;
	char why[240]; /* what was wrong, "" if nothing */
	uint32_t sections, imports, exports, versions;
	uint64_t bytes;
	bool lld; /* compared with lld too */
	uint32_t flips, flips_seen;
};

/* Say what is wrong, if nothing has been said yet. */
__attribute__((format(printf, 2, 3))) void result_wrong(struct result *r, const char *fmt, ...);

/* ---- facts.c: imports, exports, checksums ---- */

/* Addresses of the exports of the module, from its symbol table; for modules that import them. */
void facts_record(struct symvers *sv, const struct load *l);
void facts_check(const struct symvers *sv, const struct load *l, struct result *r);

/* ---- linker.c: the same by GNU ld or lld ---- */

struct linker {
	const char *const *command; /* and its arguments, up to NULL */
	char directory[4096];       /* for its files */
};

/* Link the file of @l at the addresses that its sections have. On success the output is in @out. */
bool linker_run(const struct linker *ld, const struct load *l, const struct symvers *sv, struct result *r, void **out,
		size_t *out_size);

/* ---- compare.c ---- */

/* Compare all sections with the linker's @out. */
bool compare_image(const struct load *l, const void *out, size_t out_size, struct result *r);
/* Flip one bit of the image, chosen by @seed, and see whether it is noticed; counted in @r. */
void compare_flip(const struct load *l, const void *out, size_t out_size, uint64_t seed, struct result *r);

#endif
