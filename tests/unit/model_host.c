/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/model_host.h"

static bool fails(struct model_host *mh)
{
	return mh->fail_at && ++mh->calls == mh->fail_at;
}

static void model_panic(void *context, const char *why)
{
	(void)context;
	fprintf(stderr, "panic: %s\n", why);
	abort();
}

/* What host.h promises: free is called without the core's lock, what concerns module memory with it. */
static void expect_lock(const struct model_host *mh, bool held, const char *broken)
{
	if (!mh->lockless && mh->locked != held)
		model_panic(NULL, broken);
}

static void *model_alloc(void *context, size_t size)
{
	struct model_host *mh = context;
	void *p = fails(mh) ? NULL : malloc(size);

	if (!p)
		return NULL;
	memset(p, 0xa5, size);
	mh->live_allocs++;
	mh->live_bytes += size;
	if (mh->live_bytes > mh->peak_bytes)
		mh->peak_bytes = mh->live_bytes;
	return p;
}

static void model_free(void *context, void *p, size_t size)
{
	struct model_host *mh = context;

	expect_lock(mh, false, "free with the lock held");
	mh->live_allocs--;
	mh->live_bytes -= size;
	free(p);
}

static int model_block_map(void *context, struct tenon_block *b)
{
	struct model_host *mh = context;

	expect_lock(mh, true, "block_map without the lock");
	if (fails(mh))
		return -TENON_ENOMEM;
	b->host = calloc(1, b->size);
	b->run = mh->next_run;
	mh->next_run += b->size;
	mh->live_blocks++;
	return 0;
}

static void model_block_unmap(void *context, struct tenon_block *b)
{
	struct model_host *mh = context;

	expect_lock(mh, true, "block_unmap without the lock");
	mh->live_blocks--;
	free(b->host);
}

static int model_block_write(void *context, struct tenon_block *b)
{
	expect_lock(context, true, "block_write without the lock");
	if (fails(context))
		return -TENON_ENOMEM;
	b->write = b->host;
	return 0;
}

static int model_protect(void *context, const struct tenon_range *ranges, size_t cnt)
{
	struct model_host *mh = context;

	expect_lock(mh, true, "protect without the lock");
	mh->protect_calls++;
	if (fails(mh))
		return -TENON_ENOMEM;
	for (size_t i = 0; i < cnt; i++)
		if (ranges[i].access == TENON_ACCESS_KIND && ranges[i].close)
			ranges[i].block->write = NULL;
	return 0;
}

static void model_lock(void *context)
{
	struct model_host *mh = context;

	if (mh->locked)
		model_panic(mh, "lock taken twice");
	mh->locked = true;
}

static void model_unlock(void *context)
{
	struct model_host *mh = context;

	if (!mh->locked)
		model_panic(mh, "lock not taken");
	mh->locked = false;
}

static void model_sync_cpus(void *context)
{
	expect_lock(context, false, "sync_cpus with the lock held");
}

static uint64_t model_now_ns(void *context)
{
	struct model_host *mh = context;

	return mh->clock_ns += 1000;
}

static void model_log(void *context, enum tenon_log_level level, const char *text, size_t len)
{
	struct model_host *mh = context;

	(void)level;
	snprintf(mh->last_log, sizeof(mh->last_log), "%.*s", (int)len, text);
}

static int model_call(void *context, struct tenon_module *m, uint64_t address, uint64_t arg, int64_t *result,
		      char why[64])
{
	struct model_host *mh = context;

	(void)arg;
	(void)why;
	expect_lock(mh, false, "call with the lock held");
	*result = 0;
	return mh->call ? mh->call(mh->call_arg, m, address, result) : 0;
}

static int64_t memory_read_at(struct tenon_source *src, uint64_t offset, void *buf, size_t len)
{
	memcpy(buf, (const char *)src->host + offset, len);
	return (int64_t)len;
}

struct tenon_source model_source(const void *data, size_t size, bool constant)
{
	return (struct tenon_source){
		.size = size, .constant = constant ? data : NULL, .read_at = memory_read_at, .host = (void *)data
	};
}

static int model_find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src)
{
	struct model_host *mh = context;

	(void)domain;
	expect_lock(mh, false, "find with the lock held");
	for (int i = 0; i < mh->file_cnt; i++) {
		if (strcmp(mh->files[i].name, name))
			continue;
		if (fails(mh))
			return -TENON_EIO;
		*src = model_source(mh->files[i].data, mh->files[i].size, false);
		return 0;
	}
	return -TENON_ENOENT;
}

void model_host_file(struct model_host *mh, const char *name, const void *data, size_t size)
{
	mh->files[mh->file_cnt++] = (struct model_file){ name, data, size };
}

/* The same on each run. */
static void model_random(void *context, void *buf, size_t size)
{
	(void)context;
	memset(buf, 0x5a, size);
}

void model_host_init(struct model_host *mh, const struct tenon_arch *arch, uint64_t run, size_t block_size)
{
	*mh = (struct model_host){ .next_run = run };
	mh->host = (struct tenon_host){
		.context = mh,
		.page_size = 4096,
		.block_size = block_size,
		.arch = arch,
		.alloc = model_alloc,
		.free = model_free,
		.block_map = model_block_map,
		.block_unmap = model_block_unmap,
		.block_write = model_block_write,
		.protect = model_protect,
		.lock = model_lock,
		.unlock = model_unlock,
		.sync_cpus = model_sync_cpus,
		.now_ns = model_now_ns,
		.log = model_log,
		.panic = model_panic,
		.find = model_find,
		.random = model_random,
		.call = model_call,
	};
}

bool model_host_clean(const struct model_host *mh)
{
	return !mh->live_allocs && !mh->live_blocks && !mh->locked;
}
