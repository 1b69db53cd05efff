/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
#include "tests/port/contract.h"

enum lock { WITHOUT, HELD, EITHER };

/* What host.h says of each: the lock, and whether it may be called from an interrupt. */
static const struct {
	const char *name;
	enum lock lock;
	bool any_context;
} promises[CONTRACT_CNT] = {
	[CONTRACT_ALLOC] = { "alloc", EITHER, false },
	[CONTRACT_FREE] = { "free", WITHOUT, false },
	[CONTRACT_BLOCK_MAP] = { "block_map", HELD, false },
	[CONTRACT_BLOCK_UNMAP] = { "block_unmap", HELD, false },
	[CONTRACT_BLOCK_WRITE] = { "block_write", HELD, false },
	[CONTRACT_PROTECT] = { "protect", HELD, false },
	[CONTRACT_LOCK] = { "lock", WITHOUT, false },
	[CONTRACT_UNLOCK] = { "unlock", HELD, false },
	[CONTRACT_SYNC_CPUS] = { "sync_cpus", WITHOUT, false },
	[CONTRACT_NOW_NS] = { "now_ns", EITHER, true },
	[CONTRACT_LOG] = { "log", EITHER, true },
	[CONTRACT_PANIC] = { "panic", EITHER, true },
	[CONTRACT_WAIT] = { "wait", HELD, false },
	[CONTRACT_WAKE] = { "wake", HELD, false },
	[CONTRACT_THREAD] = { "thread", EITHER, true },
	[CONTRACT_FIND] = { "find", WITHOUT, false },
	[CONTRACT_VERIFY] = { "verify", WITHOUT, false },
	[CONTRACT_BIND] = { "bind", HELD, false },
	[CONTRACT_CALL] = { "call", WITHOUT, false },
	[CONTRACT_RANDOM] = { "random", WITHOUT, false },
	[CONTRACT_EVENT] = { "event", HELD, false },
};

const char *contract_name(enum contract_function f)
{
	return promises[f].name;
}

static const struct tenon_thread *self(const struct contract *c)
{
	return c->inner->thread ? c->inner->thread(c->inner->context) : NULL;
}

static bool holds(const struct contract *c)
{
	return __atomic_load_n(&c->held, __ATOMIC_RELAXED) && __atomic_load_n(&c->holder, __ATOMIC_RELAXED) == self(c);
}

static void set_held(struct contract *c, bool held)
{
	__atomic_store_n(&c->holder, held ? self(c) : NULL, __ATOMIC_RELAXED);
	__atomic_store_n(&c->held, held, __ATOMIC_RELAXED);
}

/* Note a call. Return: the real host. */
static const struct tenon_host *seen(void *context, enum contract_function f)
{
	struct contract *c = context;
	bool held = holds(c);

	__atomic_fetch_add(&c->calls[f], 1, __ATOMIC_RELAXED);
	if (held)
		__atomic_fetch_add(&c->locked[f], 1, __ATOMIC_RELAXED);
	if ((promises[f].lock != EITHER && held != (promises[f].lock == HELD)) ||
	    (c->interrupt && !promises[f].any_context))
		if (!c->broken)
			c->broken = promises[f].name;
	return c->inner;
}

static void *watch_alloc(void *context, size_t size)
{
	const struct tenon_host *h = seen(context, CONTRACT_ALLOC);

	return h->alloc(h->context, size);
}

static void watch_free(void *context, void *p, size_t size)
{
	const struct tenon_host *h = seen(context, CONTRACT_FREE);

	h->free(h->context, p, size);
}

static int watch_block_map(void *context, struct tenon_block *b)
{
	const struct tenon_host *h = seen(context, CONTRACT_BLOCK_MAP);

	return h->block_map(h->context, b);
}

static void watch_block_unmap(void *context, struct tenon_block *b)
{
	const struct tenon_host *h = seen(context, CONTRACT_BLOCK_UNMAP);

	h->block_unmap(h->context, b);
}

static int watch_block_write(void *context, struct tenon_block *b)
{
	const struct tenon_host *h = seen(context, CONTRACT_BLOCK_WRITE);

	return h->block_write(h->context, b);
}

static int watch_protect(void *context, const struct tenon_range *ranges, size_t cnt)
{
	const struct tenon_host *h = seen(context, CONTRACT_PROTECT);

	return h->protect(h->context, ranges, cnt);
}

