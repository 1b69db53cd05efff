/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * libtenon-mod: Linux's module files, module trees and their indexes. What the tools are written on.
 *
 * Functions return 0 (or what they say) or a negative errno value. What a person should read about a failure goes to the
 * function of struct tmod_messages, one line each, without a newline. The library has no global state: calls with
 * different objects may run at once in any threads; which objects may be shared is said where they are declared.
 */
#ifndef TENON_MOD_H
#define TENON_MOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Syslog's levels. */
enum tmod_level { TMOD_ERROR = 3, TMOD_WARNING = 4, TMOD_NOTICE = 5, TMOD_INFO = 6, TMOD_DEBUG = 7 };

/* Calls to @say never overlap within one call to the library. A null function, or a null pointer to this: silence. */
struct tmod_messages {
	void (*say)(void *data, enum tmod_level level, const char *text);
	void *data;
};

/* --- names --- */

/** tmod_module_name - the module name of a file or of a user's word: no folders, up to the first dot, '-' made '_'. */
void tmod_module_name(const char *path, char *name, size_t size);

/** tmod_is_module_file - does the name end in .ko, .ko.gz, .ko.xz or .ko.zst? */
bool tmod_is_module_file(const char *name);

/* --- module files --- */

/* One module file. For one thread at a time. */
struct tmod_file;

/**
 * tmod_file_open - open a module file, packed or not
 * Return: 0 or a negative errno value, -ENOEXEC if it is no module; @text then says why (may be null).
 */
int tmod_file_open(const char *path, struct tmod_file **file, char *text, size_t text_size);
void tmod_file_close(struct tmod_file *file);

/* An entry of .modinfo; not NUL-terminated. */
struct tmod_info {
	const char *key, *value;
	size_t key_len, value_len;
};

/**
 * tmod_file_info - step through .modinfo in the file's order
 * @at: in and out; start with NULL
 * Return: whether there is one more. The bytes live as long as the file.
 */
bool tmod_file_info(const struct tmod_file *file, const char **at, struct tmod_info *info);

/* What the signature appended to a file says. Bytes live as long as the file; nothing is verified. */
struct tmod_signature {
	const char *id_type;                 /* "PKCS#7", or NULL: unsigned */
	const char *signer;                  /* common name of the issuer, not NUL-terminated */
	const char *hash;                    /* "sha256" ... */
	const uint8_t *key, *signature;
	size_t signer_len, key_len, signature_len;
};

void tmod_file_signature(const struct tmod_file *file, struct tmod_signature *out);

/* --- module trees --- */

/* A module tree (/lib/modules/RELEASE) and its indexes, each opened when first needed. For any number of threads. */
struct tmod_tree;

int tmod_tree_open(const char *dir, const struct tmod_messages *messages, struct tmod_tree **tree);
void tmod_tree_close(struct tmod_tree *tree);
const char *tmod_tree_dir(const struct tmod_tree *tree);

enum tmod_index {
	TMOD_INDEX_DEP,           /* module name -> "path: dependency dependency ..." */
	TMOD_INDEX_ALIAS,         /* patterns -> module names */
	TMOD_INDEX_SYMBOLS,       /* "symbol:NAME" -> module name */
	TMOD_INDEX_BUILTIN,       /* module name -> "" */
	TMOD_INDEX_BUILTIN_ALIAS, /* patterns -> module names */
	TMOD_INDEX_CNT
};

/* Called for a value that was found; a return value other than 0 ends the search. */
typedef int tmod_found_fn(void *data, const char *key, const char *value, uint32_t priority);

/**
 * tmod_tree_search - all values of a key in one index
 * @wildcards: the index's keys are patterns (*, ?, [...]); values come in ascending order of priority
 * Return: number found, what @found returned, or a negative errno value: -ENOENT without that index, -EBADMSG if it is
 * damaged (which is told, once).
 */
int tmod_tree_search(struct tmod_tree *tree, enum tmod_index index, const char *key, bool wildcards,
		     tmod_found_fn *found, void *data);

/** tmod_tree_builtin_info - call @each for every entry of a built-in module. Return: 0, what @each said, or -ENOENT. */
int tmod_tree_builtin_info(struct tmod_tree *tree, const char *name,
			   int (*each)(void *data, const struct tmod_info *info), void *data);

/* A module that a name or an alias stands for. */
struct tmod_module {
	const char *name;
	const char *path; /* of its file; NULL: built in */
};

/**
 * tmod_tree_lookup - the modules that a word stands for, without configuration
 *
 * Asks in this order and stops at the first that knows it: module names, exported symbols, aliases, aliases of built-in
 * modules, names of built-in modules. @found is called for each, in the order in which they would be loaded.
 * Return: how many (0: nothing is known), what @found said, or a negative errno value.
 */
int tmod_tree_lookup(struct tmod_tree *tree, const char *word,
		     int (*found)(void *data, const struct tmod_module *module), void *data);

/* --- depmod --- */

struct tmod_depmod {
	const char *dir;       /* the tree */
	const char *out_dir;   /* where the indexes go; NULL: to the tree */
	/* Not NULL: gets the text files, one after the other, and nothing is written. Returns 0 or a negative errno value. */
	int (*show)(void *data, const char *bytes, size_t len);
	void *show_data;
	bool if_newer;         /* do nothing if modules.dep is there and no module file is newer */
	unsigned int threads;  /* 0: as many as there are CPUs */
	struct tmod_messages messages;
};

/**
 * tmod_depmod - make the indexes of a tree
 *
 * New files replace the old ones when all are complete and on the disk; if anything fails, the old ones stay.
 * Return: 0; -ELOOP if modules need each other in a circle; or a negative errno value.
 */
int tmod_depmod(const struct tmod_depmod *request);

#endif
