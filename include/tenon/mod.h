/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * libtenon-mod: Linux's module files, module trees and their indexes. What the tools are written on.
 *
 * Functions return 0 (or what they say) or a negative errno value. What a person should read about a failure goes to
 * the function of struct tmod_messages, one line each, without a newline. The library has no global state: calls with
 * different objects may run at once in any threads; which objects may be shared is said where they are declared. But as
 * with system(3) the process ignores SIGINT and SIGQUIT while a command of the configuration runs.
 */
#ifndef TENON_MOD_H
#define TENON_MOD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Syslog's levels. TMOD_FATAL: what was asked for is not even begun. */
enum tmod_level { TMOD_FATAL = 2, TMOD_ERROR = 3, TMOD_WARNING = 4, TMOD_NOTICE = 5, TMOD_INFO = 6, TMOD_DEBUG = 7 };

/* Calls to @say never overlap within one call to the library. A null function, or a null pointer to this: silence. */
struct tmod_messages {
	void (*say)(void *data, enum tmod_level level, const char *text);
	void *data;
};

/** tmod_error_text - an error in words: as strerror(), but for numbers that mean something else here (-EILSEQ). */
const char *tmod_error_text(int err);

/* --- names --- */

/**
 * tmod_module_name - the module name of a file or of a user's word: no directories, up to the first dot, '-' made '_'.
 */
void tmod_module_name(const char *path, char *name, size_t size);

/**
 * tmod_alias_name - write an alias as the indexes have it: '-' is '_', but not between brackets
 * @name: may be @alias
 * Return: false if the brackets do not match or it does not fit.
 */
bool tmod_alias_name(const char *alias, char *name, size_t size);

/** tmod_printable - make control characters '?', in place, so that no file speaks to a terminal. Return: @text. */
char *tmod_printable(char *text);

/** tmod_is_module_file - does the name end in .ko, .ko.gz, .ko.xz or .ko.zst? */
bool tmod_is_module_file(const char *name);

/* --- module files --- */

/* One module file. For one thread at a time. */
struct tmod_file;

/**
 * tmod_file_open - open a module file, packed or not
 * Return: 0 or a negative errno value: -ENOEXEC if it is no module, @text then says why (may be null); -ENOENT also if
 * it has no .modinfo, as with kmod.
 */
int tmod_file_open(const char *path, struct tmod_file **file, char *text, size_t text_size);
void tmod_file_close(struct tmod_file *file);

/* An entry of .modinfo; not NUL-terminated. A string without '=' is a key with an empty value; a key may be empty. */
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
	const char *id_type; /* "PKCS#7"; of kernels before 4.3 "X509" or "PGP"; NULL: unsigned */
	const char *signer;  /* common name of the issuer, without one the last part of its name; not NUL-terminated */
	char hash[64];       /* "sha256" ..., the object identifier of one without a name, or "" */
	const uint8_t *key, *signature;
	size_t signer_len, key_len, signature_len;
};

void tmod_file_signature(const struct tmod_file *file, struct tmod_signature *out);

/**
 * tmod_file_build_id - the number that the linker gave the file's contents, in its note .note.gnu.build-id
 * @text: gets it in hexadecimal, "" without one
 */
void tmod_file_build_id(struct tmod_file *file, char *text, size_t size);

/**
 * tmod_file_memory - bytes of the sections that the kernel loads
 * @stays: as long as the module is loaded; the kernel fills up to pages, and adds symbols and bookkeeping
 * @init: until its init function is done
 */
void tmod_file_memory(const struct tmod_file *file, uint64_t *stays, uint64_t *init);

enum tmod_symbol_kind {
	TMOD_EXPORTS, /* what the module exports; without checksums, all have 0 */
	TMOD_IMPORTS, /* what it needs: undefined symbols, then what only its table of checksums has ("module_layout") */
	TMOD_VERSIONS, /* its table of checksums */
};

struct tmod_symbol {
	const char *name; /* lives as long as the call */
	uint32_t crc;     /* 0: none is known */
	bool weak;        /* an import that may be missing */
};

/**
 * tmod_file_symbols - call @each for every symbol of a kind, in the file's order
 *
 * Return: 0, what @each said if that is not 0, or a negative errno value: -ENOEXEC if the symbols are damaged.
 */
