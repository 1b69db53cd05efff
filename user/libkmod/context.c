/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Contexts: the module tree, its configuration, and the log. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "user/libkmod/internal.h"

static void log_to_stderr(void *data, int priority, const char *file, int line, const char *fn, const char *format,
			  va_list args)
{
	static const char *const names[] = { [LOG_ERR] = "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG" };

	(void)data;
	if (priority >= LOG_ERR && priority <= LOG_DEBUG)
		fprintf(stderr, "libkmod: %s %s:%d %s: ", names[priority], file, line, fn);
	else
		fprintf(stderr, "libkmod: L:%d %s:%d %s: ", priority, file, line, fn);
	vfprintf(stderr, format, args);
}

void log_at(const struct kmod_ctx *ctx, int priority, const char *file, int line, const char *fn, const char *format,
	    ...)
{
	va_list args;

	if (!ctx->log || priority > ctx->log_priority)
		return;
	va_start(args, format);
	ctx->log((void *)(uintptr_t)ctx->log_data, priority, file, line, fn, format, args);
	va_end(args);
}

/* What libtenon-mod tells. */
static void say(void *data, enum tmod_level level, const char *text)
{
	LOG(data, level == TMOD_FATAL ? LOG_ERR : (int)level, "%s\n", text);
}

/* KMOD_LOG: a number, or the beginning of a name. */
static int environment_priority(int otherwise)
{
	const char *text = secure_getenv("KMOD_LOG");
	char *end;
	long number;

	if (!text)
		return otherwise;
	number = strtol(text, &end, 10);
	if (end != text && !*end && number >= 0 && number <= INT_MAX)
		return (int)number;
	if (!strncmp(text, "err", 3))
		return LOG_ERR;
	if (!strncmp(text, "info", 4))
		return LOG_INFO;
	return strncmp(text, "debug", 5) ? otherwise : LOG_DEBUG;
}

API struct kmod_ctx *kmod_new(const char *dirname, const char *const *config_paths)
{
	struct kmod_ctx *ctx = calloc(1, sizeof(*ctx));
	const struct tmod_where where = { .tree = dirname, .config = config_paths };
	int err;

	if (!ctx)
		return NULL;
	ctx->refs = 1;
	ctx->log = log_to_stderr;
	ctx->log_priority = environment_priority(LOG_ERR);
	err = tmod_system_open(&where, &(struct tmod_messages){ say, ctx }, &ctx->system);
	if (!err)
		ctx->config = tmod_system_config(ctx->system);
	if (ctx->config)
		return ctx;
	LOG(ctx, LOG_ERR, "could not create config: %s\n", strerror(err ? -err : ENOMEM));
	kmod_unref(ctx);
	return NULL;
}

API struct kmod_ctx *kmod_ref(struct kmod_ctx *ctx)
{
	if (ctx)
		ctx->refs++;
	return ctx;
}

API struct kmod_ctx *kmod_unref(struct kmod_ctx *ctx)
{
	if (!ctx || --ctx->refs)
		return ctx;
	tmod_system_close(ctx->system);
	free(ctx);
	return NULL;
}

API void kmod_set_log_fn(struct kmod_ctx *ctx, log_fn *log, const void *data)
{
	if (!ctx)
		return;
	ctx->log = log;
	ctx->log_data = data;
}

API int kmod_get_log_priority(const struct kmod_ctx *ctx)
{
	return ctx ? ctx->log_priority : -1;
}

API void kmod_set_log_priority(struct kmod_ctx *ctx, int priority)
{
	if (ctx)
		ctx->log_priority = priority;
}

API void *kmod_get_userdata(const struct kmod_ctx *ctx)
{
	return ctx ? (void *)(uintptr_t)ctx->userdata : NULL;
}

API void kmod_set_userdata(struct kmod_ctx *ctx, const void *userdata)
{
	if (ctx)
		ctx->userdata = userdata;
}

API const char *kmod_get_dirname(const struct kmod_ctx *ctx)
{
	return ctx ? tmod_tree_dir(tmod_system_tree(ctx->system)) : NULL;
}
