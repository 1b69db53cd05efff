/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Calls into an isolated domain. The thread that calls gives a channel's turn to the domain and waits, with a deadline;
 * what comes back is an answer, a gate call, or a fault.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "port/process/child.h"

void channel_init(struct child *c, uint32_t nr, struct channel *shared)
{
	struct channel_end *e = &c->channels[nr];

	e->child = c;
	e->shared = shared;
	e->shared_address = shared->own;
	e->nr = nr;
	c->free |= 1ull << nr;
}

void channel_wake_all(struct child *c)
{
	for (uint32_t i = 0; i < CHANNEL_CNT; i++) {
		__atomic_store_n(&c->channels[i].shared->turn, TURN_DOMAIN | TURN_DEAD, __ATOMIC_SEQ_CST);
		syscall(SYS_futex, &c->channels[i].shared->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
	}
}

const char *channel_running(const struct child *c)
{
	for (uint32_t i = 0; i < CHANNEL_CNT; i++) {
		const struct channel_end *e = &c->channels[i];
		const struct tenon_module *m = atomic_load(&e->module);

		if (m && (__atomic_load_n(&e->shared->turn, __ATOMIC_RELAXED) & TURN_WHOSE) == TURN_DOMAIN)
			return tenon_module_name(m);
	}
	return NULL;
}

static int timed_out(const struct channel_end *e, uint32_t ms)
{
	char why[64];

	snprintf(why, sizeof(why), "%.20s: no answer within %u ms of CPU time", tenon_module_name(e->module), ms);
	child_kill(e->child, why);
	return -TENON_EOWNERDEAD;
}

/* ---- channels ---- */

void channel_look(struct child *c)
{
	if (!c->lookers++)
		atomic_fetch_or(&c->free, CHANNELS_LOOKED);
}

void channel_looked(struct child *c)
{
	if (!--c->lookers)
		atomic_fetch_and(&c->free, ~CHANNELS_LOOKED);
}

/* The first that is free, or NULL. */
static struct channel_end *take_free(struct child *c)
{
	uint64_t free = atomic_load_explicit(&c->free, memory_order_relaxed);

	while (free & CHANNELS_ALL)
		if (atomic_compare_exchange_weak(&c->free, &free, free & (free - 1)))
			return &c->channels[__builtin_ctzll(free)];
	return NULL;
}

/* Return: NULL, the domain is dead. */
static struct channel_end *wait_for_free(struct child *c, const struct tenon_module *m, bool watched)
{
	struct watch w = { .module = m };
	struct channel_end *e = NULL;

	pthread_mutex_lock(&c->lock);
	c->waiting++;
	channel_look(c);
	if (watched)
		watch_link(c, &w);
	while (!atomic_load(&c->dead) && !(e = take_free(c)))
		pthread_cond_wait(&c->changed, &c->lock);
	if (watched)
		watch_unlink(&w);
	channel_looked(c);
	c->waiting--;
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
	return e;
}

static struct channel_end *take_channel(struct child *c, const struct tenon_module *m, bool watched)
{
	struct channel_end *e = take_free(c);

	if (!e)
		e = wait_for_free(c, m, watched);
	if (!e)
		return NULL;
	atomic_store_explicit(&e->rounds, 0, memory_order_relaxed);
	e->watched = watched;
	atomic_store_explicit(&e->module, m, memory_order_release);
	if (!e->tid && control_thread(c, e->nr, &e->tid))
		child_kill(c, "could not start a thread");
	return e;
}

static void put_channel(struct child *c, struct channel_end *e)
{
	uint64_t free = atomic_load_explicit(&c->free, memory_order_relaxed);

	e->unlimited = false;
	e->scratch_used = 0;
	atomic_store_explicit(&e->module, NULL, memory_order_release);
	/* With the last channel that is free again the child may go: it is not touched after that. */
	while (!(free & CHANNELS_LOOKED))
		if (atomic_compare_exchange_weak(&c->free, &free, free | 1ull << e->nr))
			return;
	pthread_mutex_lock(&c->lock);
	atomic_fetch_or(&c->free, 1ull << e->nr);
	pthread_cond_broadcast(&c->changed);
	pthread_mutex_unlock(&c->lock);
}

void channel_wait_unused(struct child *c)
{
	pthread_mutex_lock(&c->lock);
	channel_look(c);
	while (c->waiting || (atomic_load(&c->free) & CHANNELS_ALL) != CHANNELS_ALL)
		pthread_cond_wait(&c->changed, &c->lock);
	channel_looked(c);
	pthread_mutex_unlock(&c->lock);
}

/* ---- calls ---- */

/* Give the turn, with the thread's base register as the host's thread has it now. */
static void give_with_base(struct channel_end *e, const struct process_thread *self, uint32_t op)
{
	if (e->base != self->base) {
		e->base = self->base;
		e->shared->base = e->base;
		e->shared->set_base = 1;
	}
	turn_give(e, op);
}

static int faulted(struct channel_end *e)
{
	struct fault f = {
		.sig = (int)e->shared->index,
		.pc = e->shared->reg[DOMAIN_REG_PC],
		.address = e->shared->address,
	};
	char why[64];

	if (trap_fix_isolated(e))
		return 0;
	fault_describe(&e->child->domain, &f, why);
	child_kill(e->child, why);
	return -TENON_EOWNERDEAD;
}

/* Everything of the call is read once: the domain may change it meanwhile. */
static int gate(struct channel_end *e, int64_t *result)
{
	const struct channel *shared = e->shared;
	uint64_t args[KPI_ARGS_MAX];

	for (int i = 0; i < KPI_ARGS_MAX; i++)
		args[i] = __atomic_load_n(&shared->args[i], __ATOMIC_RELAXED);
	atomic_fetch_add_explicit(&child_host(e->child)->gate_calls, 1, memory_order_relaxed);
	return tenon_kpi_gate(&e->child->domain.kpi, __atomic_load_n(&shared->index, __ATOMIC_RELAXED), args,
			      __atomic_load_n(&shared->address, __ATOMIC_RELAXED), result);
}

/* The domain has been called on this channel: deal with what comes until the answer. */
static int run(struct channel_end *e, const struct process_thread *self, int64_t *result)
{
	int64_t answer;
	int err;

	for (;;) {
		err = turn_wait(e);
		if (err)
			return err == -TENON_ETIMEDOUT ? timed_out(e, child_host(e->child)->deadline_ms) : err;
		switch (__atomic_load_n(&e->shared->op, __ATOMIC_RELAXED)) {
		case OP_DONE:
			*result = __atomic_load_n(&e->shared->result, __ATOMIC_RELAXED);
			return 0;
		case OP_GATE:
			err = gate(e, &answer);
			e->shared->result = answer;
			break;
		case OP_FAULT:
			err = faulted(e);
			break;
		default:
			err = -TENON_EINVAL;
		}
		if (err && err != -TENON_EOWNERDEAD)
			child_kill(e->child, "broke the protocol");
		if (err || atomic_load(&e->child->dead))
			return -TENON_EOWNERDEAD;
		give_with_base(e, self, OP_RETURN);
	}
}

static int call_on(struct channel_end *e, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX],
		   const struct process_thread *self, int64_t *result)
{
	struct tenon_kpi_scratch scratch;
	size_t used = e->scratch_used;
	struct budget budget = e->budget;
	uint64_t copied[KPI_ARGS_MAX];
	const uint64_t *passed = code->type ? copied : args;
	int64_t raw = 0;
	int err = 0;

	if (code->type) {
		scratch = (struct tenon_kpi_scratch){
			.domain = &e->child->domain.kpi,
			.address = e->shared_address + CHANNEL_SCRATCH,
			.bytes = CHANNEL_SCRATCH_BYTES,
			.used = used,
		};
		err = tenon_kpi_args_in(&scratch, code->type, args, copied);
		e->scratch_used = scratch.used;
	}
	if (err) {
		e->scratch_used = used;
		return err;
	}
	atomic_fetch_add_explicit(&child_host(e->child)->upcalls, 1, memory_order_relaxed);
	turn_budget(e);
	e->shared->address = code->by ? code->by : code->address;
	e->shared->seventh = code->address;
	for (int i = 0; i < KPI_ARGS_MAX; i++)
		e->shared->args[i] = passed[i];
	give_with_base(e, self, OP_CALL);
	err = run(e, self, &raw);
	if (!err)
		*result = code->type ? tenon_kpi_args_out(&scratch, code->type, args, passed, raw) : raw;
	e->budget = budget;
	e->scratch_used = used;
	return err;
}

