/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Across the border of an isolated domain. What the interface's description calls a string, structure or buffer is
 * copied, once, between the domain's memory and the kernel's, so that functions and callbacks see plain memory of their
 * own side. kpi/README.md has the answer to each misuse.
 */
#include "kpi/impl/impl.h"

#define SMALL_BYTES 512u /* calls with less to copy need no allocation */
#define PIECE_BYTES 64u  /* of a string, whose length nobody knows before: it may end just before memory does */

/* What is copied for one argument. */
struct copy {
	uint8_t *host;
	tenon_addr address;
	size_t len;
	bool in, out, bytes;
};

struct crossing {
	struct copy copy[KPI_ARGS_MAX];
	uint8_t small[SMALL_BYTES] __attribute__((aligned(16)));
	uint8_t *large; /* instead of small */
	size_t large_bytes;
};

static size_t aligned(size_t len)
{
	return (len + 15) & ~(size_t)15;
}

/* What a function returned: the rest of the register says nothing. */
int64_t tenon_kpi_result(const struct kpi_call *type, int64_t raw)
{
	if (!type)
		return raw;
	switch (type->ret) {
	case KPI_RET_VOID:
		return 0;
	case KPI_RET_INT:
		return (int32_t)raw;
	case KPI_RET_LONG:
	case KPI_RET_HANDLE:
		return (long)raw;
	case KPI_RET_POINTER:
		return (int64_t)(uintptr_t)raw;
	default:
		return raw;
	}
}

static bool succeeded(const struct kpi_call *k, int64_t result)
{
	switch (k->ret) {
	case KPI_RET_POINTER:
		return result;
	case KPI_RET_VOID:
	case KPI_RET_U64:
		return true;
	default:
		return result >= 0;
	}
}

/*
 * What argument @i needs copied. Return: 0, or -TENON_EINVAL: a buffer is longer than the function takes. A string is
 * as long as it may be; where it ends is looked for while it is copied.
 */
static int plan_copy(const struct kpi_call *k, unsigned int i, const uint64_t args[KPI_ARGS_MAX], struct copy *c)
{
	const struct kpi_arg *a = &k->arg[i];
	uint64_t len;

	*c = (struct copy){ .address = (tenon_addr)args[i], .len = a->size };
	switch (a->kind) {
	case KPI_STRING:
	case KPI_IN:
		c->in = true;
		break;
	case KPI_OUT:
		c->out = true;
		break;
	case KPI_INOUT:
		c->in = c->out = true;
		break;
	case KPI_IN_BYTES:
	case KPI_OUT_BYTES:
		len = args[a->len_arg];
		if (len > a->size)
			return -TENON_EINVAL;
		c->in = a->kind == KPI_IN_BYTES;
		c->out = c->bytes = !c->in;
		c->len = (size_t)len;
		break;
	case KPI_OPS:
		c->in = true;
		c->len = kpi_ops_table[a->ops].cnt * sizeof(tenon_addr);
		break;
	default:
		c->len = 0;
	}
	return 0;
}

/* ---- out of the domain: interface calls ---- */

static int copy_string(struct kpi_domain *d, const struct copy *c)
{
	size_t done = 0, len;
	int err;

	do {
		/* Up to an aligned address, so that no piece goes beyond the page that the one before it was in. */
		len = PIECE_BYTES - (c->address + done) % PIECE_BYTES;
		if (len > c->len - done)
			len = c->len - done;
		err = kpi.host->copy_in(d->pub, c->host + done, c->address + done, len);
		if (err)
			return err;
		if (memchr(c->host + done, 0, len))
			return 0;
		done += len;
	} while (done < c->len);
	return -TENON_EINVAL;
}

/* What is only written is looked at too, so that a call does not fail after it was made. */
static int copy_one(struct kpi_domain *d, const struct copy *c, bool string)
{
	if (string)
		return copy_string(d, c);
	if (c->in)
		return kpi.host->copy_in(d->pub, c->host, c->address, c->len);
	memset(c->host, 0, c->len);
	return c->bytes || !c->len ? 0 : kpi.host->copy_out(d->pub, c->address, c->host, c->len);
}

/* Room on the kernel's side for everything, and what goes in. */
static int cross_in(struct kpi_domain *d, const struct kpi_call *k, uint64_t args[KPI_ARGS_MAX], struct crossing *x)
{
	size_t total = 0;
	uint8_t *at = x->small;
	int err;

	for (unsigned int i = 0; i < k->argc; i++) {
		err = plan_copy(k, i, args, &x->copy[i]);
		if (err)
			return err;
		total += aligned(x->copy[i].len);
	}
	if (total > SMALL_BYTES) {
		x->large = at = domain_alloc(d, total);
		x->large_bytes = total;
		if (!at)
			return -TENON_ENOMEM;
	}
	for (unsigned int i = 0; i < k->argc; i++) {
		struct copy *c = &x->copy[i];

		if (!c->in && !c->out)
			continue;
		c->host = at;
		at += aligned(c->len);
		if (c->len) {
			err = copy_one(d, c, k->arg[i].kind == KPI_STRING);
			if (err)
				return err;
		}
		args[i] = (uintptr_t)c->host;
	}
	return 0;
}

static int cross_out(struct kpi_domain *d, const struct kpi_call *k, const struct crossing *x, int64_t result)
{
	int err = 0;

	for (unsigned int i = 0; i < k->argc && !err; i++) {
		const struct copy *c = &x->copy[i];
		size_t len = c->bytes && (uint64_t)result < c->len ? (size_t)result : c->len;

		if (c->out && len)
			err = kpi.host->copy_out(d->pub, c->address, c->host, len);
	}
	return err;
}

