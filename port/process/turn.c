/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Whose turn it is on a channel, and how long the domain may keep it. What counts is how long the channel's thread
 * computes, not how long that takes on a busy machine. To read the clock costs less, and most calls are short: so each
 * is measured by the clock at first, and one that lasts from then on by its thread's CPU time, of which it has the whole
 * deadline. A thread that sleeps uses none; over who waits for it is the watchdog.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "port/process/child.h"

#define SPIN 200 /* how often to look for the turn before sleeping; a domain answers within a microsecond or after long */
#define CLOCK_SHARE 4 /* a call is measured by the clock for this part of the deadline */
#define SLEEP_MIN_NS 10000000u /* CPU time is shown no more precisely */

void turn_give(struct channel_end *e, uint32_t op)
{
	uint32_t *turn = &e->shared->turn;

	e->shared->op = op;
	if (__atomic_exchange_n(turn, TURN_DOMAIN, __ATOMIC_SEQ_CST) & TURN_SLEEPS)
		syscall(SYS_futex, turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static uint64_t deadline_ns(const struct channel_end *e)
{
	return child_host(e->child)->deadline_ms * 1000000ull;
}

void turn_budget(struct channel_end *e)
{
	e->budget = (struct budget){ .left_ns = deadline_ns(e) / CLOCK_SHARE };
}

static void pause_cpu(void)
{
	__builtin_ia32_pause();
}

/* How long the channel's thread has computed, if /proc shows it (not with hidepid=2); ~0 if not. */
static uint64_t computed_ns(const struct channel_end *e)
{
	unsigned long long ns;
	char path[64];
	bool known;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/schedstat", e->child->pid, e->tid);
	f = fopen(path, "re");
	known = f && fscanf(f, "%llu", &ns) == 1;
	if (f)
		fclose(f);
	return known ? ns : UINT64_MAX;
}

struct moment {
	uint64_t clock_ns, computed_ns;
};

static struct moment read_moment(const struct channel_end *e)
{
	return (struct moment){ sync_now(NULL), e->budget.measured ? computed_ns(e) : UINT64_MAX };
}

/* Take what was used since @before, which becomes now, off the budget. */
static void charge(struct channel_end *e, struct moment *before)
{
	struct moment now = read_moment(e);
	uint64_t used = now.clock_ns - before->clock_ns;

	if (now.computed_ns != UINT64_MAX && now.computed_ns - before->computed_ns < used)
		used = now.computed_ns - before->computed_ns;
	e->budget.left_ns -= used < e->budget.left_ns ? used : e->budget.left_ns;
	*before = now;
}

/* Sleep until the host may have the turn, which it does not have as far as @turn says; about as long as is left. */
static void sleep_once(struct channel_end *e, uint32_t turn)
{
	uint64_t ns = e->budget.left_ns > SLEEP_MIN_NS ? e->budget.left_ns : SLEEP_MIN_NS;
	const struct timespec ts = { (time_t)(ns / 1000000000u), (long)(ns % 1000000000u) };
	uint32_t *word = &e->shared->turn;

	if ((turn & TURN_SLEEPS) ||
	    __atomic_compare_exchange_n(word, &turn, turn | TURN_SLEEPS, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
		syscall(SYS_futex, word, FUTEX_WAIT, turn | TURN_SLEEPS, &ts, NULL, 0);
}

static int sleep_for_turn(struct channel_end *e)
{
	struct moment before = read_moment(e);
	uint32_t turn;

	for (;;) {
		turn = __atomic_load_n(&e->shared->turn, __ATOMIC_ACQUIRE);
		if (atomic_load(&e->child->dead))
			return -TENON_EOWNERDEAD;
		if (!(turn & TURN_WHOSE))
			return 0;
		if (!e->budget.left_ns && e->budget.measured)
			return -TENON_ETIMEDOUT;
		if (!e->budget.left_ns) {
			e->budget = (struct budget){ deadline_ns(e), .measured = true };
			before = read_moment(e);
		}
		sleep_once(e, turn);
		charge(e, &before);
	}
}

int turn_wait(struct channel_end *e)
{
	uint32_t *word = &e->shared->turn;

	for (int i = 0; i < SPIN; i++) {
		if (!(__atomic_load_n(word, __ATOMIC_ACQUIRE) & (TURN_WHOSE | TURN_DEAD)))
			return atomic_load(&e->child->dead) ? -TENON_EOWNERDEAD : 0;
		pause_cpu();
	}
	/* The time is only looked at when the answer does not come at once: short calls have the watchdog alone. */
	if (e->unlimited)
		turn_budget(e);
	return sleep_for_turn(e);
}