/* A call from inside the domain, on the same channel. */
static int call_nested(struct channel_end *e, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX],
		       const struct process_thread *self, int64_t *result)
{
	const struct tenon_module *outer = atomic_load(&e->module);
	int err;

	atomic_store(&e->module, code->module);
	err = call_on(e, code, args, self, result);
	atomic_store(&e->module, outer);
	if (atomic_load(&e->child->free) & CHANNELS_LOOKED) {
		/* Another thread may be reading the name of the module that is left. */
		pthread_mutex_lock(&e->child->lock);
		pthread_mutex_unlock(&e->child->lock);
	}
	return err;
}

int child_call(struct process_domain *d, const struct process_code *code, const uint64_t args[KPI_ARGS_MAX],
	       int64_t *result, char why[64])
{
	struct process_thread *self = thread_self(d->h);
	struct channel_end *outer = atomic_load_explicit(&self->channel, memory_order_relaxed), *e;
	bool unlimited = self->kpi.task && !outer;
	int err;

	/* From inside the domain on the same channel, from anywhere else on one of its own. */
	if (outer && outer->child == d->child) {
		err = call_nested(outer, code, args, self, result);
		if (err == -TENON_EOWNERDEAD)
			child_why(d->child, why);
		return err;
	}
	e = take_channel(d->child, code->module, !unlimited);
	if (!e) {
		child_why(d->child, why);
		return -TENON_EOWNERDEAD;
	}
	atomic_store_explicit(&self->channel, e, memory_order_relaxed);
	e->unlimited = unlimited;
	err = call_on(e, code, args, self, result);
	atomic_store_explicit(&self->channel, outer, memory_order_relaxed);
	if (err == -TENON_EOWNERDEAD)
		child_why(d->child, why);
	put_channel(d->child, e);
	return err;
}
