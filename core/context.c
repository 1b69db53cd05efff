/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Making an instance, its switches, and its memory. */
#include "core/string.h"

#include "core/context.h"

/* What mem_free_later() makes of memory. */
struct mem_unused {
	struct mem_unused *next;
	size_t size;
};

/* Every piece can be made one. */
static size_t mem_size(size_t size)
{
	return size < sizeof(struct mem_unused) ? sizeof(struct mem_unused) : size;
}

void *mem_alloc(struct tenon *t, size_t size)
{
	size_t now, peak;
	void *p;

	size = mem_size(size);
	p = t->host->alloc(t->host->context, size);
	if (!p)
		return NULL;
	memset(p, 0, size);
	now = atomic_fetch_add_explicit(&t->heap_bytes, size, memory_order_relaxed) + size;
	peak = atomic_load_explicit(&t->heap_peak_bytes, memory_order_relaxed);
	while (now > peak && !atomic_compare_exchange_weak_explicit(&t->heap_peak_bytes, &peak, now,
								    memory_order_relaxed, memory_order_relaxed))
		;
	return p;
}

void mem_free(struct tenon *t, void *p, size_t size)
{
	if (!p)
		return;
	size = mem_size(size);
	atomic_fetch_sub_explicit(&t->heap_bytes, size, memory_order_relaxed);
	t->host->free(t->host->context, p, size);
}

void mem_free_later(struct tenon *t, void *p, size_t size)
{
	struct mem_unused *unused = p;

	if (!p)
		return;
	*unused = (struct mem_unused){ t->unused, size };
	t->unused = unused;
}

void core_lock(struct tenon *t)
{
	t->host->lock(t->host->context);
}

void core_unlock(struct tenon *t)
{
	struct mem_unused *unused = t->unused, *next;

	t->unused = NULL;
	t->host->unlock(t->host->context);
	for (; unused; unused = next) {
		next = unused->next;
		mem_free(t, unused, unused->size);
	}
}

struct tenon_thread *core_thread(struct tenon *t)
{
	return t->host->thread ? t->host->thread(t->host->context) : &t->only_thread;
}

void core_log(struct tenon *t, enum tenon_log_level level, const char *who, const char *what, const char *detail)
{
	const char *const pieces[] = { who, ": ", what, detail };
	char line[256];
	size_t len = 0;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++)
		for (const char *s = pieces[i]; *s && len < sizeof(line); s++)
			line[len++] = *s;
	t->host->log(t->host->context, level, line, len);
}

static bool power_of_two(size_t n)
{
	return n && !(n & (n - 1));
}

static bool host_complete(const struct tenon_host *h)
{
	/* The required functions stand together. */
	for (size_t at = offsetof(struct tenon_host, alloc); at <= offsetof(struct tenon_host, panic);
	     at += sizeof(h->alloc))
		if (!*(void (*const *)(void))(const void *)((const char *)h + at))
			return false;
	return h->arch && power_of_two(h->page_size) && h->block_size && h->block_size % h->page_size == 0 &&
	       h->isolated_block_size % h->page_size == 0 && !h->wait == !h->wake;
}

int tenon_create(const struct tenon_host *host, struct tenon **out)
{
	struct tenon *t;

	if (!host_complete(host))
		return -TENON_EINVAL;
	t = host->alloc(host->context, sizeof(*t));
	if (!t)
		return -TENON_ENOMEM;
	memset(t, 0, sizeof(*t));
	t->host = host;
	if (host->random)
		host->random(host->context, t->hash_key, sizeof(t->hash_key));
	tenon_thread_add(t, &t->only_thread, "main");
	*out = t;
	return 0;
}

void tenon_destroy(struct tenon *t)
{
	const struct tenon_host *host = t->host;

	if (t->domains || t->newest)
		host->panic(host->context, "tenon_destroy: domains are still open");
	table_free(t, &t->interface);
	if (t->heap_bytes)
		host->panic(host->context, "tenon_destroy: memory of the core is still in use");
	host->free(host->context, t, sizeof(*t));
}

int tenon_accept(struct tenon *t, const struct tenon_personality *p, const char *vermagic, const char *base)
{
	for (uint32_t i = 0; i < t->kind_cnt; i++)
		if (t->kinds[i].ops == p)
			return -TENON_EEXIST;
	if (t->kind_cnt == PERSONALITY_MAX)
		return -TENON_ENOSPC;
	t->kinds[t->kind_cnt++] = (struct personality_use){ p, vermagic, base };
	return 0;
}

int tenon_set_sig_mode(struct tenon *t, enum tenon_sig_mode mode)
{
	int err = -TENON_EPERM;

	core_lock(t);
	if (t->sig_mode != TENON_SIG_ENFORCE || mode == TENON_SIG_ENFORCE) {
		__atomic_store_n(&t->sig_mode, mode, __ATOMIC_RELAXED);
		err = 0;
	}
	core_unlock(t);
	return err;
}

enum tenon_sig_mode tenon_sig_mode(struct tenon *t)
{
	return __atomic_load_n(&t->sig_mode, __ATOMIC_RELAXED);
}

void tenon_disable_modules(struct tenon *t)
{
	__atomic_store_n(&t->modules_disabled, true, __ATOMIC_RELAXED);
}

bool tenon_modules_disabled(struct tenon *t)
{
	return __atomic_load_n(&t->modules_disabled, __ATOMIC_RELAXED);
}

int tenon_set_policy(struct tenon *t, int (*allow)(void *context, const struct tenon_module *m, char why[64]),
		     void *context)
{
	int err = -TENON_EPERM;

	core_lock(t);
	if (!t->policy) {
		t->policy_context = context;
		t->policy = allow;
		err = 0;
	}
	core_unlock(t);
	return err;
}
