/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Across the border of an isolated domain. What the interface's description calls a string, structure or buffer is
 * copied, once, between the domain's memory and the host's, so that functions and callbacks see plain memory of their
 * own side. An address that is not in the domain is the caller's error, -EFAULT; a call that cannot be is nonsense.
 */
#include <stdlib.h>
#include <string.h>

#include "port/process/child.h"

#define SMALL_BYTES 512 /* calls with less to copy need no allocation */

/* What is copied for one argument. */
struct copy {
	void *host;
	uint64_t address;
	size_t len;
	bool in, out, bytes;
};

struct crossing {
	struct copy copy[KPI_ARGS_MAX];
	uint8_t small[SMALL_BYTES] __attribute__((aligned(16)));
	uint8_t *large; /* instead of small */
};

int64_t kpi_result(const struct kpi_call *type, int64_t raw)
{
	if (!type)
		return raw;
	if (type->ret == KPI_RET_VOID)
		return 0;
	return type->ret == KPI_RET_INT ? (int32_t)raw : raw;
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
 * What argument @i needs copied. Return: 0, or -TENON_EINVAL: a buffer is longer than the function takes. A string is as
 * long as it may be; where it ends is looked for in the copy.
 */
static int plan_copy(const struct kpi_call *k, unsigned int i, const uint64_t args[KPI_ARGS_MAX], struct copy *c)
{
	const struct kpi_arg *a = &k->arg[i];
	uint64_t len;

	*c = (struct copy){ .address = args[i] };
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
		c->out = !c->in;
		c->bytes = c->out;
		c->len = (size_t)len;
		return 0;
	case KPI_OPS:
		c->in = true;
		c->len = kpi_ops_table[a->ops].cnt * sizeof(uint64_t);
		return 0;
	default:
		return 0;
	}
	c->len = a->size;
	return 0;
}

/* ---- out of the domain: interface calls ---- */

static int copy_string(const struct process_domain *d, struct copy *c)
{
	uint64_t offset = c->address - d->base;
	size_t room;

	if (offset >= d->size)
		return -TENON_EFAULT;
	room = d->size - offset < c->len ? (size_t)(d->size - offset) : c->len;
	memcpy(c->host, d->view + offset, room);
	return memchr(c->host, 0, room) ? 0 : -TENON_EINVAL;
}

static int copy_in(const struct process_domain *d, struct copy *c, bool string)
{
	const void *from;

	if (string)
		return copy_string(d, c);
	from = domain_view(d, c->address, c->len);
	if (!from)
		return -TENON_EFAULT;
	if (c->in)
		memcpy(c->host, from, c->len);
	else
		memset(c->host, 0, c->len);
	return 0;
}

/* Room on the host's side for everything, and what goes in. */
static int cross_in(const struct process_domain *d, const struct kpi_call *k, uint64_t args[KPI_ARGS_MAX],
		    struct crossing *x)
{
	size_t total = 0;
	uint8_t *at;
	int err;

	for (unsigned int i = 0; i < k->argc; i++) {
		err = plan_copy(k, i, args, &x->copy[i]);
		if (err)
			return err;
		total += (x->copy[i].len + 15) & ~15ul;
	}
	if (total > SMALL_BYTES) {
		x->large = malloc(total);
		if (!x->large)
			return -TENON_ENOMEM;
	}
	at = x->large ? x->large : x->small;
	for (unsigned int i = 0; i < k->argc; i++) {
		struct copy *c = &x->copy[i];

		if (!c->in && !c->out)
			continue;
		c->host = at;
		at += (c->len + 15) & ~15ul;
		if (c->address || c->len) {
			err = copy_in(d, c, k->arg[i].kind == KPI_STRING);
			if (err)
				return err;
		}
		args[i] = (uintptr_t)c->host;
	}
	return 0;
}

static void cross_out(const struct process_domain *d, const struct kpi_call *k, struct crossing *x, int64_t result)
{
	for (unsigned int i = 0; i < k->argc; i++) {
		const struct copy *c = &x->copy[i];
		size_t len = c->bytes && (uint64_t)result < c->len ? (size_t)result : c->len;
		void *to = domain_view(d, c->address, len);

		if (c->out && to)
			memcpy(to, c->host, len);
	}
}

