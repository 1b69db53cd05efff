/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The indexes of a context: opening, closing, whether they are still good, showing. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "user/libkmod/internal.h"

#define INDEX_CNT (KMOD_INDEX_MODULES_BUILTIN + 1)

static const enum tmod_index indexes[INDEX_CNT] = {
	[KMOD_INDEX_MODULES_DEP] = TMOD_INDEX_DEP,
	[KMOD_INDEX_MODULES_ALIAS] = TMOD_INDEX_ALIAS,
	[KMOD_INDEX_MODULES_SYMBOL] = TMOD_INDEX_SYMBOLS,
	[KMOD_INDEX_MODULES_BUILTIN_ALIAS] = TMOD_INDEX_BUILTIN_ALIAS,
	[KMOD_INDEX_MODULES_BUILTIN] = TMOD_INDEX_BUILTIN,
};

struct tmod_tree *context_tree(const struct kmod_ctx *ctx)
{
	struct tmod_tree *tree = tmod_system_tree(ctx->system);

	if (!ctx->loaded && tmod_tree_changed(tree))
		tmod_tree_forget(tree);
	return tree;
}

API int kmod_load_resources(struct kmod_ctx *ctx)
{
	if (!ctx)
		return -ENOENT;
	for (int i = 0; i < INDEX_CNT; i++) {
		int err = tmod_tree_load(context_tree(ctx), indexes[i]);

		if (err && i != KMOD_INDEX_MODULES_BUILTIN_ALIAS) {
			kmod_unload_resources(ctx);
			return err;
		}
	}
	ctx->loaded = true;
	return 0;
}

API void kmod_unload_resources(struct kmod_ctx *ctx)
{
	if (!ctx)
		return;
	tmod_tree_forget(tmod_system_tree(ctx->system));
	ctx->loaded = false;
}

API int kmod_validate_resources(struct kmod_ctx *ctx)
{
	if (!ctx || tmod_config_changed(ctx->config))
		return KMOD_RESOURCES_MUST_RECREATE;
	return ctx->loaded && tmod_tree_changed(tmod_system_tree(ctx->system)) ? KMOD_RESOURCES_MUST_RELOAD :
										 KMOD_RESOURCES_OK;
}

struct dump {
	const char *before;
	int fd;
	size_t len;
	char bytes[16384];
};

static int flush(struct dump *d)
{
	const char *at = d->bytes;

	while (d->len) {
		ssize_t wrote = write(d->fd, at, d->len);

		if (wrote < 0 && errno != EINTR)
			return -errno;
		if (wrote > 0) {
			at += wrote;
			d->len -= (size_t)wrote;
		}
	}
	return 0;
}

static int put(struct dump *d, const char *text)
{
	for (size_t left = strlen(text); left;) {
		size_t n = sizeof(d->bytes) - d->len;

		if (n > left)
			n = left;
		memcpy(d->bytes + d->len, text, n);
		d->len += n;
		text += n;
		left -= n;
		if (d->len == sizeof(d->bytes)) {
			int err = flush(d);

			if (err)
				return err;
		}
	}
	return 0;
}

static int dump_value(void *data, const char *key, const char *value, uint32_t priority)
{
	struct dump *d = data;

	(void)priority;
	return put(d, d->before) ?: put(d, key) ?: put(d, " ") ?: put(d, value) ?: put(d, "\n");
}

API int kmod_dump_index(struct kmod_ctx *ctx, enum kmod_index type, int fd)
{
	bool aliases = type == KMOD_INDEX_MODULES_ALIAS || type == KMOD_INDEX_MODULES_SYMBOL;
	struct dump d = { .before = aliases ? "alias " : "", .fd = fd };
	int ret;

	if (!ctx)
		return -ENOSYS;
	if ((unsigned int)type >= INDEX_CNT)
		return -ENOENT;
	ret = tmod_tree_each(context_tree(ctx), indexes[type], dump_value, &d);
	if (ret == -ENOENT)
		return -ENOSYS;
	return ret < 0 ? ret : flush(&d);
}
