/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The C interface of libkmod.so.2, as programs that use it know it, here on top of libtenon-mod (tenon/mod.h). New
 * programs should use that.
 *
 * A context and all that comes from it belong to one thread at a time; different contexts are independent. Objects
 * are counted: each function that gives a context or a module gives a reference with it. Functions that return int
 * return a negative errno value on failure, -ENOENT for a null pointer; functions that return a pointer NULL.
 */
#ifndef LIBKMOD_LIBKMOD_H
#define LIBKMOD_LIBKMOD_H

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- context: a module tree and its configuration --- */

struct kmod_ctx;

/**
 * kmod_new - read the configuration
 * @dirname: the module tree; NULL: that of the running kernel
 * @config_paths: files and directories, ended by NULL; NULL: the usual ones
 *
 * The environment's KMOD_LOG sets the log's priority: a number, "err", "info" or "debug".
 */
struct kmod_ctx *kmod_new(const char *dirname, const char *const *config_paths);
struct kmod_ctx *kmod_ref(struct kmod_ctx *ctx);
/* Return: @ctx, or NULL if this was the last reference. */
struct kmod_ctx *kmod_unref(struct kmod_ctx *ctx);

/* What is said goes to standard error until another function is set; NULL: nowhere. */
void kmod_set_log_fn(struct kmod_ctx *ctx,
		     void (*log_fn)(void *log_data, int priority, const char *file, int line, const char *fn,
				    const char *format, va_list args),
		     const void *data);
/* Syslog's priorities; LOG_ERR if nothing else is set. */
int kmod_get_log_priority(const struct kmod_ctx *ctx);
void kmod_set_log_priority(struct kmod_ctx *ctx, int priority);
void *kmod_get_userdata(const struct kmod_ctx *ctx);
void kmod_set_userdata(struct kmod_ctx *ctx, const void *userdata);
const char *kmod_get_dirname(const struct kmod_ctx *ctx);

/**
 * kmod_load_resources - open the indexes now and keep them
 *
 * Without it, each call looks whether an index on the disk was replaced. Return: 0 or a negative errno value, -ENOENT
 * if an index other than that of the built-in modules' aliases is missing.
 */
int kmod_load_resources(struct kmod_ctx *ctx);
void kmod_unload_resources(struct kmod_ctx *ctx);

enum kmod_resources {
	KMOD_RESOURCES_OK = 0,
	KMOD_RESOURCES_MUST_RELOAD = 1,   /* indexes have changed: unload and load */
	KMOD_RESOURCES_MUST_RECREATE = 2, /* configuration has changed: make a new context */
};

/* What kmod_load_resources() opened and kmod_new() read, is it still what is on the disk? Files edited in place too. */
int kmod_validate_resources(struct kmod_ctx *ctx);

enum kmod_index {
	KMOD_INDEX_MODULES_DEP = 0,
	KMOD_INDEX_MODULES_ALIAS,
	KMOD_INDEX_MODULES_SYMBOL,
	KMOD_INDEX_MODULES_BUILTIN_ALIAS,
	KMOD_INDEX_MODULES_BUILTIN,
	_KMOD_INDEX_PAD = 1U << 31, /* makes it as wide as an int */
};

/* Write "KEY VALUE" lines, in front of aliases and symbols "alias ". Return: 0, -ENOSYS without that index. */
int kmod_dump_index(struct kmod_ctx *ctx, enum kmod_index type, int fd);

/* --- lists; NULL is the empty one --- */

struct kmod_list;
struct kmod_list *kmod_list_next(const struct kmod_list *list, const struct kmod_list *curr);
struct kmod_list *kmod_list_prev(const struct kmod_list *list, const struct kmod_list *curr);
struct kmod_list *kmod_list_last(const struct kmod_list *list);

#define kmod_list_foreach(entry, first) \
	for (entry = first; entry != NULL; entry = kmod_list_next(first, entry))
#define kmod_list_foreach_reverse(entry, first) \
	for (entry = kmod_list_last(first); entry != NULL; entry = kmod_list_prev(first, entry))

/* --- configuration --- */