static int64_t invoke(const struct kpi_call *k, const uint64_t a[KPI_ARGS_MAX])
{
	int64_t (*fn)(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t) = (void *)k->fn;

	return kpi_result(k, fn(a[0], a[1], a[2], a[3], a[4], a[5]));
}

/* Usually the module that the thread was called into. */
static bool is_own_module(struct process_domain *d, uint64_t address)
{
	const struct tenon_module *m = tenon_current(&thread_self(d->h)->core);

	return address && ((m && tenon_module_this(m) == address) || lookup_this(d, address));
}

int gate_dispatch(struct channel_end *e, int64_t *result)
{
	struct process_domain *d = &e->child->domain;
	uint32_t index = __atomic_load_n(&e->shared->index, __ATOMIC_RELAXED);
	struct crossing x = { .large = NULL };
	uint64_t args[KPI_ARGS_MAX];
	const struct kpi_call *k;
	int err;

	*result = 0;
	if (index >= kpi_call_cnt)
		return -TENON_EINVAL;
	k = &kpi_calls[index];
	for (int i = 0; i < KPI_ARGS_MAX; i++)
		args[i] = __atomic_load_n(&e->shared->args[i], __ATOMIC_RELAXED);
	for (unsigned int i = 0; i < k->argc; i++)
		if (k->arg[i].kind == KPI_SELF && !is_own_module(d, args[i]))
			return -TENON_EINVAL;
	atomic_fetch_add_explicit(&d->h->gate_calls, 1, memory_order_relaxed);
	err = cross_in(d, k, args, &x);
	thread_self(d->h)->gate_from = __atomic_load_n(&e->shared->address, __ATOMIC_RELAXED);
	if (!err) {
		*result = invoke(k, args);
		if (succeeded(k, *result))
			cross_out(d, k, &x, *result);
	} else if (k->ret != KPI_RET_POINTER) {
		*result = err; /* where it cannot be told, as if there were no memory */
	}
	free(x.large);
	return 0;
}

/* ---- into the domain: callbacks ---- */

int upcall_copy_in(struct channel_end *e, const struct kpi_call *type, const uint64_t args[KPI_ARGS_MAX],
		   uint64_t passed[KPI_ARGS_MAX])
{
	const struct process_domain *d = &e->child->domain;
	uint8_t *scratch = (uint8_t *)e->shared + CHANNEL_SCRATCH;
	struct copy c;

	for (unsigned int i = 0; i < KPI_ARGS_MAX; i++) {
		passed[i] = args[i];
		if (!type || i >= type->argc)
			continue;
		if (plan_copy(type, i, args, &c))
			return -TENON_EINVAL;
		if ((!c.in && !c.out) || !args[i])
			continue;
		if (type->arg[i].kind == KPI_STRING)
			c.len = strnlen((const char *)(uintptr_t)args[i], c.len - 1) + 1;
		if (c.len > CHANNEL_SCRATCH_BYTES - e->scratch_used)
			return -TENON_ENOMEM;
		if (c.in)
			memcpy(scratch + e->scratch_used, (const void *)(uintptr_t)args[i], c.len);
		else
			memset(scratch + e->scratch_used, 0, c.len);
		passed[i] = d->base + (uint64_t)(scratch + e->scratch_used - d->view);
		e->scratch_used += (c.len + 15) & ~15ul;
	}
	return 0;
}

void upcall_copy_out(struct channel_end *e, const struct kpi_call *type, const uint64_t args[KPI_ARGS_MAX],
		     const uint64_t passed[KPI_ARGS_MAX], int64_t result)
{
	const struct process_domain *d = &e->child->domain;
	struct copy c;

	if (!type || !succeeded(type, result))
		return;
	for (unsigned int i = 0; i < type->argc; i++) {
		size_t len;

		if (plan_copy(type, i, args, &c) || !c.out || !args[i])
			continue;
		len = c.bytes && (uint64_t)result < c.len ? (size_t)result : c.len;
		memcpy((void *)(uintptr_t)args[i], d->view + (passed[i] - d->base), len);
	}
}