int tmod_file_symbols(struct tmod_file *file, enum tmod_symbol_kind kind,
		      int (*each)(void *data, const struct tmod_symbol *symbol), void *data);

/** tmod_kmod_version - the release of kmod that tools on this library say they are, chosen when it is built. */
int tmod_kmod_version(void);

/* --- module trees --- */

/* A module tree (/lib/modules/RELEASE) and its indexes, each opened when first needed. For any number of threads. */
struct tmod_tree;

/**
 * tmod_tree_find - where a kernel's module tree is
 * @root: of another system, perhaps relative; or NULL
 * @module_dir: below it; NULL: the first of the usual directories (/usr/lib/modules, /lib/modules) that has the release
 * or, where they are the same, the last name of it
 * @release: NULL: of the kernel that runs
 * @path: gets it, absolute, whether it is there or not
 * @root_len: gets how much of it is the root; or NULL
 *
 * Return: 0, -ENAMETOOLONG, or the error of getcwd(3).
 */
int tmod_tree_find(const char *root, const char *module_dir, const char *release, char *path, size_t size,
		   size_t *root_len);

/**
 * tmod_trees_each - the trees that tmod_tree_find() finds, of whatever release, each once
 * @root, @module_dir: as there
 * @each: gets the release; what else has a directory there, such as "updates", is not left out
 * Return: 0, what @each said, -ENAMETOOLONG, the error of getcwd(3), or of opening the directories if none can be opened.
 */
int tmod_trees_each(const char *root, const char *module_dir, int (*each)(void *data, const char *release), void *data);

int tmod_tree_open(const char *dir, const struct tmod_messages *messages, struct tmod_tree **tree);
void tmod_tree_close(struct tmod_tree *tree);
/**
 * tmod_tree_missing - are the tree or its indexes missing, so that nothing can be found in it?
 * @text: gets the reason, and what to do, in one line: which releases there are, or to run depmod
 */
bool tmod_tree_missing(const struct tmod_tree *tree, char *text, size_t size);
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
 * damaged (which is reported, once).
 */
int tmod_tree_search(struct tmod_tree *tree, enum tmod_index index, const char *key, bool wildcards,
		     tmod_found_fn *found, void *data);

/** tmod_tree_each - as tmod_tree_search(), of all keys of an index, in their order (bytes compared). */
int tmod_tree_each(struct tmod_tree *tree, enum tmod_index index, tmod_found_fn *found, void *data);

/** tmod_tree_load - open an index now. Return: 0, or -ENOENT, -EBADMSG as tmod_tree_search(). */
int tmod_tree_load(struct tmod_tree *tree, enum tmod_index index);

/** tmod_tree_changed - has an index that was asked for come, gone or been replaced on the disk since it was opened? */
bool tmod_tree_changed(struct tmod_tree *tree);

/**
 * tmod_tree_forget - close all indexes; they are opened anew when next needed. No other thread may use the tree now.
 */
void tmod_tree_forget(struct tmod_tree *tree);

/** tmod_tree_builtin_info - call @each for every entry of a built-in module. Return: 0, what @each said, or -ENOENT. */
int tmod_tree_builtin_info(struct tmod_tree *tree, const char *name,
			   int (*each)(void *data, const struct tmod_info *info), void *data);

