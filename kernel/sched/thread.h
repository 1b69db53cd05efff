/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Threads. Each has a kernel stack of its own, in a window with pages that are not there between stacks; at the top of
 * the stack stands the thread's address, so that the stack pointer tells which thread runs. Preemptive, round robin, no
 * priorities.
 */
#ifndef KERNEL_SCHED_THREAD_H
#define KERNEL_SCHED_THREAD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/arch/x86_64/user.h"
#include "kernel/module/thread.h"

#define THREAD_NAME_BYTES 16

/* A slot of the window; the upper half is the stack, the lower half is not there. */
#define STACK_SLOT_BYTES 32768ul
#define STACK_BYTES 16384ul

struct cpu;
struct guard;
struct task;
struct wait;

enum thread_state { THREAD_NEW, THREAD_RUNNABLE, THREAD_RUNNING, THREAD_SLEEPING, THREAD_DEAD };

/* What thread_interrupt() asks for. */
enum { THREAD_SIGNAL = 1, THREAD_KILL = 2, THREAD_LEAVE = 4, THREAD_SIGNALS = THREAD_SIGNAL | THREAD_KILL };

struct thread {
	char name[THREAD_NAME_BYTES];
	unsigned id;                  /* counts up, for messages */
	_Atomic uint32_t interrupts;  /* THREAD_SIGNAL | THREAD_KILL | THREAD_LEAVE */
	struct task *task;            /* of a process; NULL: the kernel's own */
	struct user_context user;     /* registers that are saved only when another thread runs: the program's ... */
	struct user_context *context; /* ... and those in effect: another's in an isolated domain */
	uint64_t entry_sp;            /* where it enters the kernel: its stack's top; in a domain, below its callers */
	uint64_t run_ns;              /* on a CPU, until it was last taken off */
	struct guard *guard;          /* the innermost call of a module; NULL: none */
	struct module_thread module;  /* modules that it runs */

	/* The scheduler's own, under its lock. */
	uint64_t sp;    /* while it does not run */
	uint8_t *stack; /* lowest mapped byte */
	enum thread_state state;
	unsigned sleep_ends;     /* interrupts that end its sleep */
	struct cpu *cpu;         /* where it runs, or ran last */
	uint64_t started_ns;     /* when it was last put on a CPU */
	struct thread *run_next; /* in the run queue */
	void (*fn)(void *arg);
	void *arg;

	/* Its locks' own. */
	uint32_t spin_depth; /* spin locks held; interrupts are off while it is not 0 */
	bool spin_restore;   /* interrupts were on before the first */
	uint8_t lock_cnt;    /* debug builds: ranks held */
	uint8_t lock_rank[14];
};

/* The slot's last word. */
static inline struct thread *thread_current(void)
{
	uint64_t sp;

	__asm__("movq %%rsp, %0" : "=r"(sp));
	return *(struct thread **)((sp | (STACK_SLOT_BYTES - 1)) - 7);
}

/* Bytes of its stack that are left below the function that asks. */
static inline size_t thread_stack_left(void)
{
	return (size_t)((const uint8_t *)__builtin_frame_address(0) - thread_current()->stack);
}

/* Its side of modules, made known to the core. Context: thread. */
static inline __attribute__((always_inline)) struct module_thread *module_thread(void)
{
	struct module_thread *m = &thread_current()->module;

	return m->known ? m : module_thread_begin();
}

/**
 * thread_make - make a thread that does not run yet
 * @name: copied, cut to THREAD_NAME_BYTES
 * @fn: called on the new thread; when it returns the thread ends
 *
 * May sleep. What becomes of it: thread_start(), or thread_drop() if it was never started. A started thread frees
 * itself when it ends: the pointer is the caller's only as long as he knows that it has not ended.
 *
 * Return: 0, -TENON_ENOMEM.
 */
int thread_make(const char *name, void (*fn)(void *arg), void *arg, struct thread **thread);
void thread_start(struct thread *t);
void thread_drop(struct thread *t);
_Noreturn void thread_exit(void);

/* Let others run. In a thread, no spin lock held. */
void thread_yield(void);

/**
 * thread_interrupt - end the waits of a thread, this one and all until the flag is cleared
 * @what: THREAD_SIGNAL ends those in WAIT_SIGNAL, THREAD_KILL those in WAIT_KILL and WAIT_SIGNAL; THREAD_LEAVE the same,
 * if a domain that the thread is in has died, which it finds out itself
 *
 * If the thread runs in user mode on another CPU it is made to come into the kernel. Any context.
 */
void thread_interrupt(struct thread *t, unsigned what);

static inline void thread_interrupt_clear(struct thread *t, unsigned what)
{
	atomic_fetch_and(&t->interrupts, ~what);
}

/* Nanoseconds on a CPU, now. */
uint64_t thread_run_ns(const struct thread *t);

struct thread_totals {
	unsigned threads, runnable, cpus;
	uint64_t switches;
	uint64_t idle_ns;      /* of all CPUs */
	uint64_t stacks_bytes; /* of all threads, and kept for new ones */
};

void thread_totals(struct thread_totals *totals);

#endif