/* Stands before the first entry until kmod_config_iter_next(). Its context must outlive it. */
struct kmod_config_iter;
struct kmod_config_iter *kmod_config_get_blacklists(const struct kmod_ctx *ctx);
struct kmod_config_iter *kmod_config_get_install_commands(const struct kmod_ctx *ctx);
struct kmod_config_iter *kmod_config_get_remove_commands(const struct kmod_ctx *ctx);
struct kmod_config_iter *kmod_config_get_aliases(const struct kmod_ctx *ctx);
struct kmod_config_iter *kmod_config_get_options(const struct kmod_ctx *ctx);
struct kmod_config_iter *kmod_config_get_softdeps(const struct kmod_ctx *ctx);
struct kmod_config_iter *kmod_config_get_weakdeps(const struct kmod_ctx *ctx);
const char *kmod_config_iter_get_key(const struct kmod_config_iter *iter);
/* NULL for a blacklist. */
const char *kmod_config_iter_get_value(const struct kmod_config_iter *iter);
bool kmod_config_iter_next(struct kmod_config_iter *iter);
void kmod_config_iter_free_iter(struct kmod_config_iter *iter);

/* --- modules --- */

/* One per name in a context: functions that find it again give another reference to it. Keeps its context. */
struct kmod_module;

int kmod_module_new_from_name(struct kmod_ctx *ctx, const char *name, struct kmod_module **mod);
/* Return: -EEXIST if the context has a module of that name and another file. */
int kmod_module_new_from_path(struct kmod_ctx *ctx, const char *path, struct kmod_module **mod);
/* All modules that a name or an alias stands for. @list must be empty. Return: 0, also if there are none. */
int kmod_module_new_from_lookup(struct kmod_ctx *ctx, const char *given_alias, struct kmod_list **list);
/* Only names of modules, and of what is built in. Return: 0 with @mod NULL if there is none. */
int kmod_module_new_from_name_lookup(struct kmod_ctx *ctx, const char *modname, struct kmod_module **mod);
int kmod_module_new_from_loaded(struct kmod_ctx *ctx, struct kmod_list **list);

struct kmod_module *kmod_module_ref(struct kmod_module *mod);
/* Return: @mod, or NULL if this was the last reference. */
struct kmod_module *kmod_module_unref(struct kmod_module *mod);
int kmod_module_unref_list(struct kmod_list *list);
struct kmod_module *kmod_module_get_module(const struct kmod_list *entry);

/* Strings live as long as the module. */
const char *kmod_module_get_name(const struct kmod_module *mod);
const char *kmod_module_get_path(const struct kmod_module *mod);
const char *kmod_module_get_options(const struct kmod_module *mod);
const char *kmod_module_get_install_commands(const struct kmod_module *mod);
const char *kmod_module_get_remove_commands(const struct kmod_module *mod);
struct kmod_list *kmod_module_get_dependencies(const struct kmod_module *mod);
/* All softdep lines of the module together. The lists must be empty. */
int kmod_module_get_softdeps(const struct kmod_module *mod, struct kmod_list **pre, struct kmod_list **post);
int kmod_module_get_weakdeps(const struct kmod_module *mod, struct kmod_list **weak);

enum kmod_filter {
	KMOD_FILTER_BLACKLIST = 0x00001,
	KMOD_FILTER_BUILTIN = 0x00002,
};

/* Copy a list without what the filter takes out. */
int kmod_module_apply_filter(const struct kmod_ctx *ctx, enum kmod_filter filter_type, const struct kmod_list *input,
			     struct kmod_list **output);
int kmod_module_get_filtered_blacklist(const struct kmod_ctx *ctx, const struct kmod_list *input,
				       struct kmod_list **output) __attribute__((deprecated));

/* --- loading and unloading --- */

enum kmod_remove {
	KMOD_REMOVE_FORCE = O_TRUNC,
	KMOD_REMOVE_NOWAIT = O_NONBLOCK, /* always */
	KMOD_REMOVE_NOLOG = 1,
};

enum kmod_insert {
	KMOD_INSERT_FORCE_VERMAGIC = 0x1,
	KMOD_INSERT_FORCE_MODVERSION = 0x2,
};

enum kmod_probe {
	KMOD_PROBE_FORCE_VERMAGIC = 0x00001,
	KMOD_PROBE_FORCE_MODVERSION = 0x00002,
	KMOD_PROBE_IGNORE_COMMAND = 0x00004,
	KMOD_PROBE_IGNORE_LOADED = 0x00008,
	KMOD_PROBE_DRY_RUN = 0x00010,
	KMOD_PROBE_FAIL_ON_LOADED = 0x00020,

