/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the files of libkmod share. */
#ifndef LIBKMOD_INTERNAL_H
#define LIBKMOD_INTERNAL_H

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <syslog.h>

#include "user/libkmod/libkmod.h"
#include "tenon/mod.h"

#define API __attribute__((visibility("default")))

typedef void log_fn(void *log_data, int priority, const char *file, int line, const char *fn, const char *format,
		    va_list args);

#define POOL_CHAINS 1024

struct kmod_ctx {
	int refs;
	int log_priority;
	log_fn *log;
	const void *log_data, *userdata;
	struct tmod_system *system;
	const struct tmod_config *config;
	bool loaded;                           /* by kmod_load_resources() */
	struct kmod_module *pool[POOL_CHAINS]; /* by name */
};

/* Without kmod_load_resources(), indexes that were replaced are opened anew: what was found in them before is gone. */
struct tmod_tree *context_tree(const struct kmod_ctx *ctx);

/* Tell the log, with a newline at the end of @format. */
#define LOG(ctx, priority, ...) log_at(ctx, priority, __FILE__, __LINE__, __func__, __VA_ARGS__)
__attribute__((format(printf, 6, 7))) void log_at(const struct kmod_ctx *ctx, int priority, const char *file, int line,
						  const char *fn, const char *format, ...);

/* A ring; NULL is the empty list. */
struct kmod_list {
	struct kmod_list *next, *prev;
	void *data;
};

/* Add at the end. Return: false: no memory. */
bool list_add(struct kmod_list **list, void *data);
void list_free(struct kmod_list *list, void (*free_data)(void *data));

struct kmod_module {
	struct kmod_ctx *ctx;     /* a reference */
	struct kmod_module *next; /* of the pool's chain */
	int refs;
	enum { UNKNOWN, NO, YES } builtin;
	bool options_known;
	char *path, *options;
	const char *alias; /* that stood for it, as the indexes have it; or NULL. Behind the name. */
	char name[];
};

/** module_get - a reference to the module of that name and alias; made if the context has none. NULL: no memory. */
struct kmod_module *module_get(struct kmod_ctx *ctx, const char *name, const char *alias);

/** module_list_get - add a reference to the module of that name to a list. Return: 0 or -ENOMEM. */
int module_list_get(struct kmod_list **list, struct kmod_ctx *ctx, const char *name, const char *alias);

/** module_name - a word as a module's name: up to the first dot, '-' made '_'. Return: false: it is too long. */
bool module_name(const char *word, char name[NAME_MAX + 1]);

/* Set the path if none is known. Return: 0 or -ENOMEM. */
int module_set_path(struct kmod_module *mod, const char *dir, const char *path, size_t len);

bool module_is_builtin(const struct kmod_module *mod);
bool module_is_blacklisted(const struct kmod_module *mod);

#endif