static void watch_lock(void *context)
{
	const struct tenon_host *h = seen(context, CONTRACT_LOCK);

	h->lock(h->context);
	set_held(context, true);
}

static void watch_unlock(void *context)
{
	const struct tenon_host *h = seen(context, CONTRACT_UNLOCK);

	set_held(context, false);
	h->unlock(h->context);
}

static void watch_sync_cpus(void *context)
{
	const struct tenon_host *h = seen(context, CONTRACT_SYNC_CPUS);

	h->sync_cpus(h->context);
}

static uint64_t watch_now_ns(void *context)
{
	const struct tenon_host *h = seen(context, CONTRACT_NOW_NS);

	return h->now_ns(h->context);
}

static void watch_log(void *context, enum tenon_log_level level, const char *text, size_t len)
{
	const struct tenon_host *h = seen(context, CONTRACT_LOG);

	h->log(h->context, level, text, len);
}

static void watch_panic(void *context, const char *why)
{
	const struct tenon_host *h = seen(context, CONTRACT_PANIC);

	h->panic(h->context, why);
}

/* The lock is somebody else's meanwhile. */
static int watch_wait(void *context, uint64_t deadline_ns)
{
	const struct tenon_host *h = seen(context, CONTRACT_WAIT);
	int err;

	set_held(context, false);
	err = h->wait(h->context, deadline_ns);
	set_held(context, true);
	return err;
}

static void watch_wake(void *context)
{
	const struct tenon_host *h = seen(context, CONTRACT_WAKE);

	h->wake(h->context);
}

static struct tenon_thread *watch_thread(void *context)
{
	const struct tenon_host *h = seen(context, CONTRACT_THREAD);

	return h->thread(h->context);
}

static int watch_find(void *context, struct tenon_domain *domain, const char *name, struct tenon_source *src)
{
	const struct tenon_host *h = seen(context, CONTRACT_FIND);

	return h->find(h->context, domain, name, src);
}

static int watch_verify(void *context, const void *data, size_t size, const void *sig, size_t sig_size)
{
	const struct tenon_host *h = seen(context, CONTRACT_VERIFY);

	return h->verify(h->context, data, size, sig, sig_size);
}

static int watch_bind(void *context, struct tenon_domain *domain, const struct tenon_export *e, tenon_addr *address)
{
	const struct tenon_host *h = seen(context, CONTRACT_BIND);

	return h->bind(h->context, domain, e, address);
}

static int watch_call(void *context, struct tenon_module *m, tenon_addr address, tenon_addr arg, int64_t *result,
		      char why[64])
{
	const struct tenon_host *h = seen(context, CONTRACT_CALL);

	return h->call(h->context, m, address, arg, result, why);
}

static void watch_random(void *context, void *buf, size_t size)
{
	const struct tenon_host *h = seen(context, CONTRACT_RANDOM);

	h->random(h->context, buf, size);
}

static void watch_event(void *context, const struct tenon_module *m, const struct tenon_diag *diag)
{
	const struct tenon_host *h = seen(context, CONTRACT_EVENT);

	h->event(h->context, m, diag);
}

void contract_watch(struct contract *c, const struct tenon_host *inner)
{
	*c = (struct contract){ .inner = inner, .host = *inner };
	c->host.context = c;
	c->host.alloc = watch_alloc;
	c->host.free = watch_free;
	c->host.block_map = watch_block_map;
	c->host.block_unmap = watch_block_unmap;
	c->host.block_write = watch_block_write;
	c->host.protect = watch_protect;
	c->host.lock = watch_lock;
	c->host.unlock = watch_unlock;
	c->host.sync_cpus = watch_sync_cpus;
	c->host.now_ns = watch_now_ns;
	c->host.log = watch_log;
	c->host.panic = watch_panic;
	c->host.wait = inner->wait ? watch_wait : NULL;
	c->host.wake = inner->wake ? watch_wake : NULL;
	c->host.thread = inner->thread ? watch_thread : NULL;
	c->host.find = inner->find ? watch_find : NULL;
	c->host.verify = inner->verify ? watch_verify : NULL;
	c->host.bind = inner->bind ? watch_bind : NULL;
	c->host.call = inner->call ? watch_call : NULL;
	c->host.random = inner->random ? watch_random : NULL;
	c->host.event = inner->event ? watch_event : NULL;
}