static int64_t invoke(const struct kpi_call *k, const uint64_t a[KPI_ARGS_MAX])
{
	int64_t (*fn)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t) = (void *)k->fn;

	return tenon_kpi_result(k, fn(a[0], a[1], a[2], a[3], a[4], a[5]));
}

static bool may_call(const struct kpi_domain *d, uint32_t index)
{
	return index < kpi_call_cnt && __atomic_load_n(&d->imported[index / 32], __ATOMIC_RELAXED) >> index % 32 & 1;
}

int tenon_kpi_bind(struct tenon_kpi_domain *pub, const char *name)
{
	for (uint32_t i = 0; i < kpi_call_cnt; i++) {
		if (strcmp(kpi_calls[i].name, name))
			continue;
		__atomic_fetch_or(&pub->impl->imported[i / 32], 1u << i % 32, __ATOMIC_RELAXED);
		return (int)i;
	}
	return -TENON_EINVAL;
}

int tenon_kpi_gate(struct tenon_kpi_domain *pub, uint32_t index, const uint64_t given[KPI_ARGS_MAX], tenon_addr from,
		   int64_t *result)
{
	struct kpi_domain *d = pub->impl;
	struct tenon_kpi_thread *self = kpi.host->self();
	struct crossing x;
	uint64_t args[KPI_ARGS_MAX];
	const struct kpi_call *k;
	int err;

	x.large = NULL; /* only this: the rest is large */
	*result = 0;
	if (!may_call(d, index))
		return -TENON_EINVAL;
	k = &kpi_calls[index];
	memcpy(args, given, sizeof(args));
	err = cross_in(d, k, args, &x);
	self->gate_from = from;
	if (!err) {
		*result = invoke(k, args);
		if (succeeded(k, *result))
			err = cross_out(d, k, &x, *result);
	}
	/* A call that has no error to return answers as if there were no memory. */
	if (err && k->ret != KPI_RET_POINTER && k->ret != KPI_RET_VOID && k->ret != KPI_RET_U64)
		*result = err;
	domain_free(d, x.large, x.large_bytes);
	return 0;
}

/* ---- into the domain: callbacks ---- */

int tenon_kpi_args_in(struct tenon_kpi_scratch *s, const struct kpi_call *type, const uint64_t args[KPI_ARGS_MAX],
		      uint64_t passed[KPI_ARGS_MAX])
{
	struct copy c;
	int err;

	for (unsigned int i = 0; i < KPI_ARGS_MAX; i++) {
		const void *from = (const void *)(uintptr_t)args[i];

		passed[i] = args[i];
		if (!type || i >= type->argc)
			continue;
		if (plan_copy(type, i, args, &c))
			return -TENON_EINVAL;
		if ((!c.in && !c.out) || !from)
			continue;
		if (type->arg[i].kind == KPI_STRING)
			c.len = strnlen(from, c.len - 1) + 1;
		if (c.len > s->bytes - s->used)
			return -TENON_ENOMEM;
		err = c.in ? kpi.host->copy_out(s->domain, s->address + s->used, from, c.len) : 0;
		if (err)
			return err;
		passed[i] = s->address + s->used;
		s->used += aligned(c.len) < s->bytes - s->used ? aligned(c.len) : s->bytes - s->used;
	}
	return 0;
}

int64_t tenon_kpi_args_out(const struct tenon_kpi_scratch *s, const struct kpi_call *type,
			   const uint64_t args[KPI_ARGS_MAX], const uint64_t passed[KPI_ARGS_MAX], int64_t raw)
{
	int64_t result = tenon_kpi_result(type, raw);
	struct copy c;

	if (!type || !succeeded(type, result))
		return result;
	for (unsigned int i = 0; i < type->argc; i++) {
		size_t len;

		if (plan_copy(type, i, args, &c) || !c.out || !args[i])
			continue;
		len = c.bytes && (uint64_t)result < c.len ? (size_t)result : c.len;
		if (kpi.host->copy_in(s->domain, (void *)(uintptr_t)args[i], (tenon_addr)passed[i], len))
			return -TENON_EFAULT;
	}
	return result;
}

/* @self has entered the module. */
static inline int upcall(struct tenon_kpi_thread *self, const struct tenon_kpi_code *code,
			 const uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	int err = kpi.host->call(tenon_domain_host(tenon_module_domain(code->module)), code, args, result);

	if (!err)
		*result = tenon_kpi_result(code->type, *result);
	tenon_leave(self->core); /* after that module and domain may go */
	return err;
}

int upcall_entered(const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	return upcall(kpi.host->self(), code, args, result);
}

static bool is_inside(const struct tenon_thread *self, const struct tenon_module *m)
{
	for (uint32_t i = 0; i < self->depth; i++)
		if (self->frame[i] == m)
			return true;
	return false;
}

bool enter_module(struct tenon_thread *self, struct tenon_module *m)
{
	return tenon_enter(self, m) ||
	       (tenon_module_state(m) == TENON_GOING && is_inside(self, m) && tenon_push(self, m));
}

bool enter_closed(struct object *o, struct tenon_thread *self)
{
	struct tenon_module *m = o->account->module;
	bool entered;

	kpi.host->lock(&o->lock);
	entered = !o->dead && tenon_module_state(m) == TENON_GOING && tenon_push(self, m);
	kpi.host->unlock(&o->lock);
	return entered;
}

int tenon_kpi_upcall(const struct tenon_kpi_code *code, const uint64_t args[KPI_ARGS_MAX], int64_t *result)
{
	struct tenon_kpi_thread *self = kpi.host->self();

	return enter_module(self->core, code->module) ? upcall(self, code, args, result) :
							tenon_enter_error(self->core);
}