/* A module that a name or an alias stands for. */
struct tmod_module {
	const char *name;
	const char *path; /* of its file; NULL: built in, or only a command of the configuration stands for it */
	bool builtin;
	const char *alias; /* of the configuration, as it stands there, that names it; or NULL */
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

/* --- configuration: modprobe.d, the kernel's command line, modules.softdep and modules.weakdep --- */

/* In the order of `modprobe -c`. */
enum tmod_directive {
	TMOD_BLACKLIST,
	TMOD_INSTALL,
	TMOD_REMOVE,
	TMOD_ALIAS,
	TMOD_OPTIONS,
	TMOD_SOFTDEP,
	TMOD_WEAKDEP,
	TMOD_FORBID,   /* Tenon's own: a module that matches is never loaded, however it is asked for */
	TMOD_ALLOW,    /* Tenon's own: as soon as there is one, a module that matches none is never loaded */
	TMOD_PREFER,   /* Tenon's own: of the modules of one alias, which is tried first; see tmod_config_prefers() */
	TMOD_FALLBACK, /* Tenon's own: of the modules of one alias, those that are tried last */
	TMOD_DIRECTIVE_CNT
};

/* A line of the configuration. */
struct tmod_entry {
	enum tmod_directive directive;
	const char *name; /* module or pattern, '-' made '_' outside of brackets */
	/*
	 * Module of an alias, parameters, command, "pre: a b post: c", "over b". Of TMOD_FORBID and TMOD_ALLOW "", or why the
	 * line is not understood: then it stops all that it could have been about.
	 */
	const char *value;
	const char *file; /* that says so; "kernel command line" */
	uint32_t line;    /* 0: the file has none */
};

/* Never changes once it is made. For any number of threads. */
struct tmod_config;

/**
 * tmod_config_open - read the configuration
 * @paths: files and directories, ended by NULL; NULL: modprobe.d's directories, of which the first to have a file name
 * wins
 * @tree_dir: whose modules.softdep and modules.weakdep are read, as well as the kernel's command line; NULL: neither
 *
 * A line that cannot be understood is reported (file, line, column) and left out. But where it is policy, or a file that
 * might hold policy cannot be read, it stops all that it could have been about (see struct tmod_entry).
 * Return: 0 or -ENOMEM.
 */
int tmod_config_open(const char *const *paths, const char *tree_dir, const struct tmod_messages *messages,
		     struct tmod_config **config);
void tmod_config_close(struct tmod_config *config);

/** tmod_config_next - the entry of a directive that was read after @entry (NULL: the first), or NULL. */
const struct tmod_entry *tmod_config_next(const struct tmod_config *config, enum tmod_directive directive,
					  const struct tmod_entry *entry);

/**
 * tmod_config_find - as tmod_config_next(), of entries whose name is @name or a pattern that matches it
 *
 * @name is written as indexes have it. Names of TMOD_BLACKLIST and TMOD_OPTIONS are no patterns.
 */
const struct tmod_entry *tmod_config_find(const struct tmod_config *config, enum tmod_directive directive,
					  const char *name, const struct tmod_entry *entry);

/**
 * tmod_config_forbids - does policy stop this module?
 * Return: NULL: it may be loaded; the `forbid` that matches; or the first `allow`, if none of them matches.
 */
const struct tmod_entry *tmod_config_forbids(const struct tmod_config *config, const char *name);

/**
 * tmod_config_forbids_file - the same of a module file, by its name and by the name that it gives itself
 * A file that cannot be read has the first.
 */
const struct tmod_entry *tmod_config_forbids_file(const struct tmod_config *config, const char *path);

/**
 * tmod_config_prefers - where one alias stands for both, is @other only loaded if @name cannot be?
 *
 * Of lines that contradict each other the first counts, and `prefer` goes before `fallback`. A blacklisted module is
 * preferred to none.
 * Return: the line of TMOD_PREFER or TMOD_FALLBACK that says so, or NULL.
 */
const struct tmod_entry *tmod_config_prefers(const struct tmod_config *config, const char *name, const char *other);

/**
 * tmod_config_turned_off - the line "alias X off", by which an alias stands for no module
 * @name, @alias: of a struct tmod_module
 * Return: NULL: it is another module.
 */
const struct tmod_entry *tmod_config_turned_off(const struct tmod_config *config, const char *name, const char *alias);

/** tmod_entry_explain - write why an entry of `forbid` or `allow` stops a module, or that one turns off an alias. */
void tmod_entry_explain(const struct tmod_entry *entry, const char *name, char *text, size_t size);

/**
 * tmod_config_changed - has a file or directory that was read changed, or one been added, since? Files edited in place
 * too.
 */
bool tmod_config_changed(const struct tmod_config *config);

/* --- a system: a tree, and the configuration that goes with it --- */

/* Where to look. Null pointers: the usual places of the machine that runs this. */
struct tmod_where {
	const char *root;    /* before /lib/modules (modprobe -d) */
	const char *release; /* modprobe -S */
	const char *tree;    /* the directory of the tree itself, instead of these two; it, too, may be relative */
	const char *const *config; /* modprobe -C, ended by NULL */
};

/* Tree and configuration are opened when first needed. For any number of threads. */
struct tmod_system;

int tmod_system_open(const struct tmod_where *where, const struct tmod_messages *messages, struct tmod_system **system);
void tmod_system_close(struct tmod_system *system);
struct tmod_tree *tmod_system_tree(struct tmod_system *system);
/** tmod_system_config - the configuration; NULL: no memory, and so nothing may be loaded. */
const struct tmod_config *tmod_system_config(struct tmod_system *system);
/** tmod_system_changed - are indexes or configuration on the disk not those that were read? Then open it anew. */
bool tmod_system_changed(struct tmod_system *system);

/**
 * tmod_lookup - the modules that a word stands for, with configuration
 *
 * Asks in this order and stops at the first that knows it: aliases of the configuration, module names, exported
 * symbols, install and remove commands, aliases, aliases of built-in modules, names of built-in modules. What is
 * preferred (tmod_config_prefers()) comes before the other.
 * Return: how many (0: nothing is known), what @found said, or a negative errno value.
 */
int tmod_lookup(struct tmod_system *system, const char *word,
		int (*found)(void *data, const struct tmod_module *module), void *data);

/* --- plans: what loading or unloading would do --- */

enum tmod_flag {
	TMOD_USE_BLACKLIST = 1 << 0, /* blacklisted modules are left out, not only blacklisted aliases */
	TMOD_NO_COMMANDS = 1 << 1,   /* install and remove commands of the modules asked for are not run */
	TMOD_NO_SOFTDEPS = 1 << 2,
	TMOD_LOADED_TOO = 1 << 3, /* plan steps also for what is loaded (--show-depends) */
	TMOD_FIRST_TIME = 1 << 4, /* nothing to do is an error: -EEXIST, -ENOENT */
	TMOD_FORCE_VERMAGIC = 1 << 5,
	TMOD_FORCE_MODVERSION = 1 << 6,
	TMOD_FORCE_UNLOAD = 1 << 7,
	TMOD_HOLDERS = 1 << 8,        /* unload what needs it first */
	TMOD_ALL_OR_NOTHING = 1 << 9, /* a step that fails undoes those of this plan that were done */
	TMOD_GO_ON = 1 << 10, /* words that cannot be done are reported as warnings and left out; the others are done */
	TMOD_REPEATS = 1 << 11, /* steps also for what an earlier step does, as modprobe prints them; not to be run */
	TMOD_WAIT = 1 << 12,    /* unload also what is in use: it will be waited for */
};

enum tmod_action { TMOD_LOAD, TMOD_RUN_INSTALL, TMOD_UNLOAD, TMOD_RUN_REMOVE };

/* Why there is a step. TMOD_HOLDER: it uses what is to be unloaded. */
enum tmod_role { TMOD_ASKED, TMOD_DEPENDENCY, TMOD_SOFT_PRE, TMOD_SOFT_POST, TMOD_HOLDER };

/* One thing to do. */
struct tmod_step {
	enum tmod_action action;
	enum tmod_role role;
	const char *name;
	const char *path;       /* of the module's file, or NULL */
	const char *options;    /* its parameters as the kernel gets them; "" */
	const char *command;    /* of TMOD_RUN_*, in which $CMDLINE_OPTS stands for the options */
	const char *needed_by;  /* name of the module for which it is done; NULL: it is asked for */
	bool required;          /* its failure is the plan's */
	const char *instead_of; /* done only if this module, which is preferred, cannot be loaded; or NULL */
	const struct tmod_entry *preferred_by; /* the line that prefers that module, or NULL */
	bool builtin, loaded;                  /* nothing is to be done */
	bool done_here; /* tmod_plan_run() has loaded or unloaded it itself, and has not undone that */
	const struct tmod_entry *stopped_by; /* the line of the configuration that stops it, and so the plan; or NULL */
	const uint32_t *after; /* numbers of the steps that must be done before it; the others may be done at once */
	uint32_t after_cnt;
};

/* Belongs to one thread; its system must outlive it. */
struct tmod_plan;

/**
 * tmod_plan_load - plan the loading of all modules that each word stands for
 * @words: names, aliases, or paths of module files (that begin with "/", "./" or "../", for aliases may have a '/';
 * dependencies still come from the tree)
 * @options: parameters for the modules asked for, added to those of the configuration; NULL: none
 *
 * Return: how many words were left out as unknown, and a plan, in which a step may be stopped; or a negative errno
 * value after a message: -ENOENT: a word is not known, -ELOOP: modules need each other in a cycle.
 */
int tmod_plan_load(struct tmod_system *system, const char *const *words, size_t cnt, const char *options,
		   unsigned int flags, struct tmod_plan **plan);
/**
 * tmod_plan_unload - plan the unloading: the modules, their dependencies that nothing else uses, softdeps
 *
 * Return: how many words cannot be done, which is reported (nobody knows them, they are in use, ...); the plan has those
 * before the first of them, with TMOD_GO_ON all others. Or a negative errno value after a message.
 */
int tmod_plan_unload(struct tmod_system *system, const char *const *words, size_t cnt, unsigned int flags,
		     struct tmod_plan **plan);
void tmod_plan_close(struct tmod_plan *plan);
const struct tmod_step *tmod_plan_steps(const struct tmod_plan *plan, size_t *cnt);

/* How a plan is carried out. */
struct tmod_run {
	unsigned int threads; /* that load at once; 0 or 1: the steps are done one after the other */
	unsigned int wait_ms; /* how long to wait for a module that is in use */
	bool dry;             /* only call @doing */
	void (*doing)(void *data, const struct tmod_step *step); /* or NULL; calls do not overlap */
	void *data;
};

/**
 * tmod_plan_run - do what the plan says
 *
 * What a failure leaves undone is what was to be done for the same module asked for. A word that stands for several
 * modules failed if the last of them did.
 * Return: 0 or the error of the first word that failed; why is reported in a message (tmod_why_failed()). A step
 * that is stopped: -EPERM.
 */
int tmod_plan_run(struct tmod_plan *plan, const struct tmod_run *run);

/**
 * tmod_command_run - run an install or remove command in a shell, and wait for it
 * @directive: TMOD_INSTALL or TMOD_REMOVE
 * @module: for which it is run: MODPROBE_MODULE is set to it, and a plan that such a command makes does not run the
 * same command again
 *
 * Return: its exit status, 128 + the number of the signal that ended it, or a negative errno value.
 */
int tmod_command_run(const char *command, enum tmod_directive directive, const char *module);

/* --- modules in the running kernel --- */

/* A line of /proc/modules and what /sys/module adds to it. Strings live as long as the call. */
struct tmod_loaded {
	const char *name;
	uint64_t size;              /* bytes */
	int refcount;               /* -1: cannot be unloaded */
	const char *const *holders; /* names of modules that use it, ended by NULL */
	const char *state;          /* "Live", "Loading", "Unloading" */
	const char *taint;          /* "OE" ... or "" */
	uint64_t address;           /* 0: hidden */
};

/* Where the kernel says so. */
#define TMOD_LOADED_FILE   "/proc/modules"
#define TMOD_DISABLED_FILE "/proc/sys/kernel/modules_disabled"
#define TMOD_ENFORCE_FILE  "/sys/module/module/parameters/sig_enforce"
#define TMOD_LOCKDOWN_FILE "/sys/kernel/security/lockdown"
#define TMOD_CMDLINE_FILE  "/proc/cmdline"

/* What the running kernel lets this process do with modules. */
struct tmod_kernel {
	bool modules;         /* it can load modules at all */
	bool disabled;        /* loading and unloading were switched off, until it starts anew */
	bool permitted;       /* this process has the capability */
	bool locked_down;     /* ... and with that, or for sig_enforce: */
	bool enforced;        /* it takes only modules whose signature it can verify */
	char lockdown[32];    /* the mode; "none" if it has none */
	char sig_enforce[16]; /* "Y", "N", "" if it does not say */
};

void tmod_kernel_read(struct tmod_kernel *kernel);

/** tmod_kernel_blacklists - was the kernel started with module_blacklist= and the module's name? It refuses it then. */
bool tmod_kernel_blacklists(const char *name);

/** tmod_loaded_each - all loaded modules, the newest first. Return: 0, what @each said, or a negative errno value. */
int tmod_loaded_each(int (*each)(void *data, const struct tmod_loaded *module), void *data);

/** tmod_loaded_read - one module, from /sys/module, which does not know its address. Return: as above, -ENOENT. */
int tmod_loaded_read(const char *name, int (*each)(void *data, const struct tmod_loaded *module), void *data);

/** tmod_insert - give one module file to the kernel, which unpacks it if it can. Return: 0 or the kernel's error. */
int tmod_insert(const char *path, const char *options, unsigned int flags);
/** tmod_delete - take one module out of the kernel. Return: 0 or the kernel's error. */
int tmod_delete(const char *name, unsigned int flags, unsigned int wait_ms);

/* A device that the kernel has found. Strings live as long as the call. */
struct tmod_device {
	const char *path;     /* below /sys/devices */
	const char *modalias; /* by which a driver is looked for; "" */
	const char *driver;   /* that it is bound to, or NULL */
	const char *module;   /* of the driver, built in or loaded; NULL if the kernel does not say */
};

/**
 * tmod_devices_each - all devices that have an alias or a driver, each before those below it (its children)
 * Return: 0, what @each said, or a negative errno value. A device that goes meanwhile is left out.
 */
int tmod_devices_each(int (*each)(void *data, const struct tmod_device *device), void *data);

/**
 * tmod_device_find - the device of a path in /sys (of a class, a bus, "/sys/dev/char/10:229"): the nearest one at or
 * above it that has an alias or a driver
 * Return: what @each said, or a negative errno value: -ENOENT if there is none.
 */
int tmod_device_find(const char *path, int (*each)(void *data, const struct tmod_device *device), void *data);

enum tmod_use_kind {
	TMOD_USE_MODULE, /* what: its name */
	TMOD_USE_DEVICE, /* what: path in /sys, by: the driver that it is bound to; this keeps no module loaded */
	TMOD_USE_MOUNT,  /* what: the directory, by: what is mounted there */
	TMOD_USE_SOCKET, /* what: the protocol, cnt: its sockets */
	TMOD_USE_CRYPTO, /* what: the algorithm, cnt: its users */
	TMOD_USE_FILE,   /* what: the device node, by: the command that has it open, pid */
};

/* Strings live as long as the call. */
struct tmod_use {
	enum tmod_use_kind kind;
	const char *what, *by; /* or "" */
	uint32_t pid, cnt;
};

/**
 * tmod_uses_each - what uses a module, as far as the kernel lets one see
 * @system: whose tree says which file systems and device numbers are the module's
 * Return: 0, what @each said, or a negative errno value.
 */
int tmod_uses_each(struct tmod_system *system, const char *name, int (*each)(void *data, const struct tmod_use *use),
		   void *data);

enum tmod_operation { TMOD_INSERT, TMOD_DELETE };

/**
 * tmod_why_failed - the cause of a kernel's refusal, looked up: in the file, the tree, the kernel's state
 * @path_or_name: the file of an insert, the name of a delete
 * @text: gets one or more lines, the last of which says what to do; never empty
 */
void tmod_why_failed(struct tmod_system *system, enum tmod_operation operation, const char *path_or_name,
		     const char *options, int err, char *text, size_t size);

/* What a kernel would refuse or complain of. */
enum tmod_problem_kind {
	TMOD_PROBLEM_FORMAT, /* not a module file, or damaged */
	TMOD_PROBLEM_CPU,
	TMOD_PROBLEM_VERMAGIC,
	TMOD_PROBLEM_SYMBOL, /* nothing exports it */
	TMOD_PROBLEM_CRC,
	TMOD_PROBLEM_NAMESPACE,     /* not imported */
	TMOD_PROBLEM_LICENSE,       /* a GPL-only symbol for a module that is not */
	TMOD_PROBLEM_PARAMETER,     /* its value is none: the kernel refuses the module */
	TMOD_PROBLEM_ODD_PARAMETER, /* unknown, or with quotes that do not end: the kernel loads the module nevertheless */
	TMOD_PROBLEM_REPEATED_PARAMETER, /* the last one counts */
	TMOD_PROBLEM_SIGNATURE,          /* none, damaged, or by somebody else */
	TMOD_PROBLEM_DEPENDENCY,         /* a module that it needs is not in the tree */
};

struct tmod_problem {
	enum tmod_problem_kind kind;
	const char *subject; /* the symbol, the parameter ...; or "" */
	const char *text;    /* one line */
};

/**
 * tmod_check - would the kernel whose tree this is accept a module file? Nothing is loaded.
 * @options: parameters to check, or NULL
 * @certificates: a file of certificates (PEM, or one in DER) one of which the signature must be made with, such as the
 * key that is enrolled for Secure Boot; NULL: that there is a signature is checked, not whose it is
 *
 * What the kernel itself exports is taken from Module.symvers (of its headers, or in the tree), or, without that, from
 * what its own modules need; what cannot be known is reported in a message.
 * Return: number of problems, or a negative errno value.
 */
int tmod_check(struct tmod_system *system, const char *path, const char *options, const char *certificates,
	       void (*each)(void *data, const struct tmod_problem *problem), void *data);

/* --- depmod --- */

struct tmod_depmod {
	const char *dir;           /* the tree */
	const char *root;          /* of another system, before dir: absolute links are taken inside it; or NULL */
	const char *out_dir;       /* where the indexes go; NULL: to the tree */
	const char *release;       /* that lines of depmod.d for certain kernels are compared with; NULL: none */
	const char *const *config; /* files and directories in depmod.d's place, ended by NULL; NULL: the usual ones */
	const char *const *files;  /* only these modules, by absolute paths, ended by NULL; NULL: all of the tree */
	/* Not NULL: gets the text files, each whole, and nothing is written. Returns 0 or a negative errno value. */
	int (*show)(void *data, const char *file, const char *bytes, size_t len);
	void *show_data;
	/*
	 * Do nothing if modules.dep is there and no module file is newer; else read only files that have changed. What
	 * was read is kept for this in modules.tenon.bin, beside the indexes.
	 */
	bool if_newer;
	const char *symvers;    /* the kernel's Module.symvers, or NULL; warn of symbols that nothing exports, */
	const char *system_map; /* or its System.map; and of versions that differ, which only the first has */
	char symbol_prefix;     /* of names in system_map; 0: none */
	bool warn_duplicates;   /* of aliases, symbols and modules */
	bool strict_symbols;    /* a missing symbol or another version is a failure; the indexes are made */
	bool preorder; /* the nodes of binary indexes are in the order of kmod 34 and later, not the earlier one */
	bool verbose;  /* tell which symbol makes a module need another, with TMOD_INFO */
	unsigned int threads; /* 0: as many as there are CPUs */
	struct tmod_messages messages;
};

/**
 * tmod_depmod - make the indexes of a tree
 *
 * New files replace the old ones when all are complete and on the disk; if anything fails, the old ones stay.
 * Return: 0; -ELOOP if modules need each other in a cycle: each cycle is reported, and the indexes have all other modules;
 * -ENOKEY with strict_symbols, if a symbol is missing or of another version;
 * or a negative errno value.
 */
int tmod_depmod(const struct tmod_depmod *request);

/* --- lint: what is wrong with modprobe.d and depmod.d --- */

/* Something that is wrong, or may be. Strings live as long as the call. */
struct tmod_finding {
	const char *rule;      /* one of tmod_lint_rules() */
	enum tmod_level level; /* TMOD_ERROR, TMOD_WARNING; TMOD_NOTICE: it is right on some machines */
	const char *file;
	uint32_t line, column; /* from 1; 0: the file as a whole, the line as a whole */
	const char *text;      /* one line */
	bool fixable, fixed;
};

struct tmod_lint {
	const char *const *paths; /* files and directories, ended by NULL; NULL: the usual ones of both kinds */
	bool fix;                 /* mend what can be mended without knowing more; each file is replaced as a whole */
};

/* A kind of finding. */
struct tmod_lint_rule {
	const char *id, *what;
};

/** tmod_lint_rules - all kinds of findings. */
const struct tmod_lint_rule *tmod_lint_rules(size_t *cnt);

/**
 * tmod_lint - find what is wrong with configuration files, alone and together, and for the tree of a system
 * @system: its tree says which modules there are; without one, names and parameters are not looked at, which is reported
 * @each: called for each finding, by file and line; a file is depmod's if its directory is called depmod.d
 *
 * Return: how many files were read, or a negative errno value: -ENOMEM; what writing said, after a message: then
 * nothing of that file was changed.
 */
int tmod_lint(struct tmod_system *system, const struct tmod_lint *request,
	      void (*each)(void *data, const struct tmod_finding *finding), void *data);

#ifdef __cplusplus
}
#endif

#endif