	/* Also what kmod_module_probe_insert_module() returns if that is why it did nothing. */
	KMOD_PROBE_APPLY_BLACKLIST_ALL = 0x10000,        /* dependencies too */
	KMOD_PROBE_APPLY_BLACKLIST = 0x20000,            /* the module asked for */
	KMOD_PROBE_APPLY_BLACKLIST_ALIAS_ONLY = 0x40000, /* ... if an alias stood for it */
};

int kmod_module_remove_module(struct kmod_module *mod, unsigned int flags);
int kmod_module_insert_module(struct kmod_module *mod, unsigned int flags, const char *options);

/**
 * kmod_module_probe_insert_module - load a module with what it needs, as modprobe does
 * @flags: of enum kmod_probe
 * @run_install: runs an install command; NULL: the shell does
 * @print_action: called for each step before it is done; may be NULL
 *
 * Return: 0; one of KMOD_PROBE_APPLY_BLACKLIST_*; or a negative errno value, -EPERM if a `forbid` or `allow` line of
 * the configuration stops it.
 */
int kmod_module_probe_insert_module(struct kmod_module *mod, unsigned int flags, const char *extra_options,
				    int (*run_install)(struct kmod_module *m, const char *cmdline, void *data),
				    const void *data,
				    void (*print_action)(struct kmod_module *m, bool install, const char *options));

/* --- what the running kernel says of a module --- */

enum kmod_module_initstate {
	KMOD_MODULE_BUILTIN = 0,
	KMOD_MODULE_LIVE,
	KMOD_MODULE_COMING,
	KMOD_MODULE_GOING,
	_KMOD_MODULE_PAD = 1U << 31,
};

const char *kmod_module_initstate_str(enum kmod_module_initstate state);
/* Return: of enum kmod_module_initstate, or -ENOENT: it is not loaded. */
int kmod_module_get_initstate(const struct kmod_module *mod);
int kmod_module_get_refcnt(const struct kmod_module *mod);
/* Bytes. */
long kmod_module_get_size(const struct kmod_module *mod);
struct kmod_list *kmod_module_get_holders(const struct kmod_module *mod);
struct kmod_list *kmod_module_get_sections(const struct kmod_module *mod);
const char *kmod_module_section_get_name(const struct kmod_list *entry);
unsigned long kmod_module_section_get_address(const struct kmod_list *entry);
void kmod_module_section_free_list(struct kmod_list *list);

/* --- what a module's file says. Functions that fill a list, which must be empty, return its length. --- */

int kmod_module_get_info(const struct kmod_module *mod, struct kmod_list **list);
const char *kmod_module_info_get_key(const struct kmod_list *entry);
const char *kmod_module_info_get_value(const struct kmod_list *entry);
void kmod_module_info_free_list(struct kmod_list *list);

int kmod_module_get_versions(const struct kmod_module *mod, struct kmod_list **list);
const char *kmod_module_version_get_symbol(const struct kmod_list *entry);
uint64_t kmod_module_version_get_crc(const struct kmod_list *entry);
void kmod_module_versions_free_list(struct kmod_list *list);

int kmod_module_get_symbols(const struct kmod_module *mod, struct kmod_list **list);
const char *kmod_module_symbol_get_symbol(const struct kmod_list *entry);
uint64_t kmod_module_symbol_get_crc(const struct kmod_list *entry);
void kmod_module_symbols_free_list(struct kmod_list *list);

enum kmod_symbol_bind {
	KMOD_SYMBOL_NONE = '\0',
	KMOD_SYMBOL_LOCAL = 'L',
	KMOD_SYMBOL_GLOBAL = 'G',
	KMOD_SYMBOL_WEAK = 'W',
	KMOD_SYMBOL_UNDEF = 'U',
};

int kmod_module_get_dependency_symbols(const struct kmod_module *mod, struct kmod_list **list);
const char *kmod_module_dependency_symbol_get_symbol(const struct kmod_list *entry);
int kmod_module_dependency_symbol_get_bind(const struct kmod_list *entry);
uint64_t kmod_module_dependency_symbol_get_crc(const struct kmod_list *entry);
void kmod_module_dependency_symbols_free_list(struct kmod_list *list);

#ifdef __cplusplus
}
#endif

#endif
